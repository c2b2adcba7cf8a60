//! The plan of a backfill: what it would find to do, and what stands in its way. Nothing is written for it.

mod display;
mod earlier;
mod example;
mod group;
mod planning;
mod sample;
mod trial;
mod validation;

use serde::Serialize;

pub(super) use self::example::changes;
pub use self::{
    earlier::Earlier,
    example::{Change, Example},
    planning::Planning,
    trial::{Bytes, Stored, Trial, Tried},
};
pub(crate) use super::preflight::sentences;
pub use super::preflight::{
    CannotRun, Missing, Namespace, NamespaceKind, Permissions, Server, Sharding, Topology, Validator,
};
use crate::{census::Census, server_side::ServerSide};

/// The work that a backfill has before it, and what it meets there.
///
/// Its `Display` is for people; it also serializes.
///
/// How long it will take is known only from an [earlier](Self::earlier) backfill of the collection, if there was one. Without,
/// it is known after the first batches: it depends on the server, on its indexes and on what else it has to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The [name](crate::VersionedCollection::name) of the collection, or of the documents of a kind.
    pub collection: String,
    /// The server.
    pub server: Server,
    /// What the user may do there.
    pub permissions: Permissions,
    /// What is behind the collection's name.
    pub namespace: Namespace,
    /// The documents by version.
    pub census: Census,
    /// What of that the server does by itself, and why not the rest, for the versions that there are. `None` if it is to do nothing by
    /// itself.
    pub server_side: Option<ServerSide>,
    /// The last backfill of the collection.
    pub earlier: Option<Earlier>,
    /// What became of the documents that were converted on trial.
    pub trial: Trial,
    /// What else to know about the collection and its server, a sentence each.
    pub notes: Vec<String>,
    /// Why the backfill cannot run; empty if it can.
    pub cannot_run: Vec<CannotRun>,
}

impl Plan {
    /// Whether a run would start. It refuses for the same reasons as are given here, before it writes.
    #[must_use]
    pub fn can_run(&self) -> bool {
        self.cannot_run.is_empty()
    }
}
