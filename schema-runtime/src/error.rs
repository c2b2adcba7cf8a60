//! What can go wrong between this program and the database.

use schema_core::DecodeError;

use crate::backfill::plan::{CannotRun, sentences};

/// An operation on a versioned collection that did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database could not do what it was asked to.
    #[error("could not {action} in collection `{collection}`")]
    Database {
        /// What was attempted, as in "read a batch".
        action: &'static str,
        /// The collection.
        collection: String,
        /// The driver's error.
        source: mongodb::error::Error,
    },
    /// A stored document could not be read as its current type. It is as it was.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The server answered a command with something that cannot be gone on with: not the form its protocol has, or
    /// writes that were not replicated as asked.
    #[error(
        "the server's answer to `{command}` on collection `{collection}` was not the one needed: {answer}"
    )]
    Answer {
        /// The command that was sent.
        command: &'static str,
        /// The collection.
        collection: String,
        /// The answer.
        answer: String,
    },
    /// There is no backfill to be steered.
    #[error("collection `{collection}` has no backfill under way in this database")]
    NoJob {
        /// The collection.
        collection: String,
    },
    /// A backfill of the collection is under way that other types began: with another target version, or with other
    /// steps on the way.
    #[error(
        "collection `{collection}` has an unfinished backfill to version {begun_for}, begun by `{begun_by}` with the \
         chain {begun_with}; this program's chain to version {asked_for} is {asked_with}. Let the release that began it \
         finish it, or give it up with `restart(true)`: documents that it has upgraded stay upgraded"
    )]
    UnfinishedJob {
        /// The collection.
        collection: String,
        /// The Rust name of the type that began it.
        begun_by: String,
        /// The version that it brings documents to.
        begun_for: u32,
        /// The fingerprint of its chain.
        begun_with: String,
        /// The version of the type at hand.
        asked_for: u32,
        /// The fingerprint of the chain at hand.
        asked_with: String,
    },
    /// A backfill cannot do its work on this collection or server. Nothing was written.
    #[error("a backfill of collection `{collection}` cannot run: {}", sentences(.reasons))]
    CannotRun {
        /// The collection.
        collection: String,
        /// All the reasons.
        reasons: Vec<CannotRun>,
    },
}

/// Adds what was attempted to a driver error.
pub(crate) trait During<T> {
    fn during(self, action: &'static str, collection: &str) -> Result<T, Error>;
}

impl<T> During<T> for mongodb::error::Result<T> {
    fn during(self, action: &'static str, collection: &str) -> Result<T, Error> {
        self.map_err(|source| Error::Database { action, collection: collection.to_owned(), source })
    }
}
