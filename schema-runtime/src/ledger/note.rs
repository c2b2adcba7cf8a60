//! What is noted in the ledger, in BSON.

use bson::{Document, doc};

use super::State;
use crate::{
    backfill::in_bson,
    error::Error,
    migration::{Direction, Facts, Migration},
};

/// What comes of a step, for the ledger.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done {
    /// How many steps were in effect before.
    pub(crate) before: usize,
    /// How many are now.
    pub(crate) steps: usize,
    /// How many documents were changed by all of them.
    pub(crate) affected: u64,
}

impl Done {
    pub(super) fn note(self, migration: &Migration) -> Document {
        let made: Vec<String> = migration.fingerprints().into_iter().take(self.steps).collect();
        doc! {
            "done": number(self.steps),
            "made": made,
            "begun": null,
            "session": null,
            "affected": i64::try_from(self.affected).unwrap_or(i64::MAX),
        }
    }
}

/// The entry of a migration that was never run.
pub(super) fn pending(migration: &Migration, token: i64) -> Result<Document, Error> {
    let Facts { description, author, date } = migration.facts();
    Ok(doc! {
        "_id": migration.id(),
        "state": in_bson(&State::Pending)?,
        "description": description,
        "author": author,
        "date": date,
        "direction": in_bson(&Direction::Up)?,
        "fingerprint": migration.fingerprint(),
        "steps": number(migration.steps().count()),
        "done": 0_i64,
        "made": [],
        "begun": null,
        "affected": 0_i64,
        "token": token,
    })
}

pub(super) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
