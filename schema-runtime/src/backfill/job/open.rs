//! Opening a job: beginning it, joining others in it, or taking up where one that died has left it.

use std::{sync::Arc, time::Duration};

use bson::{DateTime, doc, oid::ObjectId};
use mongodb::Database;
use schema_core::{Chain, DecodeOwned, history::Record, shape};

use super::{Job, JobDocument, State, Store, document::Control, is_duplicate};
use crate::{
    backfill::{JOBS, tally::Tally},
    error::{During, Error},
    retry::with_retries,
};

/// What must not change while a job is under way: the collection, and the chain that its documents go through.
#[derive(Debug, Clone)]
pub(in crate::backfill) struct Identity {
    collection: String,
    chain: Chain,
    fingerprint: String,
}

impl Identity {
    pub(in crate::backfill) fn of<T: DecodeOwned>(collection: &str) -> Self {
        let versions = T::CHAIN.oldest..=T::CHAIN.version;
        let lines: Vec<_> = versions
            .filter_map(|version| Some((version, Record::of::<T>(version)?)))
            .map(|(version, record)| shape::Line::new(version.to_string(), record.fingerprint()))
            .collect();
        Self { collection: collection.to_owned(), chain: T::CHAIN, fingerprint: shape::fingerprint(&lines) }
    }

    pub(in crate::backfill) fn is_that_of(&self, job: &JobDocument) -> bool {
        self.chain.version == job.target && self.fingerprint == job.fingerprint
    }
}

impl Job {
    /// `total` is asked for only if the job begins. With `restart`, a job under way that is of another chain is given up.
    ///
    /// # Errors
    ///
    /// [`Error::UnfinishedJob`] if there is one of another chain, and it is not to be given up.
    pub(in crate::backfill) async fn open<F: Future<Output = Result<u64, Error>>>(
        database: &Database,
        identity: &Identity,
        lease: Duration,
        restart: bool,
        total: impl Fn() -> F,
    ) -> Result<(Self, JobDocument), Error> {
        let store = Store::new(database, &identity.collection);
        let typed = store.jobs.clone_with_type::<JobDocument>();
        let handle =
            |run| Self { store: store.clone(), run, owner: owner(), lease, holdings: Arc::default() };
        loop {
            let Some(found) = store.find().await? else {
                let begun = begun(identity, total().await?);
                match with_retries(|| typed.insert_one(&begun)).await {
                    Err(error) if is_duplicate(&error) => continue,
                    result => result.during("begin a job", JOBS)?,
                };
                return Ok((handle(begun.run), begun));
            };
            let under_way = found.state.is_under_way();
            if under_way && identity.is_that_of(&found) {
                let job = handle(found.run);
                let state = doc! { "run": job.run, "state": { "$in": ["running", "aborted"] } };
                if store.change(state, doc! { "state": "running", "reason": null }, "take up a job").await? {
                    return Ok((job, JobDocument { state: State::Running, reason: None, ..found }));
                }
            } else if under_way && !restart {
                return Err(Error::UnfinishedJob {
                    collection: found.collection,
                    begun_by: found.type_name,
                    begun_for: found.target,
                    begun_with: found.fingerprint,
                    asked_for: identity.chain.version,
                    asked_with: identity.fingerprint.clone(),
                });
            } else {
                let begun = begun(identity, total().await?);
                let its_run = doc! { "_id": &identity.collection, "run": found.run };
                let replaced = with_retries(|| typed.replace_one(its_run.clone(), &begun))
                    .await
                    .during("begin a job", JOBS)?;
                if replaced.matched_count == 1 {
                    let job = handle(begun.run);
                    job.remove_partitions(found.run, doc! {}).await?;
                    return Ok((job, begun));
                }
            }
        }
    }
}

fn begun(identity: &Identity, total: u64) -> JobDocument {
    let now = DateTime::now();
    JobDocument {
        collection: identity.collection.clone(),
        target: identity.chain.version,
        type_name: identity.chain.type_name.to_owned(),
        fingerprint: identity.fingerprint.clone(),
        run: ObjectId::new(),
        state: State::Running,
        reason: None,
        pass: 1,
        attempt: None,
        pass_began_at: None,
        total,
        tally: Tally::default(),
        remaining: total,
        control: Control::default(),
        started_at: now,
        updated_at: now,
        finished_at: None,
        token: 0,
        lease: None,
    }
}

/// This process in words that an operator can find it by, and another name for each job it opens.
fn owner() -> String {
    let host = gethostname::gethostname();
    format!("{}:{}:{}", host.to_string_lossy(), std::process::id(), ObjectId::new())
}
