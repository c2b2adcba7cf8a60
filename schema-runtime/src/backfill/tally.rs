//! What has been counted, in numbers that add up over batches, partitions and processes.

use std::ops::AddAssign;

use schema_core::Chain;
use serde::{Deserialize, Serialize};

use super::{failure::Failure, write::Outcome};

/// Counts of documents. Each batch is counted once, together with its checkpoint; the batch that was in flight when a process
/// died is counted by nobody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Tally {
    /// Documents looked at.
    pub seen: u64,
    /// Documents brought to the current version.
    pub upgraded: u64,
    /// Documents that somebody else brought there between read and write.
    pub already_current: u64,
    /// Documents that were deleted between read and write.
    pub gone: u64,
    /// Times that a document was changed by others between read and write, and was read again.
    pub conflicts: u64,
    /// Times that a batch was sent again, because the database was not available.
    pub retries: u64,
    /// Documents of a newer version than this program knows; left as they are.
    pub newer: u64,
    /// Documents that could not be brought to the current version; left as they are.
    pub failed: u64,
    /// Those among them that a census takes for upgradable, by their version.
    pub(super) failed_in_chain: u64,
    /// Bytes of the documents looked at.
    pub bytes: u64,
}

impl Tally {
    pub(super) fn of(outcome: &Outcome, chain: &Chain, seen: u64, bytes: u64) -> Self {
        let count = |which: &dyn Fn(&Failure) -> bool| {
            outcome.failures.iter().filter(|failure| which(failure)).map(|_| 1).sum::<u64>()
        };
        Self {
            seen,
            upgraded: outcome.upgraded,
            already_current: outcome.already_current,
            gone: outcome.gone,
            conflicts: outcome.conflicts,
            retries: outcome.retries,
            newer: count(&Failure::is_newer),
            failed: count(&|failure| !failure.is_newer()),
            failed_in_chain: count(&|failure| failure.is_of_a_version_in(chain)),
            bytes,
        }
    }

    /// Documents of which it is decided what becomes of them.
    pub(super) fn settled(&self) -> u64 {
        self.upgraded + self.already_current + self.gone + self.failed
    }

    /// Count by count.
    pub(super) fn with(self, other: Self, of: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            seen: of(self.seen, other.seen),
            upgraded: of(self.upgraded, other.upgraded),
            already_current: of(self.already_current, other.already_current),
            gone: of(self.gone, other.gone),
            conflicts: of(self.conflicts, other.conflicts),
            retries: of(self.retries, other.retries),
            newer: of(self.newer, other.newer),
            failed: of(self.failed, other.failed),
            failed_in_chain: of(self.failed_in_chain, other.failed_in_chain),
            bytes: of(self.bytes, other.bytes),
        }
    }

    /// What one pass leaves to the next: each pass meets all newer and failed documents again.
    pub(super) fn without_failures(self) -> Self {
        Self { newer: 0, failed: 0, failed_in_chain: 0, ..self }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = self.with(other, |one, other| one + other);
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |mut sum, tally| {
            sum += tally;
            sum
        })
    }
}
