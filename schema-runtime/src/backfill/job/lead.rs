//! What is done once for all processes of a job, by the one that holds the lease on the job itself.

use bson::{Bson, Document, doc, oid::ObjectId};
use mongodb::options::ReturnDocument;

use super::{
    Job,
    document::{JobDocument, PartitionDocument, PartitionId, State},
    in_bson, is_duplicate, is_free,
    lease::lock,
};
use crate::{
    backfill::{JOBS, side::Side, tally::Tally},
    error::{During, Error},
    id_scan::Range,
    retry::with_retries,
};

/// The lease on the job itself, as the number it was granted with.
#[derive(Debug, Clone, Copy)]
pub(in crate::backfill) struct Lead(i64);

impl Job {
    /// Takes the lead, if nobody has it and the job is still where `job` says.
    pub(in crate::backfill) async fn lead(&self, job: &JobDocument) -> Result<Option<Lead>, Error> {
        let free = doc! {
            "_id": &self.store.name, "run": self.run, "state": "running", "pass": i64::from(job.pass),
            "attempt": job.attempt, "$expr": is_free(),
        };
        let grant = self.grant();
        let jobs = self.store.jobs.clone_with_type::<JobDocument>();
        let granted = with_retries(|| {
            jobs.find_one_and_update(free.clone(), grant.clone()).return_document(ReturnDocument::After)
        })
        .await
        .during("take the lead of a job", JOBS)?;
        lock(&self.holdings).lead = granted.is_some();
        Ok(granted.map(|job| Lead(job.token)))
    }

    /// Makes these the partitions of the pass. What an attempt before has left behind is removed.
    pub(in crate::backfill) async fn set_partitions(
        &self,
        lead: Lead,
        pass: u32,
        ranges: Vec<Range>,
    ) -> Result<(), Error> {
        let Lead(attempt) = lead;
        // Not what a later one has made: this process may have lost the lead and not know it.
        self.remove_partitions(self.run, doc! { "_id.attempt": { "$lt": attempt } }).await?;
        let documents = (0..).zip(ranges).map(|(number, range)| {
            let id = PartitionId { job: self.store.name.clone(), run: self.run, pass, attempt, number };
            PartitionDocument::new(id, range)
        });
        let documents: Vec<_> = documents.collect();
        let partitions = self.store.jobs.clone_with_type::<PartitionDocument>();
        // Unordered, so that those are inserted that are missing when others are there.
        with_retries(async || match partitions.insert_many(&documents).ordered(false).await {
            // Inserted by a command whose answer was lost.
            Err(error) if is_duplicate(&error) => Ok(()),
            result => result.map(drop),
        })
        .await
        .during("write the partitions", JOBS)?;
        self.end_lead(lead, doc! { "attempt": attempt, "passBeganAt": "$$NOW" }).await.map(drop)
    }

    /// Begins the next pass, which is the client's: the server has done what it can in the first.
    pub(in crate::backfill) async fn next_pass(
        &self,
        lead: Lead,
        job: &JobDocument,
        done: Tally,
        remaining: u64,
    ) -> Result<bool, Error> {
        let next = doc! {
            "pass": i64::from(job.pass) + 1,
            "side": in_bson(&Side::Client)?,
            "attempt": null,
            "tally": { "$literal": in_bson(&done.without_failures())? },
            "remaining": in_bson(&remaining)?,
        };
        self.end_lead(lead, next).await
    }

    /// Ends the job. `false`, as for a pass, if another process has done so.
    pub(in crate::backfill) async fn finish(
        &self,
        lead: Lead,
        done: Tally,
        remaining: u64,
    ) -> Result<bool, Error> {
        let end = doc! {
            "state": "finished",
            "tally": { "$literal": in_bson(&done)? },
            "remaining": in_bson(&remaining)?,
            "finishedAt": "$$NOW",
        };
        let ended = self.end_lead(lead, end).await?;
        if ended {
            self.remove_partitions(self.run, doc! {}).await?;
        }
        Ok(ended)
    }

    /// Ends the job for all processes, whoever has the lead.
    pub(in crate::backfill) async fn end(&self, state: State, reason: &str) -> Result<(), Error> {
        let running = doc! { "run": self.run, "state": "running" };
        let end = doc! { "state": in_bson(&state)?, "reason": { "$literal": reason } };
        self.store.change(running, end, "end a job").await.map(drop)
    }

    /// Nothing happens if the lead is another's by now, which does the same: `false`.
    async fn end_lead(&self, Lead(token): Lead, change: Document) -> Result<bool, Error> {
        let mine = doc! { "run": self.run, "token": token };
        let mut change = change;
        change.insert("lease", Bson::Null);
        lock(&self.holdings).lead = false;
        self.store.change(mine, change, "write the job").await
    }

    /// Removes partitions of a run that nobody works on any more.
    pub(super) async fn remove_partitions(&self, run: ObjectId, which: Document) -> Result<(), Error> {
        let mut which = which;
        which.extend(doc! { "_id.job": &self.store.name, "_id.run": run });
        with_retries(|| self.store.jobs.delete_many(which.clone()))
            .await
            .during("remove old partitions", JOBS)?;
        Ok(())
    }
}
