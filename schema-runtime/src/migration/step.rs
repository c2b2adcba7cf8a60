//! Step: one thing that a migration does, and the way back.

use std::{error::Error, fmt};

use futures_util::future::BoxFuture;
use serde::Serialize;

use super::Context;

/// Why a step could not do its work. Any error, so that `?` takes the driver's.
pub type StepError = Box<dyn Error + Send + Sync>;

/// A step at work.
pub type Work<'a> = BoxFuture<'a, Result<(), StepError>>;

/// Which way a migration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[allow(clippy::exhaustive_enums, reason = "there is no third way")]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the newer state.
    Up,
    /// Back.
    Down,
}

/// Whether a step runs in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Transaction {
    /// In one where the server has transactions, together with its entry in the ledger: it is done and noted, or neither. The right thing for
    /// what takes seconds; the server ends a transaction that lasts longer than a minute.
    #[default]
    WhereAllowed,
    /// Only in one: refused on a standalone server.
    Required,
    /// Never: because the server does not allow it there (most of what changes collections and indexes), or because it takes long.
    Never,
}

/// One thing that a migration does. [`steps`](super::steps) has those that most need; code of one's own is given to
/// [`Migration::up`](super::Migration::up).
pub trait Step: Send + Sync {
    /// What it does, with everything that matters of it: for people, and for the migration's fingerprint.
    fn describe(&self) -> String;

    /// Does it.
    fn up<'a>(&'a self, context: &'a Context) -> Work<'a>;

    /// Takes it back. Asked for only if the step [has a way back](Self::is_reversible).
    fn down<'a>(&'a self, context: &'a Context) -> Work<'a>;

    /// Whether there is a way back.
    fn is_reversible(&self) -> bool {
        true
    }

    /// Whether it runs in a transaction.
    fn transaction(&self) -> Transaction {
        Transaction::WhereAllowed
    }

    /// Whether it may be done a second time when it was cut off in the middle, outside of a transaction.
    fn is_repeatable(&self, _direction: Direction) -> bool {
        false
    }

    /// What is lost by it that it does not bring back, as in "collection `carts` with all that is in it".
    fn destroys(&self, _direction: Direction) -> Option<String> {
        None
    }
}

impl fmt::Debug for dyn Step + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Step").field(&self.describe()).finish()
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Up => "up",
            Self::Down => "down",
        })
    }
}
