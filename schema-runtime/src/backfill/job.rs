//! A job: what `schema_backfills` keeps of a backfill, so that it survives every process that works on it.
//!
//! ```text
//! { _id: "products", ... }                                       one document for the job
//! { _id: { job: "products", run, pass, attempt, number }, ... }  one for each partition of its current pass
//! ```
//!
//! Whoever works on a partition holds a lease on it, and the job's own document has one for what must be done once: cutting
//! the collection into partitions, and closing a pass. A lease lapses when its holder no longer renews it. Each one that is
//! granted has a number, its fencing token, and what is written names the token: a process that was stopped and comes to
//! life again cannot overwrite what its successor has noted. Times are the server's, so that no clock has to be right.

mod document;
mod lead;
mod lease;
mod open;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bson::{Document, doc, oid::ObjectId};
use mongodb::{
    Collection, Database,
    options::{CollectionOptions, ReadPreference, SelectionCriteria, WriteConcern},
};

pub use self::document::{Control, State};
use self::lease::Holdings;
pub(super) use self::{document::JobDocument, lease::Held, open::Identity};
use crate::{
    error::{During, Error},
    retry::with_retries,
};

/// The collection that jobs and their checkpoints are kept in, beside the collection that is backfilled.
pub const JOBS: &str = "schema_backfills";

/// One process's access to a job.
#[derive(Debug, Clone)]
pub(super) struct Job {
    jobs: Collection<Document>,
    /// The collection that is backfilled: the job's `_id`.
    name: String,
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

    /// The job as it is now; `None` if another run has taken its place.
    pub(super) async fn load(&self) -> Result<Option<JobDocument>, Error> {
        let filter = doc! { "_id": &self.name, "run": self.run };
        let jobs = self.jobs.clone_with_type::<JobDocument>();
        with_retries(|| jobs.find_one(filter.clone())).await.during("read the job", JOBS)
    }

    /// Changes the job's document if it is still what `filter` says.
    async fn change(&self, filter: Document, change: Document, action: &'static str) -> Result<bool, Error> {
        let mut change = change;
        change.insert("updatedAt", "$$NOW");
        let pipeline = vec![doc! { "$set": change }];
        let changed = with_retries(|| self.jobs.update_one(filter.clone(), pipeline.clone()))
            .await
            .during(action, JOBS)?;
        Ok(changed.matched_count == 1)
    }
}

/// The collection of jobs, read and written so that nothing in it can be rolled back.
fn jobs(database: &Database) -> Collection<Document> {
    let mut options = CollectionOptions::default();
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    options.write_concern = Some(WriteConcern::majority());
    database.collection_with_options(JOBS, options)
}

/// As a moment from now, in an expression.
fn from_now(lease: Duration) -> Document {
    doc! { "$add": ["$$NOW", i64::try_from(lease.as_millis()).unwrap_or(i64::MAX)] }
}

/// Whether nobody holds the lease, in an expression.
fn is_free() -> Document {
    doc! { "$lte": [{ "$ifNull": ["$lease.until", bson::DateTime::MIN] }, "$$NOW"] }
}
