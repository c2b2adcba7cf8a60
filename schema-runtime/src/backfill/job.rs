//! A job: what `schema_backfills` keeps of a backfill or a rollback, so that it survives every process that works on it.
//!
//! ```text
//! { _id: "products", ... }                                       one document for the backfill
//! { _id: "products$rollback", ... }                              and one for the rollback
//! { _id: { job: "products", run, pass, attempt, number }, ... }  one for each partition of its current pass
//! ```
//!
//! The backfill and the rollback of one collection exclude each other ([`exclusion`]). Where a collection has documents of several kinds,
//! each kind has jobs of its own, by the [name](crate::VersionedCollection::name) of its documents: `"contents$article"`,
//! `"contents$article$rollback"`. They go on side by side.
//!
//! Whoever works on a partition holds a lease on it, and the job's own document has one for what must be done once: cutting
//! the collection into partitions, and closing a pass. A lease lapses when its holder no longer renews it. Each one that is
//! granted has a number, its fencing token, and what is written names the token: a process that was stopped and comes to
//! life again cannot overwrite what its successor has noted. The times of leases are the server's, so that no clock has to be right.

mod document;
mod exclusion;
mod lead;
mod lease;
mod open;
mod process;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bson::{Bson, Document, doc, oid::ObjectId};
use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    error::{ErrorKind, WriteFailure},
    options::{CollectionOptions, ReadPreference, SelectionCriteria, WriteConcern},
};

pub(super) use self::{
    document::JobDocument,
    lease::{Held, Order, Turn},
    open::Identity,
};
use self::{document::PartitionDocument, lease::Holdings};
pub use self::{
    document::{Control, State},
    process::Process,
};
use super::tally::Tally;
use crate::{
    error::{During, Error},
    retry::with_retries,
};

/// The collection that jobs and their checkpoints are kept in, beside the collection that is backfilled.
pub const JOBS: &str = "schema_backfills";

/// What is stored of the job of one collection, for whoever looks.
#[derive(Debug, Clone)]
pub(super) struct Store {
    jobs: Collection<Document>,
    collection: String,
    is_rollback: bool,
    /// The job's `_id`.
    name: String,
}

/// One process's part in a job.
#[derive(Debug, Clone)]
pub(super) struct Job {
    store: Store,
    run: ObjectId,
    /// This process, in words.
    owner: String,
    lease: Duration,
    holdings: Arc<Mutex<Holdings>>,
}

impl Job {
    pub(super) fn run(&self) -> ObjectId {
        self.run
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// A lease of this process's from now on, in an expression.
    fn claim(&self) -> Document {
        doc! { "owner": { "$literal": &self.owner }, "until": from_now(self.lease) }
    }

    /// The update that grants a lease to this process, under the next number.
    fn grant(&self) -> Vec<Document> {
        vec![doc! { "$set": { "token": { "$add": ["$token", 1_i64] }, "lease": self.claim() } }]
    }

    /// The job as it is now; `None` if another run has taken its place.
    pub(super) async fn load(&self) -> Result<Option<JobDocument>, Error> {
        Ok(self.store.find().await?.filter(|job| job.run == self.run))
    }
}

impl Store {
    /// Of the job that does this work in a collection.
    pub(super) fn of(database: &Database, collection: &str, is_rollback: bool) -> Self {
        // Read and written so that nothing in it can be rolled back.
        let mut options = CollectionOptions::default();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        options.write_concern = Some(WriteConcern::majority());
        let jobs = database.collection_with_options(JOBS, options);
        let name = job_name(collection, is_rollback);
        Self { jobs, collection: collection.to_owned(), is_rollback, name }
    }

    /// The error for a job that is not under way.
    pub(super) fn no_job(&self) -> Error {
        let job = if self.is_rollback { "rollback" } else { "backfill" };
        Error::NoJob { collection: self.collection.clone(), job }
    }

    pub(super) async fn find(&self) -> Result<Option<JobDocument>, Error> {
        let jobs = self.jobs.clone_with_type::<JobDocument>();
        with_retries(|| jobs.find_one(doc! { "_id": &self.name })).await.during("read the job", JOBS)
    }

    /// Changes the job's document if it is still what `filter` says. Whether it was.
    pub(super) async fn change(
        &self,
        mut filter: Document,
        mut change: Document,
        action: &'static str,
    ) -> Result<bool, Error> {
        filter.insert("_id", &self.name);
        change.insert("updatedAt", "$$NOW");
        let pipeline = vec![doc! { "$set": change }];
        let changed = with_retries(|| self.jobs.update_one(filter.clone(), pipeline.clone()))
            .await
            .during(action, JOBS)?;
        Ok(changed.matched_count == 1)
    }

    /// What all processes have noted about the partitions of the job's pass, and how many of these are not done.
    pub(super) async fn sum(&self, job: &JobDocument) -> Result<(Tally, u64), Error> {
        let Some(attempt) = job.attempt else { return Ok((Tally::default(), 0)) };
        let filter = self.partitions(job.run, job.pass, attempt);
        let partitions = self.jobs.clone_with_type::<PartitionDocument>();
        let partitions: Vec<PartitionDocument> =
            with_retries(async || partitions.find(filter.clone()).await?.try_collect().await)
                .await
                .during("read the partitions", JOBS)?;
        let open = partitions.iter().filter(|partition| !partition.done).map(|_| 1).sum();
        Ok((partitions.into_iter().map(|partition| partition.tally).sum(), open))
    }

    /// The filter for all partitions of a pass.
    fn partitions(&self, run: ObjectId, pass: u32, attempt: i64) -> Document {
        doc! {
            "_id.job": &self.name, "_id.run": run, "_id.pass": i64::from(pass), "_id.attempt": attempt,
        }
    }
}

const DUPLICATE_KEY: i32 = 11000;

/// Whether what was to be inserted is there already, and nothing else is wrong.
pub(crate) fn is_duplicate(error: &mongodb::error::Error) -> bool {
    match error.kind.as_ref() {
        ErrorKind::Write(WriteFailure::WriteError(error)) => error.code == DUPLICATE_KEY,
        ErrorKind::InsertMany(error) if error.write_concern_error.is_none() => {
            let errors = error.write_errors.as_ref();
            errors.is_some_and(|errors| errors.iter().all(|error| error.code == DUPLICATE_KEY))
        }
        _ => false,
    }
}

/// What the books of a job call it.
pub(super) fn job_name(collection: &str, is_rollback: bool) -> String {
    // No collection's own name has a `$` in it.
    if is_rollback { format!("{collection}$rollback") } else { collection.to_owned() }
}

/// As a moment from now, in an expression.
pub(crate) fn from_now(lease: Duration) -> Document {
    doc! { "$add": ["$$NOW", i64::try_from(lease.as_millis()).unwrap_or(i64::MAX)] }
}

/// Whether nobody holds the lease, in an expression.
pub(crate) fn is_free() -> Document {
    doc! { "$lte": [{ "$ifNull": ["$lease.until", bson::DateTime::MIN] }, "$$NOW"] }
}

pub(crate) fn in_bson(value: &impl serde::Serialize) -> Result<Bson, Error> {
    bson::serialize_to_bson(value).map_err(mongodb::error::Error::from).during("write the job", JOBS)
}
