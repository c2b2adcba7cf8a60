//! What can go wrong between this program and the database.

use bson::{Bson, oid::ObjectId};
use mongodb::error::{ErrorKind, WriteFailure};
use schema_core::{Chain, DecodeError, context::MissingContext};

use crate::{
    backfill::{
        Failure,
        plan::{CannotRun, sentences},
    },
    indexes::Duplicates,
    query::Untranslatable,
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
    /// A document could not be written as what it was to become. It is as it was.
    #[error("document {} of collection `{collection}` was not written: {}", .failure.id, .failure.error)]
    NotWritten {
        /// The collection.
        collection: String,
        /// Which document, and why.
        failure: Box<Failure>,
    },
    /// A document that was read to be saved is another one by now, or gone. Nothing was overwritten.
    #[error(
        "document {id} of collection `{collection}` was changed or deleted by others since it was read; read it again, or use \
         `modify`, which does"
    )]
    Changed {
        /// The collection.
        collection: String,
        /// The document's `_id`.
        id: Box<Bson>,
    },
    /// Others were faster each time. Nothing was overwritten.
    #[error(
        "an operation on collection `{collection}` was given up after {attempts} attempts, because others changed the document \
         each time; try again when it is quieter"
    )]
    Conflict {
        /// The collection.
        collection: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// What a projection has left of a document is not of the type that was asked for. The document is as it was.
    #[error(
        "what the projection left of a document of collection `{collection}` is not of the type that was asked for"
    )]
    Projected {
        /// The collection.
        collection: String,
        /// What does not fit.
        source: bson::error::Error,
    },
    /// An update cannot be said in the fields of the older version that is written. Nothing was written.
    #[error(
        "the update of collection `{collection}` cannot be made while schema version {version} is written: {why}; use `modify`, \
         which goes through the types"
    )]
    OlderUpdate {
        /// The collection.
        collection: String,
        /// The version that is written.
        version: u32,
        /// Why not.
        why: String,
    },
    /// A newer release has stored documents during an update of many. They were updated before that, or not at all.
    #[error(
        "{updated} documents of collection `{collection}` were updated; whether document {id} is one of them is not known, because \
         a newer release has stored it in the meantime: look at it with that release"
    )]
    NewerLeft {
        /// The collection.
        collection: String,
        /// The `_id` of one of those.
        id: Box<Bson>,
        /// How many documents were updated.
        updated: u64,
    },
    /// A change in memory was declined by the service's own function. Nothing was written.
    #[error("the change of document {id} of collection `{collection}` was declined")]
    Declined {
        /// The collection.
        collection: String,
        /// The document's `_id`.
        id: Box<Bson>,
        /// What the function said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An update names a field that is written by the framework alone: the version, or the key of the kind. Nothing was written.
    #[error(
        "the update of collection `{collection}` has `{field}` in its `{operator}`; that is written with every document and \
         is nobody's to update: leave it out"
    )]
    StampInUpdate {
        /// The collection.
        collection: String,
        /// The operator.
        operator: String,
        /// The field.
        field: &'static str,
    },
    /// A filter, a sort or a projection cannot be said in the words of an older version. Nothing was asked of the database.
    #[error(transparent)]
    Untranslatable(#[from] Untranslatable),
    /// A step asks for a context that the collection was not given. No document is to blame, and none is recorded as failed. Of a job,
    /// what was written before stays written, and it goes on when it is run again.
    #[error(
        "a step of `{type_name}` asks for the context `{}`, which collection `{collection}` was not given; give it with \
         `VersionedCollection::with_context`, and try again: no document is to blame, and none is recorded as failed",
        .missing.type_name()
    )]
    MissingContext {
        /// The collection.
        collection: String,
        /// The Rust name of the document type.
        type_name: &'static str,
        /// What the step asked for.
        missing: MissingContext,
    },
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
    /// A unique index cannot be built. None of those that were to be built with it was.
    #[error("the indexes of collection `{collection}` were not created: {duplicates}")]
    DuplicateKeys {
        /// The collection.
        collection: String,
        /// Which index, and what is in its way.
        duplicates: Box<Duplicates>,
        /// The driver's error.
        source: mongodb::error::Error,
    },
    /// An index was to be dropped, and the current version declares it. Nothing was dropped.
    #[error(
        "the index `{index}` of collection `{collection}` is declared by `{type_name}`, and was not dropped; remove it from the type first"
    )]
    DeclaredIndex {
        /// The collection.
        collection: String,
        /// The name of the index.
        index: String,
        /// The Rust name of the type.
        type_name: &'static str,
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

/// The server's code for a second document with a key that is to be unique.
pub(crate) const DUPLICATE_KEY: i32 = 11000;

impl Error {
    /// Whether the driver has put this label on the error, as it does on those after which a transaction can be tried again.
    #[must_use]
    pub fn contains_label(&self, label: &str) -> bool {
        matches!(self, Self::Database { source, .. } if source.contains_label(label))
    }

    pub(crate) fn missing_context(collection: &str, chain: &Chain, missing: MissingContext) -> Self {
        Self::MissingContext { collection: collection.to_owned(), type_name: chain.type_name, missing }
    }

    /// Whether a unique index has refused a document.
    pub(crate) fn is_duplicate_key(&self) -> bool {
        let Self::Database { source, .. } = self else { return false };
        match source.kind.as_ref() {
            ErrorKind::Write(WriteFailure::WriteError(error)) => error.code == DUPLICATE_KEY,
            ErrorKind::Command(error) => error.code == DUPLICATE_KEY,
            _ => false,
        }
    }
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
