//! What was measured, in lines and as ratios.

use crate::ways::Way;

/// One way in one round.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub way: Way,
    /// Documents a second.
    pub rate: f64,
    /// Microseconds of the server's processors for each document.
    pub server: f64,
    /// Of the process that did it, where that is a process of its own.
    pub peak_memory: Option<u64>,
}

/// What is compared.
const RATIOS: [(Way, Way); 8] = [
    (Way::Backfill, Way::Loop),
    (Way::Backfill, Way::Unguarded),
    (Way::Backfill, Way::UpdateManyInSequence),
    (Way::Backfill, Way::UpdateMany),
    (Way::Preimages, Way::Backfill),
    (Way::Rollback, Way::Backfill),
    (Way::Declarative, Way::DeclarativeUpdateManyInSequence),
    (Way::Declarative, Way::DeclarativeUpdateMany),
];

pub fn print_round(round: &[Measured]) {
    for Measured { way, rate, server, peak_memory } in round {
        let memory = peak_memory.map_or(String::new(), |bytes| format!("  {:>4} MiB", bytes >> 20));
        println!("  {:40} {rate:>8.0}/s  {server:>6.1} us of the server's{memory}", way.name());
    }
}

/// The medians over all rounds, with the least and the greatest.
pub fn print_ratios(rounds: &[Vec<Measured>]) {
    println!("ratios of rates, and of the server's time the other way round");
    for (way, other) in RATIOS {
        let pairs: Vec<(Measured, Measured)> =
            rounds.iter().filter_map(|round| Some((find(round, way)?, find(round, other)?))).collect();
        let Some(rate) = spread(pairs.iter().map(|(own, other)| own.rate / other.rate)) else { continue };
        let Some(server) = spread(pairs.iter().map(|(own, other)| other.server / own.server)) else {
            continue;
        };
        println!("  {} to {}: {rate}, server {server}", way.name(), other.name());
    }
}

fn find(round: &[Measured], way: Way) -> Option<Measured> {
    round.iter().find(|measured| measured.way == way).copied()
}

fn spread(ratios: impl Iterator<Item = f64>) -> Option<String> {
    let mut ratios: Vec<f64> = ratios.collect();
    ratios.sort_by(f64::total_cmp);
    let (least, greatest) = (ratios.first()?, ratios.last()?);
    let median = ratios.get(ratios.len() / 2)?;
    Some(format!("{median:.2} [{least:.2} to {greatest:.2}]"))
}
