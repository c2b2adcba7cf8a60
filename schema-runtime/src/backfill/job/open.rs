//! Opening a job: beginning it, joining others in it, or taking up where one that died has left it.

use std::{sync::Arc, time::Duration};

use bson::{DateTime, doc, oid::ObjectId};
use mongodb::Database;
use schema_core::{Chain, DecodeOwned, history::Record, shape};

use super::{Job, JobDocument, State, Store, document::Control, is_duplicate};
use crate::{
    backfill::{JOBS, tally::Tally, task::Due, work::Work},
    error::{During, Error},
    retry::with_retries,
    whoami::owner,
};

/// What must not change while a job is under way: the collection, what is done with it, and the chain that its documents go
/// through.
#[derive(Debug, Clone)]
pub(in crate::backfill) struct Identity {
    pub(in crate::backfill) collection: String,
    pub(in crate::backfill) work: Work,
    /// The version that documents are brought to; of a rollback by pre-images, the current one.
    pub(in crate::backfill) target: u32,
    pub(in crate::backfill) chain: Chain,
    pub(in crate::backfill) fingerprint: String,
    /// Whether pre-images are kept.
    pub(in crate::backfill) preimages: bool,
}

impl Identity {
    /// That of a backfill which keeps no pre-images.
    pub(in crate::backfill) fn of<T: DecodeOwned>(collection: &str) -> Self {
        let versions = T::CHAIN.oldest..=T::CHAIN.version;
        let lines: Vec<_> = versions
            .filter_map(|version| Some((version, Record::of::<T>(version)?)))
            .map(|(version, record)| shape::Line::new(version.to_string(), record.fingerprint()))
            .collect();
        Self {
            collection: collection.to_owned(),
            work: Work::Upgrade,
            target: T::CHAIN.version,
            chain: T::CHAIN,
            fingerprint: shape::fingerprint(&lines),
            preimages: false,
        }
    }

    pub(in crate::backfill) fn is_that_of(&self, job: &JobDocument) -> bool {
        let same_chain = || self.target == job.target && self.fingerprint == job.fingerprint;
        // What documents were is the same whatever the program takes them for.
        self.work == job.work && (matches!(self.work, Work::Restore { .. }) || same_chain())
    }

    /// Why a job under way is not this one.
    fn differs_from(&self, job: JobDocument) -> Error {
        let collection = job.collection;
        if self.work.is_rollback() {
            return Error::UnfinishedRollback {
                collection,
                begun_by: job.type_name,
                begun: job.work.destination(job.target),
                asked: self.work.destination(self.target),
            };
        }
        if self.fingerprint == job.fingerprint && self.target == job.target {
            return Error::PreimagesDiffer { collection, kept: job.preimages };
        }
        Error::UnfinishedJob {
            collection,
            begun_by: job.type_name,
            begun_for: job.target,
            begun_with: job.fingerprint,
            asked_for: self.target,
            asked_with: self.fingerprint.clone(),
        }
    }
}

impl Job {
    /// `due` is asked for only if the job begins. With `restart`, a job under way that is of another chain is given up.
    ///
    /// # Errors
    ///
    /// [`Error::UnfinishedJob`], [`Error::UnfinishedRollback`] or [`Error::PreimagesDiffer`] if there is another one, and it is
    /// not to be given up; [`Error::UnderWay`] if there is one in the other direction.
    pub(in crate::backfill) async fn open<F: Future<Output = Result<Due, Error>>>(
        database: &Database,
        identity: &Identity,
        lease: Duration,
        restart: bool,
        due: impl Fn() -> F,
    ) -> Result<(Self, JobDocument), Error> {
        let store = Store::of(database, &identity.collection, identity.work.is_rollback());
        let other = Store::of(database, &identity.collection, !identity.work.is_rollback());
        other.has_ended().await?;
        let typed = store.jobs.clone_with_type::<JobDocument>();
        let handle =
            |run| Self { store: store.clone(), run, owner: owner(), lease, holdings: Arc::default() };
        loop {
            let Some(found) = store.find().await? else {
                let begun = begun(identity, &store, due().await?);
                match with_retries(|| typed.insert_one(&begun)).await {
                    Err(error) if is_duplicate(&error) => continue,
                    result => result.during("begin a job", JOBS)?,
                };
                store.unless_begun(&other, &begun, None).await?;
                return Ok((handle(begun.run), begun));
            };
            let under_way = found.state.is_under_way();
            let same = identity.is_that_of(&found) && identity.preimages == found.preimages;
            if under_way && same {
                let job = handle(found.run);
                let state = doc! { "run": job.run, "state": { "$in": ["running", "aborted"] } };
                if store.change(state, doc! { "state": "running", "reason": null }, "take up a job").await? {
                    return Ok((job, JobDocument { state: State::Running, reason: None, ..found }));
                }
            } else if under_way && !restart {
                return Err(identity.differs_from(found));
            } else {
                let begun = begun(identity, &store, due().await?);
                let its_run = doc! { "_id": &store.name, "run": found.run };
                let replaced = with_retries(|| typed.replace_one(its_run.clone(), &begun))
                    .await
                    .during("begin a job", JOBS)?;
                if replaced.matched_count == 1 {
                    store.unless_begun(&other, &begun, Some(&found)).await?;
                    let job = handle(begun.run);
                    job.remove_partitions(found.run, doc! {}).await?;
                    return Ok((job, begun));
                }
            }
        }
    }
}

fn begun(identity: &Identity, store: &Store, due: Due) -> JobDocument {
    let now = DateTime::now();
    JobDocument {
        id: store.name.clone(),
        collection: identity.collection.clone(),
        work: identity.work,
        target: identity.target,
        type_name: identity.chain.type_name.to_owned(),
        fingerprint: identity.fingerprint.clone(),
        preimages: identity.preimages,
        run: ObjectId::new(),
        state: State::Running,
        reason: None,
        pass: 1,
        side: due.side,
        attempt: None,
        pass_began_at: None,
        total: due.documents,
        tally: Tally::default(),
        remaining: due.documents,
        control: Control::default(),
        started_at: now,
        updated_at: now,
        finished_at: None,
        token: 0,
        lease: None,
    }
}
