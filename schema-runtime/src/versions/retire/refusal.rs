//! Why versions cannot be retired.

use std::{collections::BTreeMap, fmt};

use bson::{Bson, Document};
use serde::Serialize;

use crate::{backfill::FAILURES, versions::LiveMember};

/// Something that is older than what is to stay, or may become so.
///
/// Its `Display` is a sentence with what to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "reason")]
pub enum CannotRetire {
    /// There is no collection of that name.
    NoCollection,
    /// Older documents are stored.
    OlderDocuments {
        /// How many of each older version.
        versions: BTreeMap<u32, u64>,
        /// How many have no version and are read as an older one, or not at all.
        unversioned: u64,
        /// How many hold something in the version field that is none.
        invalid: u64,
        /// The `_id` of one of them.
        id: Option<Bson>,
    },
    /// A job has not ended.
    UnderWay {
        /// "backfill" or "rollback".
        job: &'static str,
    },
    /// Documents could not be upgraded, and nobody has tried again.
    Failed {
        /// How many have a record.
        records: u64,
    },
    /// Live services write older documents.
    OldWriters {
        /// Those services.
        members: Vec<LiveMember>,
    },
    /// The handle at hand writes older documents.
    WritesOlder {
        /// The version that it writes.
        version: u32,
    },
    /// The collection has a validator that does not refuse everything that breaks it, and there is one level for all of it.
    LooseValidator {
        /// `strict`, `moderate` or `off`.
        level: &'static str,
        /// `error` or `warn`.
        action: &'static str,
    },
    /// A stored document does not keep the validator that was to be set. The collection's validator is as it was.
    Violated {
        /// Its `_id`.
        id: Bson,
        /// What was to be set.
        rule: Document,
    },
}

impl fmt::Display for CannotRetire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCollection => f.write_str("there is no collection of that name in this database"),
            Self::OlderDocuments { versions, unversioned, invalid, id } => {
                let mut counts: Vec<_> =
                    versions.iter().map(|(version, count)| format!("{count} of version {version}")).collect();
                let others =
                    [(unversioned, "without a version"), (invalid, "with something else for a version")];
                counts.extend(
                    others.iter().filter(|(count, _)| **count > 0).map(|(count, of)| format!("{count} {of}")),
                );
                write!(f, "older documents are stored: {}", counts.join(", "))?;
                if let Some(id) = id {
                    write!(f, ", one of them with the _id {id}")?;
                }
                f.write_str("; run a backfill first")
            }
            Self::UnderWay { job } => {
                write!(
                    f,
                    "a {job} is under way or was left unfinished; let it finish, or end it with `JobHandle::cancel`"
                )
            }
            Self::Failed { records } => write!(
                f,
                "{records} documents have failed in a backfill and have records in `{FAILURES}`; repair them and run \
                 `retry_failed`"
            ),
            Self::OldWriters { members } => {
                let members: Vec<_> = members.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "live services write older documents: {}; raise what they write first",
                    members.join("; ")
                )
            }
            Self::WritesOlder { version } => {
                write!(f, "this handle itself writes version {version}; raise it first")
            }
            Self::LooseValidator { level, action } => write!(
                f,
                "the collection has a validator of its own with the level `{level}` and the action `{action}`, and a \
                 collection has one of each; make it `strict` and `error` with `collMod`, or retire without a validator"
            ),
            Self::Violated { id, rule } => write!(
                f,
                "the document with the _id {id} does not keep the validator that was to be set, {rule}; change one of the \
                 two"
            ),
        }
    }
}

/// The reasons as one sentence part.
pub(crate) fn sentences(reasons: &[CannotRetire]) -> String {
    reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; and ")
}
