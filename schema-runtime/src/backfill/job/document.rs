//! The documents of a job as they are stored.

use bson::{DateTime, oid::ObjectId};
use serde::{Deserialize, Serialize};

use crate::{
    backfill::{side::Side, tally::Tally, work::Work},
    id_scan::{At, Range},
};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::backfill) struct JobDocument {
    #[serde(rename = "_id")]
    pub(in crate::backfill) id: String,
    pub(in crate::backfill) collection: String,
    pub(in crate::backfill) work: Work,
    pub(in crate::backfill) target: u32,
    #[serde(rename = "type")]
    pub(in crate::backfill) type_name: String,
    pub(in crate::backfill) fingerprint: String,
    /// Whether it keeps pre-images.
    pub(in crate::backfill) preimages: bool,
    pub(in crate::backfill) run: ObjectId,
    pub(in crate::backfill) state: State,
    /// Why it was cancelled or has failed.
    pub(in crate::backfill) reason: Option<String>,
    /// The pass over the collection, counted from 1.
    pub(in crate::backfill) pass: u32,
    /// Which side changes the documents of that pass. All processes of the job do as this says.
    #[serde(default)]
    pub(in crate::backfill) side: Side,
    /// Which attempt to cut the collection into partitions counts for this pass; none has succeeded yet if there is
    /// none.
    pub(in crate::backfill) attempt: Option<i64>,
    /// When that was.
    pub(in crate::backfill) pass_began_at: Option<DateTime>,
    /// How many documents were to be done when the job began.
    pub(in crate::backfill) total: u64,
    /// What the passes before this one have done, and at the end the last one as well.
    pub(in crate::backfill) tally: Tally,
    /// Documents that are left to be done, as counted at the end of the last pass.
    pub(in crate::backfill) remaining: u64,
    pub(in crate::backfill) control: Control,
    pub(in crate::backfill) started_at: DateTime,
    pub(in crate::backfill) updated_at: DateTime,
    pub(in crate::backfill) finished_at: Option<DateTime>,
    /// The number of the last lease that was granted.
    pub(in crate::backfill) token: i64,
    pub(in crate::backfill) lease: Option<Lease>,
}

/// Where a job is in its life. Whether somebody works on it is told by the leases, not by the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum State {
    /// It has been begun and has not ended.
    Running,
    /// It has ended by itself.
    Finished,
    /// Somebody has ended it.
    Cancelled,
    /// It has ended itself: too many failures, or a threshold that is not to be crossed.
    Aborted,
}

impl State {
    /// Whether a run takes it up: one that has ended itself has not ended for good.
    pub(in crate::backfill) fn is_under_way(self) -> bool {
        matches!(self, Self::Running | Self::Aborted)
    }
}

/// What operators want of a running job. Every process that works on it looks here once a second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Control {
    /// Whether it is to wait.
    pub paused: bool,
    /// How many batches are worked on at a time in each process; a quarter fewer in a pass inside the server.
    pub workers: Option<u32>,
    /// The largest number of documents in a batch.
    pub batch_size: Option<u32>,
    /// The largest number of documents a second in each process.
    pub rate: Option<f64>,
    /// The replication lag, in seconds, at which the job waits.
    pub max_lag: Option<f64>,
    /// Who has last changed this.
    pub changed_by: Option<String>,
    /// And when.
    pub changed_at: Option<DateTime>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::backfill) struct Lease {
    pub(in crate::backfill) owner: String,
    pub(in crate::backfill) until: DateTime,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PartitionId {
    pub(super) job: String,
    pub(super) run: ObjectId,
    pub(super) pass: u32,
    pub(super) attempt: i64,
    pub(super) number: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PartitionDocument {
    #[serde(rename = "_id")]
    pub(super) id: PartitionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    lower: Option<At>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper: Option<At>,
    /// As in [`Range`].
    #[serde(skip_serializing_if = "Option::is_none")]
    documents: Option<u64>,
    /// The `_id` up to which everything is settled: with it in a pass of the client's, without it in one inside the server.
    pub(super) position: Option<At>,
    pub(super) done: bool,
    pub(super) tally: Tally,
    pub(super) token: i64,
    lease: Option<Lease>,
}

impl PartitionDocument {
    pub(super) fn new(id: PartitionId, range: Range) -> Self {
        Self {
            id,
            lower: range.lower,
            upper: range.upper,
            documents: range.documents,
            position: None,
            done: false,
            tally: Tally::default(),
            token: 0,
            lease: None,
        }
    }

    pub(super) fn range(&self) -> Range {
        Range { lower: self.lower.clone(), upper: self.upper.clone(), documents: self.documents }
    }
}
