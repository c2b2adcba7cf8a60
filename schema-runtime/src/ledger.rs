//! The ledger: what became of every migration, in `schema_migrations`.
//!
//! ```text
//! { _id: "20261122-close-old-orders", state: "completed", appliedAt, by, host, environment, release, durationMs, affected, fingerprint, .. }
//! ```
//!
//! One document for each migration that was ever run in this database, or is about to be. One that is `running` while nobody holds the
//! lease on the migrations was cut off by a crash; the next run goes on behind the last step that was noted.

mod note;
mod store;

use std::{fmt, time::Duration};

use bson::{DateTime, Document};
use serde::{Deserialize, Serialize};

pub(crate) use self::{note::Done, store::Store};
use crate::{
    environment::Environment,
    migration::{Direction, Facts, Migration},
};

/// The collection that the ledger is kept in.
pub const LEDGER: &str = "schema_migrations";

/// Where a migration is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It was never run.
    Pending,
    /// It is being run, or was when its process died.
    Running,
    /// It is done.
    Completed,
    /// A step of it could not do its work. Those before it are done.
    Failed,
    /// It was taken back.
    RolledBack,
}

/// What the ledger has about a migration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The migration.
    #[serde(rename(deserialize = "_id"))]
    pub id: String,
    /// Where it is.
    pub state: State,
    /// Which way it went last.
    pub direction: Direction,
    /// What it is for, who wrote it, and when.
    #[serde(flatten)]
    pub facts: Facts,
    /// What its steps were when it was run.
    pub fingerprint: String,
    /// How many steps it has.
    pub steps: u32,
    /// How many of them are in effect.
    pub done: u32,
    /// What those were, for a migration that is changed while it is half done.
    #[serde(default, skip_serializing)]
    pub(crate) made: Vec<String>,
    /// The one that was begun outside of a transaction, counted from 1, until it is done.
    pub begun: Option<u32>,
    /// The documents that it has changed, as far as its steps count them.
    pub affected: u64,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was begun.
    pub started_at: Option<DateTime>,
    /// When it was done.
    pub applied_at: Option<DateTime>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Who ran it.
    pub by: Option<String>,
    /// On which machine.
    pub host: Option<String>,
    /// In which environment.
    pub environment: Option<Environment>,
    /// By which release of the service.
    pub release: Option<String>,
    /// Whether somebody has said that it is done, and nothing was run.
    #[serde(default)]
    pub marked: bool,
    /// The session of the transaction that a step of it runs in. One that a killed process has left open would keep what it has written from
    /// others for a minute.
    #[serde(default, skip_serializing)]
    pub(crate) session: Option<Document>,
    /// The number of the lease under which it was written last.
    #[serde(default, skip_serializing)]
    pub(crate) token: i64,
}

impl Entry {
    /// Whether any of its steps is in effect, or may be: one that was begun and never noted.
    #[must_use]
    pub fn is_in_effect(&self) -> bool {
        self.state == State::Completed || self.done > 0 || self.begun.is_some()
    }

    /// Whether what is in effect of it is not what it says now. Steps that are still to be made may change.
    pub(crate) fn is_changed(&self, migration: &Migration) -> bool {
        match self.state {
            State::Completed => self.fingerprint != migration.fingerprint(),
            _ => !migration.fingerprints().starts_with(&self.made),
        }
    }

    /// How long it took.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        self.duration_ms.map(Duration::from_millis)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::RolledBack => "rolled back",
        })
    }
}
