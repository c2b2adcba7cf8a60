//! Flattened fields, a catch-all, and a stamp of another name that every document has to have.

use schema_core::{
    VersionedDocument,
    bson::{Document, RawDocumentBuf, rawdoc},
};
use serde::{Deserialize, Serialize};

use super::Family;

pub(super) type Open = OpenV2;

impl Family for Open {
    type Of<'a> = Self;
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, version_field = "v", unversioned = "reject")]
struct OpenV1 {
    name: String,
    #[serde(flatten)]
    size: Size,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = OpenV1, reversible)]
pub(super) struct OpenV2 {
    #[versioned(from = name)]
    #[serde(alias = "heading")]
    title: String,
    #[serde(flatten)]
    size: Size,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Size {
    height: i32,
    #[serde(default)]
    width: i64,
}

pub(super) fn examples() -> Vec<RawDocumentBuf> {
    vec![
        rawdoc! { "_id": 1, "v": 1, "name": "a", "height": 1, "b": { "c": [1.5, null] } },
        rawdoc! { "title": "a", "width": 2_i64, "v": 2_i64, "height": 1, "b": true },
    ]
}
