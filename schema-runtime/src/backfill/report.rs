//! The outcome of a job in numbers.

use std::{fmt, time::Duration};

use bson::oid::ObjectId;
use serde::{Serialize, Serializer};

use super::{
    failure::{FAILURES, Failure},
    job::Identity,
    tally::Tally,
    tracker::Tracker,
    work::Work,
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

/// What a backfill or a rollback did.
///
/// Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The [name](crate::VersionedCollection::name) of the collection, or of the documents of a kind.
    pub collection: String,
    /// The run of the job, by which its pre-images are found; none in a dry run.
    #[serde(serialize_with = "in_hex")]
    pub run: Option<ObjectId>,
    /// What it did.
    pub work: Work,
    /// The version that documents were brought to; of a rollback by pre-images, the current one.
    pub target_version: u32,
    /// Whether nothing was written; then `upgraded` or `rolled_back` counts what would have been.
    pub dry_run: bool,
    /// How it ended.
    pub ending: Ending,
    /// How often the collection was gone through. More than once when others were writing old documents meanwhile, and when
    /// the first pass was inside the server and has left something.
    pub passes: u32,
    /// Documents that this process brought to the current version.
    pub upgraded: u64,
    /// Documents that other processes brought there in the same job, at the same time or before.
    pub upgraded_by_others: u64,
    /// Documents that this process has taken back, in a rollback.
    pub rolled_back: u64,
    /// Documents that other processes have taken back in the same rollback, at the same time or before.
    pub rolled_back_by_others: u64,
    /// Documents that were there already: somebody else brought them there between read and write, or they had never left.
    pub already_there: u64,
    /// Documents that were deleted between read and write, or since the backfill that was to be rolled back.
    pub gone: u64,
    /// Times that a document was changed by others between read and write, and was read again.
    pub conflicts: u64,
    /// Documents of a newer version than this program knows; left as they are.
    pub newer: u64,
    /// Documents that are no longer what the backfill wrote, which was to be rolled back; left as they are.
    pub changed: u64,
    /// Documents that could not be brought to where they were to be; left as they are.
    pub failed: u64,
    /// Documents that were left to be done at the end, because others kept writing such.
    pub remaining: u64,
    /// The first of the newer, changed and failed documents.
    pub first_failures: Vec<Failure>,
    /// How long it took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

/// What the job as a whole has come to.
pub(super) struct Whole {
    pub(super) run: Option<ObjectId>,
    pub(super) ending: Ending,
    pub(super) passes: u32,
    /// By all processes; failures are those of the last pass.
    pub(super) tally: Tally,
    pub(super) remaining: u64,
}

impl Report {
    pub(super) fn new(job: &Identity, dry_run: bool, whole: Whole, tracker: &Tracker<'_>) -> Self {
        let own = tracker.own();
        Self {
            collection: job.collection.clone(),
            run: whole.run,
            work: job.work,
            target_version: job.target,
            dry_run,
            ending: whole.ending,
            passes: whole.passes,
            upgraded: own.upgraded,
            upgraded_by_others: whole.tally.upgraded.saturating_sub(own.upgraded),
            rolled_back: own.rolled_back,
            rolled_back_by_others: whole.tally.rolled_back.saturating_sub(own.rolled_back),
            already_there: own.already_there,
            gone: own.gone,
            conflicts: own.conflicts,
            newer: whole.tally.newer,
            changed: whole.tally.changed,
            failed: whole.tally.failed,
            remaining: whole.remaining,
            first_failures: tracker.first_failures(),
            elapsed: tracker.elapsed(),
        }
    }

    /// Whether every document is now where it was to be: at the current version or newer, or back.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let left = self.failed + self.changed + self.remaining;
        // A rollback has passed by what it does not know.
        let passed_by = if self.work == Work::Downgrade { self.newer } else { 0 };
        self.ending == Ending::Finished && left + passed_by == 0
    }

    /// Documents that this process has changed.
    pub(crate) fn written(&self) -> u64 {
        self.upgraded + self.rolled_back
    }

    /// What a program that runs the job should end with:
    ///
    /// | code | meaning |
    /// | --- | --- |
    /// | 0 | every document is where it was to be: [`is_clean`](Self::is_clean) |
    /// | 1 | finished, and documents failed, were changed since or are left over |
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

/// As an operator types it.
fn in_hex<S: Serializer>(run: &Option<ObjectId>, serializer: S) -> Result<S::Ok, S::Error> {
    run.map(ObjectId::to_hex).serialize(serializer)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, note) = if self.dry_run { ("would be ", ", nothing was written") } else { ("", "") };
        writeln!(
            f,
            "`{}` {} in {:.1} s{note}:",
            self.collection,
            self.work.destination(self.target_version),
            self.elapsed.as_secs_f64()
        )?;
        writeln!(f, "  {:>10}  {verb}{}", self.written(), self.work.done())?;
        match &self.ending {
            Ending::Finished => {}
            Ending::Interrupted(reason) => writeln!(f, "  interrupted: {reason}; run it again to go on")?,
            Ending::Cancelled(reason) => writeln!(f, "  cancelled: {reason}")?,
            Ending::Aborted(reason) => writeln!(f, "  given up: {reason}; run it again to go on")?,
        }
        let (there, gone) = match self.work {
            Work::Upgrade => ("brought up by somebody else meanwhile", "deleted by somebody else meanwhile"),
            Work::Restore { .. } => ("as they were before already", "deleted by somebody else since"),
            Work::Downgrade => {
                ("taken back by somebody else meanwhile", "deleted by somebody else meanwhile")
            }
        };
        let remaining = match self.ending {
            Ending::Finished => "were written by others meanwhile and are left for another run",
            _ => "are left for another run",
        };
        let lines = [
            (self.upgraded_by_others, "upgraded by other processes of the same job"),
            (self.rolled_back_by_others, "rolled back by other processes of the same job"),
            (self.already_there, there),
            (self.gone, gone),
            (self.conflicts, "changed by somebody else meanwhile, and read again"),
            (self.newer, "newer than this program knows, left as they are"),
            (self.changed, "changed by somebody else since the backfill, left as they are"),
            (self.failed, if self.dry_run { "would fail" } else { "failed, left as they are" }),
            (self.remaining, remaining),
        ];
        for (count, label) in lines.into_iter().filter(|(count, _)| *count > 0) {
            writeln!(f, "  {count:>10}  {label}")?;
        }
        for failure in &self.first_failures {
            writeln!(f, "    {}: {}", failure.kind, failure.error)?;
        }
        if self.failed + self.changed + self.newer > 0 && !self.dry_run {
            writeln!(f, "  all of them are recorded in `{FAILURES}`")?;
        }
        Ok(())
    }
}
