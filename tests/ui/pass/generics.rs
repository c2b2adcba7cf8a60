//! Lifetimes, type parameters, constants, bounds and defaults.

use std::{borrow::Cow, fmt::Debug, marker::PhantomData};

use schema_runtime::{
    Upgrade, VersionedDocument,
    bson::{doc, rawdoc},
    decode,
};

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct EventV1<'a, T, const N: usize = 2>
where
    T: Debug,
{
    name: &'a str,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    payload: Option<T>,
    counts: i32,
    #[serde(skip)]
    marker: PhantomData<[(); N]>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(
    version = 2,
    previous = EventV1<'a, T, N>,
    index(keys(title, -payload), unique, partial = doc! { "kind": "a" })
)]
struct EventV2<'a, T: Debug, const N: usize = 2> {
    #[versioned(from = name)]
    title: &'a str,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    payload: Option<T>,
    // Constants cannot ask a type parameter, so the step says itself what can fail.
    #[versioned(try_with = u8::try_from)]
    counts: u8,
    #[serde(skip)]
    marker: PhantomData<[(); N]>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = EventV2<'a, i32>)]
struct EventV3<'a> {
    title: &'a str,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    payload: Option<i64>,
    counts: u16,
    #[serde(skip)]
    marker: PhantomData<[(); 2]>,
}

#[test]
fn the_indexes_of_a_generic_type() {
    let [index] = EventV2::<String>::HISTORY.indexes else { panic!("one index") };
    assert_eq!(index.name(), "title_1_payload_-1");
    assert_eq!(index.partial.map(|partial| partial.filter()), Some(doc! { "kind": "a" }));
}

#[test]
fn a_borrowing_generic_chain() {
    let stored = rawdoc! { "schemaVersion": 1, "name": "login", "kind": "web", "payload": 5, "counts": 7 };
    let event: EventV3<'_> = decode(&stored).unwrap();
    assert_eq!((event.title, event.payload, event.counts), ("login", Some(5), 7));
    assert!(matches!(event.kind, Cow::Borrowed("web")));
}

/// A bound of the user's own replaces the one that serde's derive would guess.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
#[serde(bound(serialize = "T::Id: serde::Serialize", deserialize = "T::Id: serde::Deserialize<'de>"))]
struct Ref<T: Entity> {
    id: T::Id,
}

trait Entity {
    type Id;
}

#[derive(Debug)]
struct User;

impl Entity for User {
    type Id = i32;
}

#[test]
fn bounds_are_taken_over() {
    let stored = rawdoc! { "id": 5 };
    assert_eq!(decode::<Ref<User>>(&stored).unwrap().id, 5);
}

struct PairV1<A, B> {
    left: A,
    right: B,
}

#[derive(Upgrade)]
#[versioned(previous = PairV1<A, B>)]
struct PairV2<A, B> {
    #[versioned(from = right)]
    left: B,
    #[versioned(from = left)]
    right: A,
}

#[test]
fn an_embedded_generic_type() {
    let PairV2 { left, right } = PairV2::from(PairV1 { left: 1, right: "one" });
    assert_eq!((left, right), ("one", 1));
}
