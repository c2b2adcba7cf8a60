//! How long the versioned types take, as multiples of plain serde:
//! `cargo bench -p schema-core --bench ratios`.
//!
//! The two ways of a comparison take turns in many short rounds, and the median of the rounds' ratios is
//! printed. Whatever else the machine does hits both alike, so the figures hold on a busy one too, where two
//! separate measurements would not. Arguments select the comparisons whose name contains one of them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that cannot run should stop")]
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod common;

use std::time::{Duration, Instant};

use self::common::{Comparison, Work, comparisons};

/// Short enough to fit between two interruptions, long enough for the clock.
const TURN: Duration = Duration::from_micros(100);
const ROUNDS: usize = 4_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Cargo says `--bench` when it means it; a test run only wants to see that this runs.
    let (flags, wanted): (Vec<_>, Vec<_>) = arguments.iter().partition(|word| word.starts_with("--"));
    let rounds = if flags.iter().any(|flag| *flag == "--bench") { ROUNDS } else { 1 };

    println!("| bytes | task | ratio | middle half | limit | |");
    println!("| ---: | --- | ---: | ---: | ---: | --- |");
    for comparison in comparisons() {
        if wanted.is_empty() || wanted.iter().any(|word| comparison.task.contains(word.as_str())) {
            print(&comparison, &ratios(&comparison, rounds));
        }
    }
}

fn print(Comparison { task, size, limit, .. }: &Comparison, sorted: &[f64]) {
    let [low, median, high] = [1, 2, 3].map(|quarter| sorted[(sorted.len() - 1) * quarter / 4]);
    let (limit, verdict) = match limit {
        None => (String::new(), ""),
        Some(limit) if median <= *limit => (format!("{limit:.2}"), "holds"),
        Some(limit) => (format!("{limit:.2}"), "OVER"),
    };
    println!("| {size} | {task} | {median:.3} | {low:.3} to {high:.3} | {limit} | {verdict} |");
}

/// The time of ours divided by the time of theirs, once per round, in ascending order.
fn ratios(Comparison { ours, theirs, .. }: &Comparison, rounds: usize) -> Vec<f64> {
    let times = times_per_turn(theirs);
    let mut ratios: Vec<f64> = (0..rounds)
        .map(|_| {
            // Ours in the middle of two of theirs: a clock frequency that rises or falls cancels out.
            let before = time(theirs, times);
            let between = time(ours, 2 * times);
            let after = time(theirs, times);
            between.as_secs_f64() / (before + after).as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios
}

fn times_per_turn(work: &Work) -> u64 {
    let mut times = 1;
    while time(work, times) < TURN / 2 {
        times *= 2;
    }
    times
}

fn time(work: &Work, times: u64) -> Duration {
    let start = Instant::now();
    work(times);
    start.elapsed()
}
