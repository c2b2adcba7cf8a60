//! The documents of [`VERSIONS`](super::VERSIONS) as they are stored.

use std::fmt;

use bson::{DateTime, oid::ObjectId};
use serde::{Deserialize, Serialize};

/// Versions from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "it has two ends")]
pub struct Span {
    /// The oldest.
    pub from: u32,
    /// The newest.
    pub to: u32,
}

impl Span {
    pub(super) fn of(version: u32) -> Self {
        Self { from: version, to: version }
    }

    /// The least one that has both of these in it.
    pub(super) fn with(self, version: u32) -> Self {
        Self { from: self.from.min(version), to: self.to.max(version) }
    }

    /// Whether the version is one of these.
    #[must_use]
    pub fn contains(self, version: u32) -> bool {
        (self.from..=self.to).contains(&version)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { from, to } if from == to => write!(f, "{from}"),
            Self { from, to } => write!(f, "{from} to {to}"),
        }
    }
}

/// A service that is alive, as it tells of itself: what it reads and writes in one collection.
///
/// Its `Display` names it for a person; it also serializes, for a status page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct LiveMember {
    #[serde(rename = "_id", skip_serializing)]
    pub(super) id: MemberId,
    /// The service.
    pub service: String,
    /// Its release, if it says one.
    pub release: Option<String>,
    /// The machine that it runs on.
    pub host: String,
    /// The id of its process there.
    pub process: u32,
    /// The versions that it can read.
    pub reads: Span,
    /// The version that it writes; for a moment after a change, the one before it as well, because writes may be on their way.
    /// None as long as it waits to be let in.
    pub writes: Option<Span>,
    /// The version that it has asked to write, and may not yet.
    pub wants: Option<u32>,
    /// The state of the floor that it knows.
    #[serde(skip_serializing)]
    pub(super) revision: i64,
    /// When it was last heard of, by the server's clock.
    pub seen_at: DateTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MemberId {
    pub(super) collection: String,
    pub(super) member: ObjectId,
}

impl LiveMember {
    /// All that it writes or wants to.
    pub(super) fn written(&self) -> impl Iterator<Item = u32> {
        let writes = self.writes.into_iter().flat_map(|writes| [writes.from, writes.to]);
        writes.chain(self.wants)
    }
}

impl fmt::Display for LiveMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, release, host, process, reads, writes, wants, .. } = self;
        write!(f, "{service}")?;
        if let Some(release) = release {
            write!(f, " {release}")?;
        }
        write!(f, " on {host} (process {process}), which reads {reads}")?;
        if let Some(writes) = writes {
            write!(f, ", writes {writes}")?;
        }
        match wants {
            Some(wants) => write!(f, ", wants to write {wants}"),
            None => Ok(()),
        }
    }
}

/// What is known of a collection as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FloorDocument {
    /// The version below which nothing is stored; none if that is not known, or no longer.
    pub(super) floor: Option<u32>,
    /// Larger with each change of it.
    pub(super) revision: i64,
}
