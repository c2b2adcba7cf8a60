//! What a running backfill tells about itself. The job states facts; drawing them is somebody else's work.

use std::time::Duration;

use super::{failure::Failure, report::Report};

/// Something that happened in a backfill.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The job begins.
    Started {
        /// The collection.
        collection: &'a str,
        /// The version that documents are brought to.
        target: u32,
        /// How many documents are to be upgraded, as counted at the start.
        total: u64,
        /// Whether nothing will be written.
        dry_run: bool,
    },
    /// A batch has been written.
    Batch(Snapshot),
    /// A document could not be brought to the current version.
    Failed(&'a Failure),
    /// The job has ended.
    Finished(&'a Report),
}

/// How far a backfill is, at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The pass over the collection, counted from 1.
    pub pass: u32,
    /// Documents looked at in this pass.
    pub seen: u64,
    /// Documents to be upgraded, as counted at the start.
    pub total: u64,
    /// Documents upgraded so far, in all passes.
    pub upgraded: u64,
    /// Documents that failed in this pass.
    pub failed: u64,
    /// Times that a document was changed by others between read and write.
    pub conflicts: u64,
    /// The time since the start.
    pub elapsed: Duration,
}

/// Receives the events of a backfill. It is called between batches and should be quick.
pub trait Progress: Send + Sync {
    /// Something happened.
    fn on(&self, event: &Event<'_>);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn on(&self, _: &Event<'_>) {}
}
