//! What a job consists of: which documents, and what becomes of them. Everything else, from leases to the report, is the same
//! for a backfill and for a rollback.

use super::{
    job::{Identity, Turn},
    left::Closing,
    side::Side,
    write::Outcome,
};
use crate::{
    batch::bytes,
    error::Error,
    id_scan::{At, Batch, IdScan, Range},
    numbers::count,
};

pub(super) trait Task: Send + Sync {
    type Reader: Batches;

    fn identity(&self) -> &Identity;

    /// Whether documents may be changed yet. Asked when the job is open, and until it is so.
    fn may_begin(&self) -> impl Future<Output = Result<bool, Error>> + Send;

    /// What there is to be done, as far as that can be counted.
    fn due(&self) -> impl Future<Output = Result<Due, Error>> + Send;

    /// What a pass with this outcome on this side has left to another.
    fn left(&self, side: Side, closing: &Closing<'_>) -> impl Future<Output = Result<Left, Error>> + Send;

    /// Cuts the work on about so many documents into ranges of about this size.
    fn partitions(
        &self,
        side: Side,
        documents: u64,
        size: u64,
    ) -> impl Future<Output = Result<Vec<Range>, Error>> + Send;

    /// Over a range, from where a checkpoint says if there is one.
    fn reader(&self, side: Side, range: Range, position: Option<At>) -> Self::Reader;

    /// Brings a batch to where it belongs. Everything in it is settled afterwards. There is no turn in a dry run.
    fn settle(
        &self,
        batch: <Self::Reader as Batches>::Batch,
        turn: Option<Turn>,
    ) -> impl Future<Output = Result<Outcome, Error>> + Send;
}

/// What there is to be done when a job begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    pub(super) documents: u64,
    /// Which side the first pass is to be on.
    pub(super) side: Side,
}

/// What a pass has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    /// Documents for another pass.
    pub(super) documents: u64,
    /// Whether there is nothing to be said of any document, either.
    pub(super) nothing: bool,
}

/// Reads a partition, a batch at a time.
pub(super) trait Batches: Send {
    type Batch: Portion;

    /// The next documents, about so many; `None` at the end of the partition.
    fn next_batch(&mut self, limit: u32) -> impl Future<Output = Result<Option<Self::Batch>, Error>> + Send;
}

/// What a worker settles at a time.
pub(super) trait Portion: Send {
    /// How many documents it has, at most.
    fn documents(&self) -> u64;

    /// How many of them have been looked at, if that is known before it is settled.
    fn seen(&self) -> Option<u64>;

    /// How large those are.
    fn bytes(&self) -> u64;

    /// The position for a checkpoint after it, unless it is the one before it.
    fn end(&self) -> Option<At>;
}

impl Portion for Batch {
    fn documents(&self) -> u64 {
        count(&self.documents)
    }

    fn seen(&self) -> Option<u64> {
        Some(self.documents())
    }

    fn bytes(&self) -> u64 {
        bytes(&self.documents)
    }

    fn end(&self) -> Option<At> {
        self.last.clone()
    }
}

impl Batches for IdScan {
    type Batch = Batch;

    async fn next_batch(&mut self, limit: u32) -> Result<Option<Batch>, Error> {
        Self::next_batch(self, limit).await
    }
}
