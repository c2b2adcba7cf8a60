//! A document that could not be brought to where it is to be, and the record of it.

mod log;
mod record;

use bson::{Bson, RawDocument};
use schema_core::{Chain, Unversioned};
use serde::Serialize;

pub(super) use self::log::FailureLog;
pub use self::record::{FailureId, FailureRecord};
use crate::convert::Reason;

/// The collection that failures are recorded in, beside the collection that is backfilled. Those of a rollback have the
/// collection's [name](crate::VersionedCollection::name) with `$rollback` behind it.
pub const FAILURES: &str = "schema_backfill_failures";

/// A document that could not be brought to where it is to be: to the current version, or back. It is as it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Its `_id`.
    pub id: Bson,
    /// What kind of failure: `newer`, `older`, `invalid_version`, `unversioned`, `malformed`, `other_kind`, `body`, `step`,
    /// `encode`, `id_changed`, `unknown_content`, `duplicate_field`, `too_large`, `refused` or `conflict`; of a rollback also
    /// `changed`.
    pub kind: &'static str,
    /// The version it has, where it says one.
    pub stored_version: Option<u32>,
    /// The step that failed, as the versions before and after it.
    pub step: Option<(u32, u32)>,
    /// The field that does not fit its type, that the step could not convert, that the upgrade would lose or that
    /// is there twice.
    pub path: Option<String>,
    /// The error with its causes, as one line.
    pub error: String,
}

impl Failure {
    pub(crate) fn new(chain: &Chain, stored: &RawDocument, reason: Reason) -> Self {
        let id = stored.get("_id").ok().flatten().and_then(|id| Bson::try_from(id).ok());
        let peeked = schema_core::peek(stored.as_bytes(), chain.version_field).ok().flatten();
        Self::of(id.unwrap_or(Bson::Null), peeked, reason)
    }

    pub(super) fn of(id: Bson, peeked: Option<u32>, reason: Reason) -> Self {
        Self {
            id,
            kind: reason.kind(),
            stored_version: reason.stored_version().or(peeked),
            step: reason.step(),
            path: reason.path(),
            error: reason.one_line(),
        }
    }

    /// Whether the version of the document is one that a backfill brings up, so that a census counts it.
    pub(super) fn is_of_a_version_in(&self, chain: &Chain) -> bool {
        match (self.stored_version, chain.unversioned) {
            (Some(version), _) | (None, Unversioned::Version(version)) => {
                self.kind != "invalid_version" && chain.knows(version)
            }
            (None, Unversioned::Reject) => false,
        }
    }

    /// Whether a newer release wrote the document: not an error of anybody's.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        self.kind == "newer"
    }

    /// Whether the document is no longer what the backfill wrote that was to be rolled back.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.kind == "changed"
    }
}
