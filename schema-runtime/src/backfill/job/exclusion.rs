//! A backfill and a rollback of one collection exclude each other.
//!
//! Each looks for the other, says that it has begun, and looks again: of two that begin at the same instant, at least one sees
//! the other then, and takes back what it said. It may be both.

use std::time::Duration;

use bson::doc;

use super::{JobDocument, Store};
use crate::{
    backfill::JOBS,
    error::{During, Error},
    retry::with_retries,
};

/// How often a process looks whether another has noticed the end of its job.
const POLL: Duration = Duration::from_millis(200);

impl Store {
    /// Waits until nobody works on a job that has ended: a process looks once a second, and may have a batch in flight.
    ///
    /// # Errors
    ///
    /// [`Error::UnderWay`] if it has not ended.
    pub(in crate::backfill) async fn has_ended(&self) -> Result<(), Error> {
        while let Some(job) = self.find().await? {
            if job.state.is_under_way() {
                return Err(Error::UnderWay { collection: job.collection, job: job.work.name() });
            }
            if self.processes(&job).await?.is_empty() {
                break;
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Takes back that a job has begun, if the other has begun meanwhile; `before` is what was there in its place.
    pub(super) async fn unless_begun(
        &self,
        other: &Self,
        begun: &JobDocument,
        before: Option<&JobDocument>,
    ) -> Result<(), Error> {
        let Err(error) = other.has_ended().await else { return Ok(()) };
        let mine = doc! { "_id": &self.name, "run": begun.run };
        let jobs = self.jobs.clone_with_type::<JobDocument>();
        let taken_back = with_retries(async || match before {
            Some(before) => jobs.replace_one(mine.clone(), before).await.map(drop),
            None => jobs.delete_one(mine.clone()).await.map(drop),
        });
        taken_back.await.during("take back the beginning of a job", JOBS)?;
        Err(error)
    }
}
