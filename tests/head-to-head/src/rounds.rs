//! The measurement: everybody takes turns in many short rounds, and the medians of the rounds' ratios count.
//! What else the machine does hits all alike, so the ratios hold on a busy one, too.

use std::time::{Duration, Instant};

use crate::contender::Contender;

/// Short enough to fit between two interruptions, long enough for the clock.
const TURN: Duration = Duration::from_micros(100);

/// How many times as long as the first each takes.
pub(crate) fn median_ratios(contenders: &[Contender], rounds: usize) -> Vec<f64> {
    let (ours, theirs) = contenders.split_first().unwrap();
    let times = times_per_turn(ours);
    let theirs: Vec<_> = theirs.iter().map(|contender| (contender, times_per_turn(contender))).collect();
    let mut ratios = vec![Vec::with_capacity(rounds); theirs.len()];
    for _ in 0..rounds {
        // Each of theirs between two of ours: a clock frequency that rises or falls cancels out.
        let mut before = time_of_one(ours, times);
        for ((contender, times_of_theirs), ratios) in theirs.iter().zip(&mut ratios) {
            let between = time_of_one(contender, *times_of_theirs);
            let after = time_of_one(ours, times);
            ratios.push(2.0 * between / (before + after));
            before = after;
        }
    }
    std::iter::once(1.0).chain(ratios.into_iter().map(median)).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn times_per_turn(contender: &Contender) -> u64 {
    let mut times = 1;
    while time(contender, times) < TURN / 2 {
        times *= 2;
    }
    times
}

fn time_of_one(contender: &Contender, times: u64) -> f64 {
    time(contender, times).as_secs_f64() / times as f64
}

fn time(contender: &Contender, times: u64) -> Duration {
    let start = Instant::now();
    (contender.read)(times);
    start.elapsed()
}
