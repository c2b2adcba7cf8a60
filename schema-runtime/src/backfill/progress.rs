//! What a running backfill tells about itself. The job states facts; drawing them is somebody else's work.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::{failure::Failure, job::Identity, report::Report, work::Work};
use crate::numbers::seconds;

/// Something that happened in a backfill or a rollback.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The job begins.
    Started {
        /// The [name](crate::VersionedCollection::name) of the collection, or of the documents of a kind.
        collection: &'a str,
        /// What it does.
        work: Work,
        /// The version that documents are brought to; of a rollback by pre-images, the current one.
        target: u32,
        /// How many documents there are to be done, as counted at the start.
        total: u64,
        /// Whether nothing will be written.
        dry_run: bool,
    },
    /// A batch has been written.
    Batch(Snapshot),
    /// About once a second, whatever happens.
    Tick(Snapshot),
    /// A document could not be brought to where it is to be.
    Failed(&'a Failure),
    /// The job has ended.
    Finished(&'a Report),
}

impl<'a> Event<'a> {
    pub(super) fn started(job: &'a Identity, total: u64, dry_run: bool) -> Self {
        let Identity { collection, work, target, .. } = job;
        Self::Started { collection, work: *work, target: *target, total, dry_run }
    }
}

/// How far a job is, at one instant. The counts are those of the job as a whole, with what other processes have done up
/// to a second ago.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The pass over the collection, counted from 1.
    pub pass: u32,
    /// Documents looked at, in all passes; inside the server, those that were upgraded.
    pub seen: u64,
    /// Documents to be done, as counted when the job began. Of a rollback by pre-images, those.
    pub total: u64,
    /// Those of them that are not settled yet. Others may still be writing old ones, which nobody has counted.
    pub remaining: u64,
    /// Documents upgraded so far, in all passes.
    pub upgraded: u64,
    /// Documents that a rollback has taken back so far.
    pub rolled_back: u64,
    /// Documents that a rollback has left as they are, because they were changed since the backfill.
    pub changed: u64,
    /// Documents that failed in this pass.
    pub failed: u64,
    /// Documents of a newer version than this program knows, in this pass.
    pub newer: u64,
    /// Times that a document was changed by others between read and write.
    pub conflicts: u64,
    /// Times that a batch was sent again, because the database was not available.
    pub retries: u64,
    /// Bytes of the documents looked at; those that are upgraded inside the server are not among them.
    pub bytes: u64,
    /// Documents looked at in a second, over the last minute.
    pub rate: Option<f64>,
    /// How long it will take at that rate; `None` while it cannot be told, and while the job waits.
    #[serde(serialize_with = "optional_seconds")]
    pub eta: Option<Duration>,
    /// Why the job waits, if it does.
    pub held: Option<String>,
    /// How many batches are worked on at a time in this process.
    pub workers: u32,
    /// The time since this process began.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

impl Snapshot {
    /// How much of the work is settled, in percent.
    #[must_use]
    pub fn percent(&self) -> f64 {
        percent(self.remaining, self.total)
    }
}

pub(super) fn percent(remaining: u64, total: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    match total {
        0 => 100.0,
        total => total.saturating_sub(remaining) as f64 * 100.0 / total as f64,
    }
}

/// How long so many documents take at so many a second.
pub(super) fn time_for(documents: u64, rate: f64) -> Option<Duration> {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    Duration::try_from_secs_f64(documents as f64 / rate).ok()
}

fn optional_seconds<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(serializer)
}

/// Receives the events of a job. It is called between batches and should be quick.
pub trait Progress: Send + Sync {
    /// Something happened.
    fn on(&self, event: &Event<'_>);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl<P: Progress + ?Sized> Progress for Box<P> {
    fn on(&self, event: &Event<'_>) {
        (**self).on(event);
    }
}

impl Progress for Silent {
    fn on(&self, _: &Event<'_>) {}
}
