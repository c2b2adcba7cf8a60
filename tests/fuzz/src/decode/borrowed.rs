//! Fields that borrow from the bytes, and no others; the first versions are no longer in the code.

use std::borrow::Cow;

use schema_core::{
    VersionedDocument,
    bson::{RawArray, RawBsonRef, RawDocument, RawDocumentBuf, rawdoc},
};

use super::Family;

pub(super) struct Borrowed;

impl Family for Borrowed {
    type Of<'a> = BorrowedV4<'a>;
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 3, oldest)]
#[serde(deny_unknown_fields)]
struct BorrowedV3<'a> {
    name: &'a str,
    #[serde(borrow)]
    text: Cow<'a, str>,
    bytes: Option<&'a [u8]>,
    #[serde(borrow)]
    document: &'a RawDocument,
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 4, previous = BorrowedV3<'a>, removed(text))]
#[serde(deny_unknown_fields)]
pub(super) struct BorrowedV4<'a> {
    #[versioned(try_with = |name| name.split_once(' ').ok_or("one word"), from = name)]
    names: (&'a str, &'a str),
    bytes: Option<&'a [u8]>,
    #[serde(borrow)]
    document: &'a RawDocument,
    #[versioned(added)]
    #[serde(borrow)]
    array: Option<&'a RawArray>,
    #[versioned(added = RawBsonRef::Null)]
    #[serde(borrow)]
    any: RawBsonRef<'a>,
}

pub(super) fn examples() -> Vec<RawDocumentBuf> {
    vec![
        rawdoc! { "schemaVersion": 3, "name": "a b", "text": "c", "document": { "a": 1 } },
        rawdoc! { "schemaVersion": 4.0, "names": ["a", "b"], "document": {}, "array": [1], "any": { "b": null } },
    ]
}
