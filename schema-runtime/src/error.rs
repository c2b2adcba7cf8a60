//! What can go wrong between this program and the database.

use bson::oid::ObjectId;
use schema_core::DecodeError;

use crate::{
    backfill::plan::{CannotRun, sentences},
    versions::{self, CannotRetire, LiveMember, Span},
};

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
    /// There is no job to be steered.
    #[error("collection `{collection}` has no {job} under way in this database")]
    NoJob {
        /// The collection.
        collection: String,
        /// "backfill" or "rollback".
        job: &'static str,
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
    /// A backfill of the collection is under way that keeps pre-images where this one does not, or the other way round.
    #[error(
        "collection `{collection}` has an unfinished backfill that keeps {}pre-images; join it {} `keep_preimages`, or \
         give it up with `restart(true)`: documents that it has upgraded stay upgraded",
        if *.kept { "" } else { "no " },
        if *.kept { "with" } else { "without" }
    )]
    PreimagesDiffer {
        /// The collection.
        collection: String,
        /// Whether it keeps them.
        kept: bool,
    },
    /// Another rollback of the collection is under way.
    #[error(
        "collection `{collection}` has an unfinished rollback {begun}, begun by `{begun_by}`; this one is to go {asked}. \
         Let that one finish, or give it up with `restart(true)`: documents that it has taken back stay there"
    )]
    UnfinishedRollback {
        /// The collection.
        collection: String,
        /// The Rust name of the type that began it.
        begun_by: String,
        /// Where it takes documents, as in "back to schema version 2".
        begun: String,
        /// Where this one would take them.
        asked: String,
    },
    /// A backfill and a rollback of one collection exclude each other.
    #[error(
        "a {job} of collection `{collection}` is under way or was left unfinished; let it finish, or end it with \
         `JobHandle::cancel`"
    )]
    UnderWay {
        /// The collection.
        collection: String,
        /// "backfill" or "rollback".
        job: &'static str,
    },
    /// There is nothing to roll back by.
    #[error(
        "there are no pre-images of {} of collection `{collection}`: it kept none, or they have expired{}",
        .run.map_or_else(|| "any backfill".to_owned(), |run| format!("run {run}")),
        if .run.is_some() { "; `to_version` needs none" } else { "" }
    )]
    NoPreimages {
        /// The collection.
        collection: String,
        /// The run of the backfill; `None` if there was no backfill.
        run: Option<ObjectId>,
    },
    /// The chain has no such version to go back to.
    #[error(
        "`{type_name}` cannot go back to schema version {asked}: the chain has the versions {oldest} to {current}"
    )]
    UnknownVersion {
        /// The Rust name of the type.
        type_name: &'static str,
        /// The version that was asked for.
        asked: u32,
        /// The oldest version of the chain.
        oldest: u32,
        /// The current one.
        current: u32,
    },
    /// A step on the way back has no way back.
    #[error(
        "`{type_name}` cannot go back to schema version {asked}: the step from version {to} to {from} has no way back; add \
         `reversible` to the type of version {from}, or roll back by pre-images"
    )]
    Irreversible {
        /// The Rust name of the type.
        type_name: &'static str,
        /// The version that was asked for.
        asked: u32,
        /// The version that cannot be left.
        from: u32,
        /// The version before it.
        to: u32,
    },
    /// A backfill cannot do its work on this collection or server. Nothing was written.
    #[error("a backfill of collection `{collection}` cannot run: {}", sentences(.reasons))]
    CannotRun {
        /// The collection.
        collection: String,
        /// All the reasons.
        reasons: Vec<CannotRun>,
    },
    /// A service would write what others cannot read, which are alive. It is not registered with that.
    #[error(
        "schema version {writes} cannot be written to collection `{collection}` yet, because live services cannot read it: {}; \
         give them a release that reads it, or stop them",
        listed(.members)
    )]
    UnreadableToOthers {
        /// The collection.
        collection: String,
        /// The version that was to be written.
        writes: u32,
        /// Those that cannot read it.
        members: Vec<LiveMember>,
    },
    /// Live services write what this program cannot read. It is not registered.
    #[error(
        "this program reads the schema versions {reads} of collection `{collection}`, and live services write others: {}; \
         start a release that reads what they write, or have them write an older version",
        listed(.members)
    )]
    UnreadableHere {
        /// The collection.
        collection: String,
        /// What this program reads.
        reads: Span,
        /// Those that write something else.
        members: Vec<LiveMember>,
    },
    /// A service would write documents of a version that are taken to be gone.
    #[error(
        "schema version {writes} cannot be written to collection `{collection}`, whose floor is {floor}: services rely on it that \
         nothing older is stored; write version {floor}, or lower the floor first with `lower_floor({writes})`"
    )]
    BelowFloor {
        /// The collection.
        collection: String,
        /// The version that was to be written.
        writes: u32,
        /// The floor.
        floor: u32,
    },
    /// A backfill brings documents to a version that this program cannot read. It is not registered.
    #[error(
        "a backfill brings collection `{collection}` to schema version {target}, and this program reads {reads}; start a release that \
         reads version {target}, or end the backfill with `JobHandle::cancel`: documents that it has upgraded stay upgraded"
    )]
    BackfillAhead {
        /// The collection.
        collection: String,
        /// The version that documents are brought to.
        target: u32,
        /// What this program reads.
        reads: Span,
    },
    /// Versions cannot be retired: older documents are there, or may come. The floor is noted as it was found.
    #[error(
        "the versions below {oldest} of collection `{collection}` cannot be retired: {}",
        versions::sentences(.reasons)
    )]
    CannotRetire {
        /// The collection.
        collection: String,
        /// The oldest version that was to stay.
        oldest: u32,
        /// All the reasons.
        reasons: Vec<CannotRetire>,
    },
    /// The floor was looked for again and again, because services kept joining that write older versions.
    #[error(
        "the floor of collection `{collection}` could not be verified: each time that it was looked for, a service came in that \
         writes an older version; try again when no release is being started"
    )]
    FloorContested {
        /// The collection.
        collection: String,
    },
}

fn listed(members: &[LiveMember]) -> String {
    members.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
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
