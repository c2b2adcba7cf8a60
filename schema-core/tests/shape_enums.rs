//! The shape of versions that are enums: the tag, the variants, and all that is in them.

#![allow(dead_code, reason = "the types are only looked at")]

use std::collections::{BTreeMap, HashMap};

use schema_core::{
    DecodeOwned, VersionedDocument,
    bson::{Bson, DateTime, Document, oid::ObjectId},
    shape,
};
use serde::{Deserialize, Serialize};

fn of<T: DecodeOwned>(version: u32) -> Option<String> {
    shape::of_version::<T>(version).map(|shape| shape.to_string())
}

#[derive(Serialize, Deserialize)]
struct Place {
    #[serde(rename = "_id")]
    id: ObjectId,
    room: Option<Room>,
    since: Option<DateTime>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Serialize, Deserialize)]
struct Room {
    number: i32,
    next: Option<Box<Room>>,
}

#[derive(Serialize, Deserialize)]
enum Tag {
    Plain,
    Text { text: String },
    Number { text: i64 },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    only: i32,
}

#[derive(Serialize, Deserialize)]
struct Empty;

#[derive(Serialize, Deserialize)]
struct Flat {
    id: i32,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum EventV1 {
    Created {
        full_title: String,
        place: Place,
        seats: Option<i32>,
        #[serde(default)]
        notes: Vec<String>,
    },
    #[serde(alias = "relocated")]
    Moved(Place),
    Boxed(Box<Strict>),
    Unit(Empty),
    Entries(BTreeMap<String, i64>),
    Anything(Document),
    Flattened(Flat),
    WithRest {
        id: ObjectId,
        at: Option<DateTime>,
        #[serde(flatten)]
        rest: Document,
    },
    Counted {
        value: i32,
    },
    Named {
        value: String,
    },
    Paused {},
    Closed,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = EventV1, manual)]
#[serde(tag = "type", content = "data", deny_unknown_fields)]
enum EventV2 {
    Closed,
    Text(String),
    Maybe(Option<i32>),
    Pair(i32, Place),
    Other(String, bool),
    Map(HashMap<String, Bson>),
    Fields {
        text: String,
        #[serde(default)]
        count: i64,
    },
    Others {
        text: i64,
        count: bool,
    },
    Strict(Strict),
}

impl From<EventV1> for EventV2 {
    fn from(_: EventV1) -> Self {
        Self::Closed
    }
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = EventV2, manual)]
struct EventV3 {
    title: String,
}

impl From<EventV2> for EventV3 {
    fn from(_: EventV2) -> Self {
        Self { title: String::new() }
    }
}

#[test]
fn every_variant_is_explored_as_a_document() {
    insta::assert_snapshot!("beside_the_tag", of::<EventV3>(1).unwrap());
    insta::assert_snapshot!("content_apart", of::<EventV3>(2).unwrap());
    assert_eq!(of::<EventV3>(3).unwrap(), ".: document\ntitle: text");
    // From wherever in the chain it is looked at.
    assert_eq!(of::<EventV3>(1), of::<EventV1>(1));
    assert_eq!(of::<EventV3>(2), of::<EventV2>(2));
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "kind")]
enum Open {
    Known,
    Within {
        of: Vec<Open>,
        rooms: Vec<Room>,
    },
    Generic(Page<Room>),
    #[serde(rename(serialize = "Written", deserialize = "Read"))]
    Both,
    #[serde(skip_deserializing)]
    Never(Place),
    #[serde(other)]
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct Page<T> {
    content: T,
    next: Option<Box<Page<T>>>,
}

#[test]
fn names_that_are_read_count_and_another_version_within_is_not_looked_into() {
    insta::assert_snapshot!(of::<Open>(1).unwrap());
}
