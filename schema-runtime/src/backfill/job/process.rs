//! The processes that work on a job, as they tell of themselves once a second.

use bson::{DateTime, Document, doc};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};

use super::{JOBS, Job, JobDocument, Store, from_now, in_bson};
use crate::{
    backfill::progress::Snapshot,
    error::{During, Error},
    retry::with_retries,
};

/// A process that is at work on a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Process {
    /// Its host, its process id and a number of its own.
    pub owner: String,
    /// How many batches it works on at a time.
    pub workers: u32,
    /// Documents it looks at in a second.
    pub rate: Option<f64>,
    /// Why it waits, if it does.
    pub held: Option<String>,
    /// When it last said so.
    pub seen_at: DateTime,
}

impl Job {
    /// Says that this process is at work, and how.
    pub(in crate::backfill) async fn appear(
        &self,
        own_rate: Option<f64>,
        now: &Snapshot,
    ) -> Result<(), Error> {
        let filter = doc! { "_id": self.process_id() };
        let entry = doc! { "$set": {
            "owner": { "$literal": &self.owner },
            "workers": in_bson(&now.workers)?,
            "rate": own_rate,
            "held": { "$literal": &now.held },
            "seenAt": "$$NOW",
            "until": from_now(self.lease),
        } };
        let pipeline = vec![entry];
        with_retries(|| self.store.jobs.update_one(filter.clone(), pipeline.clone()).upsert(true))
            .await
            .during("say that the process is at work", JOBS)?;
        Ok(())
    }

    /// Says that it no longer is.
    pub(in crate::backfill) async fn disappear(&self) -> Result<(), Error> {
        let filter = doc! { "_id": self.process_id() };
        with_retries(|| self.store.jobs.delete_one(filter.clone()))
            .await
            .during("say that the process is gone", JOBS)?;
        Ok(())
    }

    fn process_id(&self) -> Document {
        doc! { "job": &self.store.name, "run": self.run, "process": &self.owner }
    }
}

impl Store {
    /// Those that have said so lately.
    pub(in crate::backfill) async fn processes(&self, job: &JobDocument) -> Result<Vec<Process>, Error> {
        let alive = doc! {
            "_id.job": &self.name, "_id.run": job.run, "_id.process": { "$exists": true },
            "$expr": { "$gt": ["$until", "$$NOW"] },
        };
        let processes = self.jobs.clone_with_type::<Process>();
        with_retries(async || {
            processes.find(alive.clone()).sort(doc! { "_id": 1 }).await?.try_collect().await
        })
        .await
        .during("read the processes of the job", JOBS)
    }
}
