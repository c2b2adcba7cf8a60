//! How a backfill is to be run.

use std::time::Duration;

/// See the methods of [`Backfill`](super::Backfill) of the same names.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) batch_size: u32,
    pub(super) batch_time: Duration,
    pub(super) partition_size: u64,
    pub(super) workers: u32,
    pub(super) rate: Option<f64>,
    pub(super) lease: Duration,
    pub(super) restart: bool,
    pub(super) dry_run: bool,
    pub(super) server_side: bool,
    pub(super) budget: Budget,
}

/// How many failures a job may have before it gives up.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Budget {
    pub(super) failures: Option<u64>,
    pub(super) share: Option<f64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch_size: 1000,
            batch_time: Duration::from_millis(500),
            // A smaller one is hardly worth its lease.
            partition_size: 10_000,
            workers: 4,
            rate: None,
            lease: Duration::from_secs(10),
            restart: false,
            dry_run: false,
            server_side: true,
            budget: Budget::default(),
        }
    }
}

/// Below this many documents a share says nothing.
const MIN_SEEN: u64 = 1000;

impl Budget {
    /// Why the budget is used up, if it is.
    pub(super) fn exceeded(&self, failed: u64, seen: u64) -> Option<String> {
        if let Some(limit) = self.failures
            && failed > limit
        {
            return Some(format!("{failed} documents have failed, and the limit is {limit}"));
        }
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let share = failed as f64 / seen.max(1) as f64;
        match self.share {
            Some(limit) if seen >= MIN_SEEN && share > limit => Some(format!(
                "{failed} of {seen} documents have failed, and the limit is {} %",
                limit * 100.0
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_exceeded_by_number_or_share() {
        let by_number = Budget { failures: Some(3), share: None };
        assert_eq!(by_number.exceeded(3, 3), None);
        assert!(by_number.exceeded(4, 10).is_some_and(|reason| reason.starts_with("4 documents")));
        let by_share = Budget { failures: None, share: Some(0.01) };
        assert_eq!(by_share.exceeded(999, 999), None);
        assert_eq!(by_share.exceeded(10, 1000), None);
        assert!(by_share.exceeded(11, 1000).is_some_and(|reason| reason.ends_with("limit is 1 %")));
        assert_eq!(Budget::default().exceeded(u64::MAX, 1), None);
    }
}
