//! The outcome of a backfill in numbers.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{
    failure::{FAILURES, Failure},
    tally::Tally,
    tracker::Tracker,
};
use crate::numbers::seconds;

/// How a run came to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Ending {
    /// There was nothing left to do, or nothing that this job could do.
    Finished,
    /// This process was stopped, for the reason given. The job can be taken up again, and others may still be at it.
    Interrupted(String),
    /// Somebody has ended the job.
    Cancelled(String),
    /// The job has ended itself: too many failures, or a threshold was crossed. Another run takes it up again.
    Aborted(String),
}

/// What a backfill did.
///
/// Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The collection.
    pub collection: String,
    /// The version that documents were brought to.
    pub target_version: u32,
    /// Whether nothing was written; then `upgraded` counts what would have been.
    pub dry_run: bool,
    /// How it ended.
    pub ending: Ending,
    /// How often the collection was gone through. More than once when others were writing old documents meanwhile.
    pub passes: u32,
    /// Documents that this process brought to the current version.
    pub upgraded: u64,
    /// Documents that other processes brought there in the same job, at the same time or before.
    pub upgraded_by_others: u64,
    /// Documents that somebody else brought there between read and write.
    pub already_current: u64,
    /// Documents that were deleted between read and write.
    pub gone: u64,
    /// Times that a document was changed by others between read and write, and was read again.
    pub conflicts: u64,
    /// Documents of a newer version than this program knows; left as they are.
    pub newer: u64,
    /// Documents that could not be brought to the current version; left as they are.
    pub failed: u64,
    /// Documents that were left to be upgraded at the end, because others kept writing old ones.
    pub remaining: u64,
    /// The first of the newer and failed documents.
    pub first_failures: Vec<Failure>,
    /// How long it took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

/// What the job as a whole has come to.
pub(super) struct Whole {
    pub(super) ending: Ending,
    pub(super) passes: u32,
    /// By all processes; failures are those of the last pass.
    pub(super) tally: Tally,
    pub(super) remaining: u64,
}

impl Report {
    pub(super) fn new(
        collection: &str,
        target_version: u32,
        dry_run: bool,
        whole: Whole,
        tracker: &Tracker<'_>,
    ) -> Self {
        let own = tracker.own();
        Self {
            collection: collection.to_owned(),
            target_version,
            dry_run,
            ending: whole.ending,
            passes: whole.passes,
            upgraded: own.upgraded,
            upgraded_by_others: whole.tally.upgraded.saturating_sub(own.upgraded),
            already_current: own.already_current,
            gone: own.gone,
            conflicts: own.conflicts,
            newer: whole.tally.newer,
            failed: whole.tally.failed,
            remaining: whole.remaining,
            first_failures: tracker.first_failures(),
            elapsed: tracker.elapsed(),
        }
    }

    /// Whether every document is now at the current version, or newer.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.ending == Ending::Finished && self.failed == 0 && self.remaining == 0
    }

    /// What a program that runs the backfill should end with:
    ///
    /// | code | meaning |
    /// | --- | --- |
    /// | 0 | every document is at the current version, or newer |
    /// | 1 | finished, and documents failed or are left over |
    /// | 5 | interrupted: run it again to go on |
    /// | 6 | cancelled |
    /// | 7 | aborted: too many failures, or a threshold was crossed |
    ///
    /// The codes between are for what a report cannot say: wrong arguments, no server.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.ending {
            Ending::Finished if self.is_clean() => 0,
            Ending::Finished => 1,
            Ending::Interrupted(_) => 5,
            Ending::Cancelled(_) => 6,
            Ending::Aborted(_) => 7,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, note) =
            if self.dry_run { ("would be upgraded", ", nothing was written") } else { ("upgraded", "") };
        writeln!(
            f,
            "`{}` to schema version {} in {:.1} s{note}:",
            self.collection,
            self.target_version,
            self.elapsed.as_secs_f64()
        )?;
        writeln!(f, "  {:>10}  {verb}", self.upgraded)?;
        match &self.ending {
            Ending::Finished => {}
            Ending::Interrupted(reason) => writeln!(f, "  interrupted: {reason}; run it again to go on")?,
            Ending::Cancelled(reason) => writeln!(f, "  cancelled: {reason}")?,
            Ending::Aborted(reason) => writeln!(f, "  given up: {reason}; run it again to go on")?,
        }
        let lines = [
            (self.upgraded_by_others, "upgraded by other processes of the same job"),
            (self.already_current, "brought up by somebody else meanwhile"),
            (self.gone, "deleted by somebody else meanwhile"),
            (self.conflicts, "changed by somebody else meanwhile, and read again"),
            (self.newer, "newer than this program knows, left as they are"),
            (self.failed, if self.dry_run { "would fail" } else { "failed, left as they are" }),
            (self.remaining, "were written by old code meanwhile and are left for another run"),
        ];
        for (count, label) in lines.into_iter().filter(|(count, _)| *count > 0) {
            writeln!(f, "  {count:>10}  {label}")?;
        }
        for failure in &self.first_failures {
            writeln!(f, "    {}: {}", failure.kind, failure.error)?;
        }
        if self.failed + self.newer > 0 && !self.dry_run {
            writeln!(f, "  all of them are recorded in `{FAILURES}`")?;
        }
        Ok(())
    }
}
