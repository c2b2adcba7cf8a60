//! How long it takes, how much memory, and what is left of the field that nobody knows.

use super::Bench;
use crate::{Outcome, contender::Contender, found::Found, process::Ended, writer::Acknowledged};

pub struct Speed {
    documents: i64,
    ended: Ended,
    found: Found,
}

impl Speed {
    pub async fn run(bench: &Bench, contender: Contender) -> Outcome<Self> {
        let (database, documents) = bench.renew(contender).await?;
        let ended = bench.start(contender)?.end().await?;
        let found = Found::look(&database, documents, &Acknowledged::default()).await?;
        Ok(Self { documents, ended, found })
    }

    /// Seconds for one document, so that those can be compared that had not as many.
    fn each(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let documents = self.documents as f64;
        self.ended.took.as_secs_f64() / documents
    }

    fn is_done(&self) -> bool {
        self.ended.status.success() && self.found.converted == self.documents
    }
}

/// The same contender in each round, and ours in the same round.
#[derive(Default)]
pub struct Rounds {
    rounds: Vec<Speed>,
    ratios: Vec<f64>,
}

impl Rounds {
    pub fn add(&mut self, speed: Speed, ours: Option<f64>) -> f64 {
        let each = speed.each();
        self.ratios.push(each / ours.unwrap_or(each));
        self.rounds.push(speed);
        each
    }

    /// To ours: the median of the rounds, the lowest and the highest.
    pub fn ratio(&self) -> (f64, f64, f64) {
        let least = self.ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.ratios.iter().copied().fold(0.0, f64::max);
        (median(&self.ratios), least, most)
    }

    pub fn each(&self) -> f64 {
        median(&self.rounds.iter().map(Speed::each).collect::<Vec<_>>())
    }

    pub fn seconds(&self) -> f64 {
        median(&self.rounds.iter().map(|round| round.ended.took.as_secs_f64()).collect::<Vec<_>>())
    }

    pub fn memory(&self) -> u64 {
        self.rounds.iter().map(|round| round.ended.memory).max().unwrap_or(0)
    }

    pub fn documents(&self) -> i64 {
        self.rounds.first().map_or(0, |round| round.documents)
    }

    pub fn found(&self) -> Option<&Found> {
        self.rounds.first().map(|round| &round.found)
    }

    /// A round in which not everything was converted.
    pub fn undone(&self) -> Option<&Ended> {
        self.rounds.iter().find(|round| !round.is_done()).map(|round| &round.ended)
    }
}

fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
