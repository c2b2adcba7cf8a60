//! Pace: how many documents the next batch has, so that each takes about the same time.
//!
//! The way pt-online-schema-change sizes its chunks: by the rate of the batches before, the latest counting most
//! (<https://docs.percona.com/percona-toolkit/pt-online-schema-change.html>, `--chunk-time`).

use std::time::Duration;

/// How much the latest batch counts.
const WEIGHT: f64 = 0.25;

/// Fewer documents than this are not worth a round trip, however slow the server is.
const MIN_DOCUMENTS: u32 = 10;

#[derive(Debug)]
pub(super) struct Pace {
    target: Duration,
    /// Documents a second.
    rate: Option<f64>,
}

impl Pace {
    pub(super) fn new(target: Duration) -> Self {
        Self { target, rate: None }
    }

    pub(super) fn record(&mut self, documents: u64, elapsed: Duration) {
        #[expect(clippy::cast_precision_loss, reason = "a batch is small")]
        let rate = documents as f64 / elapsed.as_secs_f64().max(1e-6);
        self.rate = Some(self.rate.map_or(rate, |before| before + WEIGHT * (rate - before)));
    }

    /// How many documents to read next, `limit` at most.
    pub(super) fn next(&self, limit: u32) -> u32 {
        let limit = limit.max(1);
        let Some(rate) = self.rate else { return limit };
        let wanted = rate * self.target.as_secs_f64();
        if wanted >= f64::from(limit) {
            return limit;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a u32")]
        let wanted = wanted as u32;
        wanted.clamp(MIN_DOCUMENTS.min(limit), limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(batches: &[(u64, f64)]) -> u32 {
        let mut pace = Pace::new(Duration::from_millis(500));
        for (documents, seconds) in batches {
            pace.record(*documents, Duration::from_secs_f64(*seconds));
        }
        pace.next(1000)
    }

    #[test]
    fn a_batch_takes_the_target_time() {
        assert_eq!(after(&[]), 1000);
        assert_eq!(after(&[(1000, 0.1)]), 1000);
        assert_eq!(after(&[(1000, 1.0)]), 500);
        assert_eq!(after(&[(100, 1.0)]), 50);
    }

    #[test]
    fn the_latest_counts_most_and_one_is_not_all() {
        let slow = after(&[(1000, 1.0), (1000, 10.0)]);
        assert!(slow > 350 && slow < 400, "{slow}");
        assert!(after(&[(1000, 10.0), (1000, 1.0), (1000, 1.0)]) > 200);
    }

    #[test]
    fn there_is_always_a_next_batch() {
        assert_eq!(after(&[(0, 100.0)]), 10);
        let mut pace = Pace::new(Duration::ZERO);
        pace.record(1, Duration::ZERO);
        assert_eq!((pace.next(0), pace.next(1), pace.next(5)), (1, 1, 5));
    }
}
