//! What does not fit together in a schema.

use std::fmt;

use serde::Serialize;

/// What does not fit together in a schema. Nothing is asked of the server by one that has any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", tag = "problem")]
pub enum Problem {
    /// Two chains are for the same documents of a collection.
    #[serde(rename_all = "camelCase")]
    SameDocuments {
        /// The collection.
        collection: String,
        /// The Rust name of one type.
        first: &'static str,
        /// That of the other.
        second: &'static str,
    },
    /// A migration has no id.
    NoId,
    /// Two migrations have one id.
    SameId {
        /// The id.
        id: String,
    },
    /// A migration is to be run behind one that there is not.
    #[serde(rename_all = "camelCase")]
    UnknownDependency {
        /// The migration.
        id: String,
        /// What it asks for.
        after: String,
    },
    /// Migrations wait for each other.
    Cycle {
        /// Each waits for the next, and the last for the first.
        ids: Vec<String>,
    },
    /// A migration waits for documents that are not in the schema.
    #[serde(rename_all = "camelCase")]
    UnknownDocuments {
        /// The migration.
        id: String,
        /// What it asks for.
        documents: String,
    },
    /// A migration waits for a version that the chain has not.
    #[serde(rename_all = "camelCase")]
    UnknownVersion {
        /// The migration.
        id: String,
        /// The documents.
        documents: String,
        /// The version it asks for.
        asked: u32,
        /// The current one.
        current: u32,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameDocuments { collection, first, second } => write!(
                f,
                "`{first}` and `{second}` are both for the documents of collection `{collection}`; name the current type \
                 alone, or tell the documents apart by a `kind` with the same key"
            ),
            Self::NoId => f.write_str("a migration has no id; the ledger knows it by that"),
            Self::SameId { id } => {
                write!(
                    f,
                    "two migrations have the id `{id}`; give the one that was never released another one"
                )
            }
            Self::UnknownDependency { id, after } => {
                write!(f, "migration `{id}` is to be run after `{after}`, which is not in the schema")
            }
            Self::Cycle { ids } => {
                write!(f, "migrations wait for each other: ")?;
                for id in ids {
                    write!(f, "`{id}` after ")?;
                }
                write!(f, "`{}`", ids.first().map_or("", String::as_str))
            }
            Self::UnknownDocuments { id, documents } => write!(
                f,
                "migration `{id}` waits for the documents of `{documents}`, which are not in the schema; add their type \
                 with `document`"
            ),
            Self::UnknownVersion { id, documents, asked, current } => write!(
                f,
                "migration `{id}` waits for schema version {asked} of `{documents}`, whose current version is {current}"
            ),
        }
    }
}

/// All of them, in sentences.
pub(crate) fn listed(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
