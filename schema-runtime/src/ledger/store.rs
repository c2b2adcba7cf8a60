//! Reading and writing [`LEDGER`].
//!
//! Every entry names the lease under which it was written last, and is written only by whoever holds that one or a later one: a process
//! that was taken for dead and comes to life again can note nothing.

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use mongodb::{
    ClientSession, Collection, Database,
    options::{CollectionOptions, ReadPreference, ReturnDocument, SelectionCriteria, WriteConcern},
};

use super::{Entry, LEDGER, State};
use crate::{
    backfill::{in_bson, is_duplicate},
    environment::Environment,
    error::{During, Error},
    migration::{Direction, Migration},
    retry::with_retries,
    whoami,
};

/// The ledger of one database, as one program writes to it.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    entries: Collection<Entry>,
    environment: Option<Environment>,
    release: Option<String>,
}

/// What comes of a step, for the ledger.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done {
    /// How many steps are in effect.
    pub(crate) steps: usize,
    /// How many documents were changed.
    pub(crate) affected: u64,
}

impl Store {
    pub(crate) fn of(database: &Database, environment: Option<Environment>, release: Option<String>) -> Self {
        // Read and written so that nothing in it can be rolled back.
        let mut options = CollectionOptions::default();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        options.write_concern = Some(WriteConcern::majority());
        Self { entries: database.collection_with_options(LEDGER, options), environment, release }
    }

    /// All entries, by their ids.
    pub(crate) async fn entries(&self) -> Result<Vec<Entry>, Error> {
        with_retries(async || self.entries.find(doc! {}).sort(doc! { "_id": 1 }).await?.try_collect().await)
            .await
            .during("read the ledger", LEDGER)
    }

    /// There must be a collection before a transaction writes to it: only newer servers make one within.
    pub(crate) async fn prepare(&self) -> Result<(), Error> {
        const NAMESPACE_EXISTS: i32 = 48;
        let database = self.entries.client().database(&self.entries.namespace().db);
        match with_retries(|| database.create_collection(LEDGER)).await {
            Err(error) if matches!(error.kind.as_ref(), mongodb::error::ErrorKind::Command(error) if error.code == NAMESPACE_EXISTS) => {
                Ok(())
            }
            made => made.during("create the ledger", LEDGER),
        }
    }

    /// Notes that a migration is being run from now on, under this lease. What it has been until now stays in the entry; `None` if a later lease
    /// has it.
    pub(crate) async fn begin(
        &self,
        migration: &Migration,
        direction: Direction,
        token: i64,
    ) -> Result<Option<Entry>, Error> {
        let facts = in_bson(&migration.facts())?;
        let steps = i64::try_from(migration.steps().count()).unwrap_or(i64::MAX);
        let zero = |field: &str| doc! { "$ifNull": [format!("${field}"), 0_i64] };
        let mut entry = doc! {
            "state": in_bson(&State::Running)?,
            "direction": in_bson(&direction)?,
            "steps": steps,
            // Of an earlier form of the migration, all steps that it had are done.
            "done": { "$cond": [{ "$eq": ["$state", "completed"] }, steps, zero("done")] },
            "begun": { "$ifNull": ["$begun", null] },
            "affected": 0_i64,
            "error": null,
            "marked": false,
            "startedAt": "$$NOW",
            "appliedAt": null,
            "durationMs": null,
            "token": token,
        };
        if direction == Direction::Up {
            entry.insert("fingerprint", migration.fingerprint());
        } else {
            entry.insert("fingerprint", doc! { "$ifNull": ["$fingerprint", migration.fingerprint()] });
        }
        entry.extend(self.signature());
        if let Bson::Document(facts) = facts {
            entry.extend(facts.into_iter().map(|(name, fact)| (name, doc! { "$literal": fact }.into())));
        }
        let filter = doc! { "_id": migration.id(), "token": { "$not": { "$gt": token } } };
        let update = vec![doc! { "$set": entry }];
        let begun = with_retries(|| {
            self.entries
                .find_one_and_update(filter.clone(), update.clone())
                .upsert(true)
                .return_document(ReturnDocument::After)
        })
        .await;
        match begun {
            // The entry is there, and the filter did not find it.
            Err(error) if is_duplicate_command(&error) => Ok(None),
            begun => begun.during("note that a migration is run", LEDGER),
        }
    }

    /// Notes that a step was begun outside of a transaction. `false` if a later lease has the entry.
    pub(crate) async fn enter(&self, id: &str, token: i64, step: usize) -> Result<bool, Error> {
        self.note(id, token, doc! { "begun": number(step) }, None).await
    }

    /// Notes what came of a step, in the session's transaction if there is one. `false` if a later lease has the entry.
    pub(crate) async fn step_done(
        &self,
        id: &str,
        token: i64,
        done: Done,
        session: Option<&mut ClientSession>,
    ) -> Result<bool, Error> {
        let note = doc! {
            "done": number(done.steps),
            "begun": null,
            "affected": i64::try_from(done.affected).unwrap_or(i64::MAX),
        };
        self.note(id, token, note, session).await
    }

    /// Notes that it is over. `false` if a later lease has the entry.
    pub(crate) async fn end(
        &self,
        id: &str,
        token: i64,
        state: State,
        error: Option<&str>,
    ) -> Result<bool, Error> {
        let mut note = doc! {
            "state": in_bson(&state)?,
            "error": { "$literal": error },
            "durationMs": { "$subtract": ["$$NOW", { "$ifNull": ["$startedAt", "$$NOW"] }] },
        };
        if state == State::Completed {
            note.insert("appliedAt", "$$NOW");
        }
        self.note(id, token, note, None).await
    }

    /// Notes that a migration is in effect that was not run here.
    pub(crate) async fn mark(&self, migration: &Migration, token: i64) -> Result<bool, Error> {
        if self.begin(migration, Direction::Up, token).await?.is_none() {
            return Ok(false);
        }
        let steps = number(migration.steps().count());
        let note = doc! { "marked": true, "done": steps, "begun": null };
        Ok(self.note(migration.id(), token, note, None).await?
            && self.end(migration.id(), token, State::Completed, None).await?)
    }

    /// Who runs it.
    fn signature(&self) -> Document {
        doc! {
            "by": { "$literal": whoami::user() },
            "host": { "$literal": whoami::process() },
            "environment": self.environment.map(Environment::name),
            "release": { "$literal": &self.release },
        }
    }

    async fn note(
        &self,
        id: &str,
        token: i64,
        note: Document,
        session: Option<&mut ClientSession>,
    ) -> Result<bool, Error> {
        const ACTION: &str = "note in the ledger";
        let filter = doc! { "_id": id, "token": token };
        let update = vec![doc! { "$set": note }];
        let noted = match session {
            // Its transaction says whether it is repeated.
            Some(session) => self.entries.update_one(filter, update).session(session).await,
            None => with_retries(|| self.entries.update_one(filter.clone(), update.clone())).await,
        };
        Ok(noted.during(ACTION, LEDGER)?.matched_count == 1)
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// An upsert that finds another entry of its id, as a command says it.
fn is_duplicate_command(error: &mongodb::error::Error) -> bool {
    const DUPLICATE_KEY: i32 = 11000;
    is_duplicate(error)
        || matches!(error.kind.as_ref(), mongodb::error::ErrorKind::Command(error) if error.code == DUPLICATE_KEY)
}
