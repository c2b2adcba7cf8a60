//! A failure as it is recorded.

use std::fmt;

use bson::{Bson, DateTime};
use serde::{Deserialize, Serialize};

/// The record of a document that could not be brought to the current version, in
/// [`FAILURES`](crate::backfill::FAILURES).
///
/// Its `Display` is a line for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct FailureRecord {
    /// Which document it is.
    #[serde(rename = "_id")]
    pub id: FailureId,
    /// The version that it was to be brought to.
    pub target_version: u32,
    /// What kind of failure, as in [`Failure::kind`](crate::backfill::Failure::kind).
    pub kind: String,
    /// The version it has, where it says one.
    pub stored_version: Option<u32>,
    /// The field that it is about.
    pub path: Option<String>,
    /// The error with its causes, as one line.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it failed first.
    pub first_seen: DateTime,
    /// When it failed last.
    pub last_seen: DateTime,
}

/// Which document a record is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailureId {
    /// The [name](crate::VersionedCollection::name) of the collection, or of the documents of a kind.
    pub collection: String,
    /// The document's `_id`.
    pub document: Bson,
}

impl fmt::Display for FailureRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, kind, error, attempts, .. } = self;
        write!(f, "{}: {kind}: {error}", id.document)?;
        if *attempts > 1 {
            write!(f, " ({attempts} times)")?;
        }
        Ok(())
    }
}
