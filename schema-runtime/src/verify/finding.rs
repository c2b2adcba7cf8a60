//! Something that is wrong with one document.

use bson::{Bson, RawDocument, RawDocumentBuf};
use schema_core::{DecodeError, VersionedDocument, peek};
use serde::Serialize;

use crate::backfill::Different;

/// Something that is wrong with one stored document. It is as it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Its `_id`.
    pub id: Bson,
    /// What kind: `newer`, `older`, `unversioned`, `invalid_version`, `malformed`, `other_kind`, `body`, `step`, `not_current`, `encode`,
    /// `round_trip`, `invariant` or `reconversion`.
    pub kind: &'static str,
    /// The version it has, where it says one.
    pub stored_version: Option<u32>,
    /// The field that it is about, if it is about one.
    pub path: Option<String>,
    /// What is wrong, as one line.
    pub error: String,
}

impl Finding {
    /// One that is about no field.
    pub(super) fn new<T: VersionedDocument>(
        stored: &RawDocumentBuf,
        kind: &'static str,
        error: String,
    ) -> Self {
        let stored_version = peek(stored.as_bytes(), T::CHAIN.version_field).ok().flatten();
        Self { id: id(stored), kind, stored_version, path: None, error }
    }

    pub(super) fn reconverted<T: VersionedDocument>(different: &Different) -> Self {
        let found = Self::new::<T>(&different.stored, "reconversion", different.error.clone());
        Self { path: different.path.clone(), ..found }
    }

    pub(super) fn undecoded(stored: &RawDocumentBuf, error: &DecodeError) -> Self {
        Self {
            id: id(stored),
            kind: error.kind().name(),
            stored_version: error.stored_version(),
            path: error.path().map(ToString::to_string).filter(|path| !path.is_empty()),
            error: error.one_line(),
        }
    }
}

fn id(stored: &RawDocument) -> Bson {
    let id = stored.get("_id").ok().flatten();
    id.and_then(|id| Bson::try_from(id).ok()).unwrap_or(Bson::Null)
}
