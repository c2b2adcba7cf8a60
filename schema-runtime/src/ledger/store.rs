//! Reading and writing [`LEDGER`].
//!
//! Every entry names the lease under which it was written last, and is written under that one only. Whoever is granted a lease begins
//! by putting its number on all of them: a process that was taken for dead and comes to life again can note nothing.

use bson::{Document, doc};
use futures_util::TryStreamExt;
use mongodb::{
    ClientSession, Collection, Database,
    options::{CollectionOptions, ReadPreference, SelectionCriteria, WriteConcern},
};

use super::{
    Entry, LEDGER, State,
    note::{Done, number, pending},
};
use crate::{
    backfill::{in_bson, is_duplicate},
    environment::Environment,
    error::{During, Error},
    migration::{Direction, Facts, Migration},
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

    /// Takes the ledger over: from now on nothing is noted under an earlier lease. Each of these migrations has an entry then.
    pub(crate) async fn take_over(&self, migrations: &[&Migration], token: i64) -> Result<(), Error> {
        const ACTION: &str = "take over the ledger";
        let pending = migrations.iter().map(|migration| pending(migration, token));
        let pending: Vec<Document> = pending.collect::<Result<_, _>>()?;
        if !pending.is_empty() {
            // Also the collection is made by that: there must be one before a transaction writes to it.
            let entries = self.entries.clone_with_type::<Document>();
            match with_retries(|| entries.insert_many(&pending).ordered(false)).await {
                Err(error) if is_duplicate(&error) => {}
                inserted => drop(inserted.during(ACTION, LEDGER)?),
            }
        }
        // Behind that, because an earlier holder may have inserted one of them.
        let earlier = doc! { "token": { "$not": { "$gte": token } } };
        let mine = doc! { "$set": { "token": token } };
        with_retries(|| self.entries.update_many(earlier.clone(), mine.clone()))
            .await
            .during(ACTION, LEDGER)?;
        Ok(())
    }

    /// Notes that a migration is being run from now on, under this lease, with so many steps in effect. `false` if a later lease has the entry.
    pub(crate) async fn begin(
        &self,
        migration: &Migration,
        direction: Direction,
        in_effect: usize,
        token: i64,
    ) -> Result<bool, Error> {
        let mut note = self.signed(migration, direction)?;
        note.extend(doc! {
            "state": in_bson(&State::Running)?,
            "done": number(in_effect),
            // Of a migration that goes on where it has failed, all documents are counted.
            "affected": { "$cond": [{ "$eq": ["$direction", in_bson(&direction)?] }, "$affected", 0_i64] },
            "marked": false,
            "startedAt": "$$NOW",
            "appliedAt": null,
            "durationMs": null,
        });
        if direction == Direction::Down {
            note.remove("fingerprint");
        }
        self.note(migration.id(), token, note).await
    }

    /// Notes that a step was begun outside of a transaction. `false` if a later lease has the entry.
    pub(crate) async fn enter(&self, id: &str, token: i64, step: usize) -> Result<bool, Error> {
        self.note(id, token, doc! { "begun": number(step) }).await
    }

    /// Notes that a step runs in a transaction of this session. `false` if a later lease has the entry.
    pub(crate) async fn enter_in(&self, session: &Document, id: &str, token: i64) -> Result<bool, Error> {
        self.note(id, token, doc! { "session": { "$literal": session } }).await
    }

    /// Ends the transactions that earlier holders have left open: nothing of theirs is noted any more, and what they have written would be kept
    /// from others until the server gives up on them.
    pub(crate) async fn end_transactions(&self, entries: impl IntoIterator<Item = &Entry>) {
        // The driver of this process ends its own, and has given the session to somebody else by now.
        let this = whoami::process();
        let open = entries
            .into_iter()
            .filter(|entry| entry.state == State::Running && entry.host.as_ref() != Some(&this));
        let sessions: Vec<Document> = open.filter_map(|entry| entry.session.clone()).collect();
        if sessions.is_empty() {
            return;
        }
        let database = self.entries.client().database(&self.entries.namespace().db);
        if let Err(error) = database.run_command(doc! { "killSessions": sessions }).await {
            tracing::warn!(%error, "transactions of a process that has died could not be ended, and end by themselves");
        }
    }

    /// Notes what came of a step that is done. `false` if a later lease has the entry.
    pub(crate) async fn step_done(
        &self,
        migration: &Migration,
        token: i64,
        done: Done,
    ) -> Result<bool, Error> {
        self.note(migration.id(), token, done.note(migration)).await
    }

    /// The same as part of the transaction that the step runs in. `false` also if it was noted before: the step was done by a transaction whose
    /// commit seemed to have failed.
    pub(crate) async fn step_done_in(
        &self,
        session: &mut ClientSession,
        migration: &Migration,
        token: i64,
        done: Done,
    ) -> Result<bool, Error> {
        let filter = doc! { "_id": migration.id(), "token": token, "done": number(done.before) };
        let update = vec![doc! { "$set": done.note(migration) }];
        // Its transaction says whether it is repeated.
        let noted = self.entries.update_one(filter, update).session(session).await;
        Ok(noted.during("note in the ledger", LEDGER)?.matched_count == 1)
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
        self.note(id, token, note).await
    }

    /// Notes that a migration is in effect that was not run here. `false` if a later lease has the entry.
    pub(crate) async fn mark(&self, migration: &Migration, token: i64) -> Result<bool, Error> {
        let steps = migration.steps().count();
        let mut note = self.signed(migration, Direction::Up)?;
        note.extend(Done { before: 0, steps, affected: 0 }.note(migration));
        note.extend(doc! {
            "state": in_bson(&State::Completed)?,
            "marked": true,
            "startedAt": null,
            "appliedAt": "$$NOW",
            "durationMs": null,
        });
        self.note(migration.id(), token, note).await
    }

    /// What a migration is, and who runs it.
    fn signed(&self, migration: &Migration, direction: Direction) -> Result<Document, Error> {
        let Facts { description, author, date } = migration.facts();
        Ok(doc! {
            "description": { "$literal": description },
            "author": { "$literal": author },
            "date": { "$literal": date },
            "direction": in_bson(&direction)?,
            "fingerprint": migration.fingerprint(),
            "steps": number(migration.steps().count()),
            "by": { "$literal": whoami::user() },
            "host": { "$literal": whoami::process() },
            "environment": self.environment.map(Environment::name),
            "release": { "$literal": &self.release },
            "error": null,
        })
    }

    async fn note(&self, id: &str, token: i64, note: Document) -> Result<bool, Error> {
        let filter = doc! { "_id": id, "token": token };
        let update = vec![doc! { "$set": note }];
        let noted = with_retries(|| self.entries.update_one(filter.clone(), update.clone())).await;
        Ok(noted.during("note in the ledger", LEDGER)?.matched_count == 1)
    }
}
