//! `bound` and `borrow`: what serde may ask of the parameters of a type.

use std::{borrow::Cow, marker::PhantomData};

use schema_runtime::{
    VersionedDocument,
    bson::{rawdoc, serialize_to_raw_document_buf},
    decode,
};
use serde::{Serialize, de::DeserializeOwned};

/// A parameter that is no data: it must not be asked for serde's traits.
#[derive(Debug)]
struct Tenant;

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
#[serde(bound = "")]
struct KeyV1<T> {
    value: i32,
    #[serde(skip)]
    of: PhantomData<T>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = KeyV1<T>)]
#[serde(bound = "")]
struct KeyV2<T> {
    #[versioned(from = value)]
    id: i32,
    #[serde(skip)]
    of: PhantomData<T>,
}

#[test]
fn bounds_of_serde_may_be_lifted() {
    let key: KeyV2<Tenant> = decode(&rawdoc! { "value": 7 }).unwrap();
    assert_eq!(key.id, 7);
    assert_eq!(serialize_to_raw_document_buf(&key).unwrap(), rawdoc! { "schemaVersion": 2, "id": 7 });
}

trait Payload {
    type Body: Serialize + DeserializeOwned + std::fmt::Debug;
}

#[derive(Debug)]
struct Text;

impl Payload for Text {
    type Body = String;
}

/// A bound on something that depends on the parameter.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
#[serde(bound(serialize = "P::Body: Serialize", deserialize = "P::Body: DeserializeOwned"))]
struct Message<P: Payload> {
    body: P::Body,
}

#[test]
fn bounds_of_serde_may_be_replaced() {
    let stored = rawdoc! { "schemaVersion": 1, "body": "a" };
    let message: Message<Text> = decode(&stored).unwrap();
    assert_eq!(message.body, "a");
    assert_eq!(serialize_to_raw_document_buf(&message).unwrap(), stored);
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct Line<'a, 'b> {
    plain: &'a str,
    owned: Cow<'a, str>,
    #[serde(borrow)]
    borrowed: Cow<'b, str>,
    #[serde(borrow = "'b")]
    optional: Option<Cow<'b, str>>,
}

/// A `Cow` is borrowed where it says so, a reference always.
#[test]
fn borrowing_is_asked_for() {
    let stored = rawdoc! { "plain": "a", "owned": "b", "borrowed": "c", "optional": "d" };
    let line: Line<'_, '_> = decode(&stored).unwrap();
    assert_eq!(line.plain, "a");
    assert!(matches!(line.owned, Cow::Owned(_)));
    assert!(matches!(line.borrowed, Cow::Borrowed("c")));
    // serde's own `Cow` in an `Option` is owned whatever is said.
    assert_eq!(line.optional.as_deref(), Some("d"));
}
