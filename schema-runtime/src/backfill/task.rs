//! What a job consists of: which documents, and what becomes of them. Everything else, from leases to the report, is the same
//! for a backfill and for a rollback.

use super::{
    job::{Identity, Turn},
    tally::Tally,
    write::Outcome,
};
use crate::{
    error::Error,
    id_scan::{At, Batch, IdScan, Range},
};

pub(super) trait Task: Send + Sync {
    type Reader: Batches;

    fn identity(&self) -> &Identity;

    /// How many documents there are to be done, as far as that can be counted.
    fn count(&self) -> impl Future<Output = Result<u64, Error>> + Send;

    /// How many of them a pass with this outcome has left to another.
    fn left(&self, pass: &Tally) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Cuts the work on about so many documents into ranges of about this size.
    fn partitions(&self, documents: u64, size: u64)
    -> impl Future<Output = Result<Vec<Range>, Error>> + Send;

    /// Over a range, from after `position` on if there is one.
    fn reader(&self, range: Range, position: Option<At>) -> Self::Reader;

    /// Brings a batch to where it belongs. Everything in it is settled afterwards. There is no turn in a dry run.
    fn settle(&self, batch: Batch, turn: Option<Turn>)
    -> impl Future<Output = Result<Outcome, Error>> + Send;
}

/// Reads a partition, a batch at a time.
pub(super) trait Batches: Send {
    /// The next documents, about so many; `None` at the end of the partition.
    fn next_batch(&mut self, limit: u32) -> impl Future<Output = Result<Option<Batch>, Error>> + Send;
}

impl Batches for IdScan {
    async fn next_batch(&mut self, limit: u32) -> Result<Option<Batch>, Error> {
        Self::next_batch(self, limit).await
    }
}
