//! Why a backfill cannot run.

use std::fmt;

use serde::Serialize;

use super::permissions::Missing;

/// Something about the collection or its server that a backfill cannot work with.
///
/// Its `Display` is a sentence with what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "reason")]
pub enum CannotRun {
    /// The server does not know an operator that the guarded write needs.
    OldServer {
        /// Its version.
        version: String,
        /// The oldest one that will do, as major and minor number.
        needed: (u32, u32),
    },
    /// It is a view.
    View {
        /// The collection that it shows.
        on: String,
    },
    /// It is a time-series collection.
    TimeSeries,
    /// It is a capped collection. The server lets a document in it grow, and with the next insert removes the oldest ones
    /// until the rest fits.
    Capped,
    /// The collection is sharded by a field that a step changes.
    ShardKey {
        /// The field, as it stands in the shard key.
        field: String,
        /// The version before the step.
        from: u32,
        /// The version after it.
        to: u32,
    },
    /// A step asks for a context that the collection was not given.
    MissingContext {
        /// The Rust name of its type.
        context: &'static str,
    },
    /// The user may not do all that it takes.
    NotPermitted(Missing),
}

impl fmt::Display for CannotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OldServer { version, needed: (major, minor) } => write!(
                f,
                "the server is MongoDB {version}, and the guarded write needs {major}.{minor}; update the server"
            ),
            Self::View { on } => {
                write!(f, "it is a view, which cannot be written; run on the collection `{on}` that it shows")
            }
            Self::TimeSeries => f.write_str(
                "it is a time-series collection, whose documents cannot be changed; read them lazily, or insert upgraded \
                 ones into another collection",
            ),
            Self::Capped => f.write_str(
                "it is a capped collection, and documents that grow push the oldest ones out; read them lazily until they \
                 are gone, or copy them to a collection that is not capped",
            ),
            Self::ShardKey { field, from, to } => write!(
                f,
                "the step from schema version {from} to {to} changes `{field}`, by which the collection is sharded; \
                 keep the field as it is, or reshard the collection by another one first"
            ),
            Self::MissingContext { context } => write!(
                f,
                "a step asks for the context `{context}`, which the collection was not given; give it with \
                 `VersionedCollection::with_context`"
            ),
            Self::NotPermitted(missing) => write!(f, "{missing}"),
        }
    }
}

/// The reasons as one sentence part.
pub(crate) fn sentences(reasons: &[CannotRun]) -> String {
    reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; and ")
}
