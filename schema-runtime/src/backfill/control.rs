//! Looking at a job and steering it while it runs, from any machine that reaches the database.

use bson::{DateTime, doc};
use mongodb::Database;

use super::{
    job::{self, Control, JobDocument, State, Store},
    status::Status,
};
use crate::error::Error;

/// The backfill or the rollback of one collection, as everybody can see and steer it. No document type is needed for that. The jobs of a
/// [kind](schema_core::Kind) go by the [name](crate::VersionedCollection::name) of its documents, as in `contents$article`.
///
/// ```no_run
/// # async fn example(database: schema_runtime::mongodb::Database) -> Result<(), schema_runtime::Error> {
/// use schema_runtime::backfill::JobHandle;
///
/// let job = JobHandle::new(&database, "products");
/// if let Some(status) = job.status().await? {
///     println!("{status}");
/// }
/// job.adjust("ada", |control| control.workers = Some(1)).await?;
/// job.pause("ada").await?;
/// job.resume("ada").await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct JobHandle {
    store: Store,
}

impl JobHandle {
    /// The backfill of a collection in this database, whether there is one or not.
    #[must_use]
    pub fn new(database: &Database, collection: &str) -> Self {
        Self { store: Store::of(database, collection, false) }
    }

    /// The rollback of a collection in this database, whether there is one or not.
    #[must_use]
    pub fn rollback(database: &Database, collection: &str) -> Self {
        Self { store: Store::of(database, collection, true) }
    }

    /// What the job is doing; `None` if the collection never had one.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when the job cannot be read.
    pub async fn status(&self) -> Result<Option<Status>, Error> {
        let Some(job) = self.store.find().await? else { return Ok(None) };
        let (in_pass, open) = self.store.sum(&job).await?;
        let processes = self.store.processes(&job).await?;
        Ok(Some(Status::new(job, in_pass, open, processes)))
    }

    /// Has every process wait after its batches in flight, until [`resume`](Self::resume). `by` says who wants it.
    ///
    /// # Errors
    ///
    /// [`Error::NoJob`] when no job is under way; [`Error::Database`] when it cannot be written.
    pub async fn pause(&self, by: &str) -> Result<(), Error> {
        self.adjust(by, |control| control.paused = true).await
    }

    /// Ends a [pause](Self::pause).
    ///
    /// # Errors
    ///
    /// Those of [`pause`](Self::pause).
    pub async fn resume(&self, by: &str) -> Result<(), Error> {
        self.adjust(by, |control| control.paused = false).await
    }

    /// Changes what the processes look at once a second: workers, batch size, rate, lag.
    ///
    /// # Errors
    ///
    /// Those of [`pause`](Self::pause).
    pub async fn adjust(&self, by: &str, change: impl Fn(&mut Control)) -> Result<(), Error> {
        loop {
            let job = self.under_way().await?;
            let mut control = job.control.clone();
            change(&mut control);
            control.changed_by = Some(by.to_owned());
            control.changed_at = Some(DateTime::now());
            let change = doc! { "control": { "$literal": job::in_bson(&control)? } };
            // As it was read: two operators at the same time must both have their way.
            let unchanged = doc! { "run": job.run, "updatedAt": job.updated_at };
            if self.store.change(unchanged, change, "write the control document").await? {
                return Ok(());
            }
        }
    }

    /// Ends the job for all processes, after their batches in flight. What is done stays done, and the next run begins anew.
    ///
    /// # Errors
    ///
    /// Those of [`pause`](Self::pause).
    pub async fn cancel(&self, by: &str) -> Result<(), Error> {
        let job = self.under_way().await?;
        let end = doc! {
            "state": job::in_bson(&State::Cancelled)?,
            "reason": { "$literal": format!("by {by}") },
            "finishedAt": "$$NOW",
        };
        let its_run = doc! { "run": job.run, "state": { "$in": ["running", "aborted"] } };
        self.store.change(its_run, end, "cancel the job").await.map(drop)
    }

    /// The job, if there is one to be steered.
    async fn under_way(&self) -> Result<JobDocument, Error> {
        let job = self.store.find().await?;
        let job = job.filter(|job| job.state.is_under_way());
        job.ok_or_else(|| self.store.no_job())
    }
}
