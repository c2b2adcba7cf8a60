//! The messages, whole: situation, values, what to do next.

use insta::assert_snapshot;
use schema_runtime::{
    bson::{Document, RawDocument, doc, oid::ObjectId, rawdoc},
    decode,
};

use crate::{PersonV5, PersonV6, refused};

fn message(document: &Document) -> String {
    refused::<PersonV5>(document).one_line()
}

#[test]
fn newer() {
    assert_snapshot!(message(&doc! { "_id": 7, "schemaVersion": 6 }), @"`PersonV5` in `people`, _id 7: schema version 6 is newer than this program knows (3 to 5); read it with the release that wrote it, or update this one");
}

#[test]
fn older() {
    assert_snapshot!(message(&doc! { "_id": "ada", "schemaVersion": 2 }), @r#"`PersonV5` in `people`, _id "ada": schema version 2 is older than the oldest type kept in the code (3 to 5); backfill it with a release that still has version 2"#);
}

#[test]
fn invalid_version() {
    assert_snapshot!(message(&doc! { "schemaVersion": "v5" }), @r#"`PersonV5` in `people`: the version field `schemaVersion` is wrong: text "v5" is not a whole number from 0 to 2147483647; correct the document"#);
}

#[test]
fn unversioned() {
    let id = ObjectId::from_bytes(*b"twelve bytes");
    assert_snapshot!(refused::<PersonV6>(&doc! { "_id": id }).one_line(), @r#"`PersonV6` in `people`, _id ObjectId("7477656c7665206279746573"): there is no `schemaVersion`, and this chain rejects unversioned documents; stamp the document, or write `unversioned = N` on the type"#);
}

#[test]
fn body() {
    assert_snapshot!(message(&doc! { "_id": 7, "schemaVersion": 5 }), @"`PersonV5` in `people`, _id 7: the document does not have the shape of schema version 5, which it says it has: field `name`: missing field `name`");
}

#[test]
fn step() {
    let document = doc! { "_id": 7, "schemaVersion": 3, "name": "Ada", "addresses": [{ "zip": "12x" }] };
    assert_snapshot!(message(&document), @"`PersonV5` in `people`, _id 7: the step from schema version 3 to 4 failed: field `addresses[0].zip` could not be converted: invalid digit found in string");
}

#[test]
fn malformed() {
    let mut bytes = rawdoc! { "name": "Ada" }.into_bytes();
    bytes[4] = 0x20;
    let error = decode::<PersonV5>(RawDocument::from_bytes(&bytes).unwrap()).unwrap_err();
    assert_snapshot!(error.one_line(), @"`PersonV5` in `people`: the bytes are not a BSON document");
}
