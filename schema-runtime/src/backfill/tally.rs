//! What has been counted, in numbers that add up over batches, partitions and processes.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::{failure::Failure, job::Identity, write::Outcome};

/// Counts of documents. Each batch is counted once, together with its checkpoint; the batch that was in flight when a process
/// died is counted by nobody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Tally {
    /// Documents looked at; inside the server, those that were upgraded.
    pub seen: u64,
    /// Documents that a backfill has brought to the current version.
    pub upgraded: u64,
    /// Documents that a rollback has taken back.
    pub rolled_back: u64,
    /// Documents that were there already: somebody else brought them there between read and write, or they had never left.
    pub already_there: u64,
    /// Documents that were deleted between read and write.
    pub gone: u64,
    /// Times that a document was changed by others between read and write, and was read again.
    pub conflicts: u64,
    /// Times that a batch was sent again, because the database was not available.
    pub retries: u64,
    /// Documents of a newer version than this program knows; left as they are.
    pub newer: u64,
    /// Documents that are no longer what the backfill wrote, which a rollback is to take back; left as they are.
    pub changed: u64,
    /// Documents that could not be brought to where they are to be; left as they are.
    pub failed: u64,
    /// Those among them that a census takes for upgradable, by their version.
    pub(super) failed_in_chain: u64,
    /// Ranges that the server has refused to change to their end. It does not say how many documents it had changed by then.
    pub(super) cut_short: u64,
    /// Pre-images that another one of the same document takes the place of.
    pub(super) superseded: u64,
    /// Bytes of the documents looked at; those that are upgraded inside the server are not among them.
    pub bytes: u64,
}

impl Tally {
    pub(super) fn of(outcome: &Outcome, job: &Identity, seen: u64, bytes: u64) -> Self {
        let (upgraded, rolled_back) =
            if job.work.is_rollback() { (0, outcome.written) } else { (outcome.written, 0) };
        let count = |which: &dyn Fn(&Failure) -> bool| {
            outcome.failures.iter().filter(|failure| which(failure)).map(|_| 1).sum::<u64>()
        };
        Self {
            seen,
            upgraded,
            rolled_back,
            already_there: outcome.already_there,
            gone: outcome.gone,
            conflicts: outcome.conflicts,
            retries: outcome.retries,
            newer: count(&Failure::is_newer),
            changed: count(&Failure::is_changed),
            failed: count(&|failure| !failure.is_newer() && !failure.is_changed()),
            failed_in_chain: count(&|failure| failure.is_of_a_version_in(&job.chain)),
            cut_short: outcome.cut_short,
            superseded: outcome.superseded,
            bytes,
        }
    }

    /// Documents that the job has changed.
    pub(super) fn written(&self) -> u64 {
        self.upgraded + self.rolled_back
    }

    /// Documents of which it is decided what becomes of them, as a job counts what it has to do.
    pub(super) fn settled(&self) -> u64 {
        self.written() + self.already_there + self.gone + self.changed + self.failed + self.superseded
    }

    /// Count by count.
    pub(super) fn with(self, other: Self, of: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            seen: of(self.seen, other.seen),
            upgraded: of(self.upgraded, other.upgraded),
            rolled_back: of(self.rolled_back, other.rolled_back),
            already_there: of(self.already_there, other.already_there),
            gone: of(self.gone, other.gone),
            conflicts: of(self.conflicts, other.conflicts),
            retries: of(self.retries, other.retries),
            newer: of(self.newer, other.newer),
            changed: of(self.changed, other.changed),
            failed: of(self.failed, other.failed),
            failed_in_chain: of(self.failed_in_chain, other.failed_in_chain),
            cut_short: of(self.cut_short, other.cut_short),
            superseded: of(self.superseded, other.superseded),
            bytes: of(self.bytes, other.bytes),
        }
    }

    /// What one pass leaves to the next: each pass meets all newer and failed documents again.
    pub(super) fn without_failures(self) -> Self {
        Self { newer: 0, changed: 0, failed: 0, failed_in_chain: 0, ..self }
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
