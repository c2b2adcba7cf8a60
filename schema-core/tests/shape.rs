//! The shape of types of every kind: those of serde, of bson, and those that do as they like.

#![allow(dead_code, reason = "the types are only looked at")]

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    net::IpAddr,
    num::NonZeroU32,
    time::Duration,
};

use schema_core::{
    VersionedDocument,
    bson::{self, Bson, Document, RawDocumentBuf, oid::ObjectId},
    shape,
};
use serde::{Deserialize, Deserializer, Serialize};

/// The shape of a field of that type.
fn of<T: Deserialize<'static>>() -> String {
    shape::of::<T>().to_string()
}

#[test]
fn scalars() {
    for (found, expected) in [
        (of::<bool>(), "boolean"),
        (of::<i8>(), "int8"),
        (of::<u16>(), "uint16"),
        (of::<i32>(), "int32"),
        (of::<NonZeroU32>(), "uint32"),
        (of::<u64>(), "uint64"),
        (of::<i128>(), "int128"),
        (of::<f32>(), "float"),
        (of::<f64>(), "double"),
        (of::<char>(), "character"),
        (of::<String>(), "text"),
        (of::<&str>(), "text"),
        (of::<Cow<'static, str>>(), "text"),
        (of::<Box<String>>(), "text"),
        (of::<&[u8]>(), "binary"),
        (of::<()>(), "null"),
        (of::<Option<i32>>(), "int32 or null"),
        (of::<Option<Option<i32>>>(), "int32 or null"),
        (of::<serde::de::IgnoredAny>(), "any value"),
    ] {
        assert_eq!(found, format!(".: {expected}"));
    }
}

#[test]
fn types_of_bson() {
    for (found, expected) in [
        (of::<ObjectId>(), "ObjectId"),
        (of::<bson::DateTime>(), "date"),
        (of::<bson::Decimal128>(), "decimal128"),
        (of::<bson::Timestamp>(), "timestamp"),
        (of::<bson::Binary>(), "binary or binary of a subtype"),
        (of::<bson::Uuid>(), "UUID"),
        (of::<bson::Regex>(), "regular expression"),
        (of::<Bson>(), "any value"),
        (of::<bson::RawBson>(), "any value"),
        (of::<RawDocumentBuf>(), "any document"),
        (of::<bson::RawArrayBuf>(), "any list"),
        (of::<Option<bson::DateTime>>(), "date or null"),
        (of::<bson::serde_helpers::HumanReadable<Duration>>(), "document without other fields"),
    ] {
        assert_eq!(found.lines().next(), Some(format!(".: {expected}").as_str()));
    }
    assert_eq!(of::<Document>(), ".: map\n.{}: any value");
    assert_eq!(of::<serde_json::Value>(), ".: any value");
}

#[test]
fn collections() {
    for (found, expected) in [
        (of::<Vec<String>>(), ".: list\n.[]: text"),
        (of::<HashSet<Option<i64>>>(), ".: list\n.[]: int64 or null"),
        (of::<[u8; 3]>(), ".: list of 3\n.[]: uint8"),
        (of::<(i32, String)>(), ".: list of 2\n.[0]: int32\n.[1]: text"),
        (of::<BTreeMap<String, Vec<f64>>>(), ".: map\n.{}: list\n.{}[]: double"),
        (
            of::<HashMap<Status, bool>>(),
            ".: map\n.{key}: one of its variants\n.{key}(done): only its name\n.{key}(open): only its name\n.{}: boolean",
        ),
        (
            of::<IpAddr>(),
            ".: one of its variants\n.(V4): list of 4\n.(V4)[]: uint8\n.(V6): list of 16\n.(V6)[]: uint8",
        ),
    ] {
        assert_eq!(found, expected);
    }
}

#[derive(Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "lowercase")]
enum Status {
    Open,
    Done,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    #[serde(alias = "postcode")]
    zip: String,
    #[serde(default)]
    floor: i32,
    since: Date,
    #[serde(default = "here")]
    country: String,
    #[serde(deserialize_with = "null_is_empty")]
    note: String,
    #[serde(skip)]
    cache: u8,
    unit: Unit,
    meters: Meters,
    status: Status,
}

#[derive(Deserialize)]
struct Unit;

#[derive(Deserialize)]
struct Meters(f64);

fn here() -> String {
    "AT".to_owned()
}

fn null_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A date of which there is no sample.
struct Date;

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "the first of May" { Ok(Self) } else { Err(serde::de::Error::custom("no date")) }
    }
}

#[test]
fn structs() {
    insta::assert_snapshot!(of::<Address>());
}

#[derive(Deserialize)]
struct Flexible {
    content: Content,
    event: Event,
    shape: Tagged,
    loose: Loose,
    other: WithOther,
}

#[derive(Deserialize)]
enum Content {
    Nothing,
    Text(String),
    Pair(i32, bool),
    Place { zip: String, floor: Option<i32> },
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "data")]
enum Event {
    Closed,
    Moved { to: String },
    Paid(i64),
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Tagged {
    Circle { radius: f64 },
    Polygon { corners: Vec<Corner>, label: Option<String> },
    Empty,
    Boxed(Corner),
}

#[derive(Serialize, Deserialize)]
struct Corner {
    x: i32,
    y: Option<i32>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Number(i32),
    Text(String),
}

#[derive(Deserialize)]
enum WithOther {
    Known,
    #[serde(other)]
    Unknown,
}

#[test]
fn enums() {
    insta::assert_snapshot!(of::<Flexible>());
}

#[derive(Deserialize)]
struct Flat {
    id: i32,
    #[serde(flatten)]
    corner: Corner,
    #[serde(flatten)]
    tagged: Tagged,
    #[serde(flatten)]
    rest: Document,
}

#[test]
fn flattened_fields() {
    insta::assert_snapshot!(of::<Flat>());
}

#[derive(Deserialize)]
struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
    leaves: Vec<Expression>,
}

#[derive(Deserialize)]
enum Expression {
    Number(f64),
    Sum(Box<Expression>, Box<Expression>),
    Tree(Box<Tree>),
    Names(BTreeMap<String, Expression>),
}

#[derive(Deserialize)]
#[serde(tag = "op")]
enum Tagging {
    Not { of: Box<Tagging> },
    All { of: Vec<Tagging> },
    One { of: BTreeMap<String, Tagging> },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Nested {
    Number(i32),
    List(Vec<Nested>),
}

#[derive(Deserialize)]
struct Turtle(Box<Turtle>);

#[derive(Deserialize)]
struct Chain(Option<Box<Chain>>);

#[derive(Deserialize)]
struct Page<T> {
    content: T,
    next: Option<Box<Page<T>>>,
}

#[test]
fn types_that_contain_themselves_end() {
    insta::assert_snapshot!(of::<Tree>());
    insta::assert_snapshot!(of::<Tagging>());
    insta::assert_snapshot!(of::<Nested>());
    assert_eq!(of::<Turtle>(), ".: itself");
    assert_eq!(of::<Chain>(), ".: itself or null");
    // The same generic type inside itself is another type.
    insta::assert_snapshot!(of::<Page<Page<i32>>>());
}

struct Panicking;

impl<'de> Deserialize<'de> for Panicking {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        assert!(text.starts_with("code-"));
        Ok(Self)
    }
}

/// Reads the same thing as often as it can.
struct Greedy;

impl<'de> Deserialize<'de> for Greedy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Greedy;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("anything")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Greedy, A::Error> {
                while seq.next_element::<Greedy>()?.is_some() {}
                Ok(Greedy)
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Greedy, A::Error> {
                while map.next_entry::<String, Greedy>()?.is_some() {}
                Ok(Greedy)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[test]
fn types_that_do_as_they_like_do_no_harm() {
    assert_eq!(of::<Panicking>(), ".: text");
    assert!(of::<Greedy>().starts_with(".: list or document"), "{}", of::<Greedy>());
}

mod one {
    use super::*;

    /// A user.
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub(crate) struct User {
        pub(crate) full_name: String,
        pub(crate) status: Status,
        pub(crate) age: Option<u8>,
    }

    #[derive(Debug, Deserialize)]
    pub(crate) enum Status {
        Open,
        Done { when: i64, by: String },
    }
}

mod other {
    use super::*;

    #[derive(Deserialize, Clone)]
    pub(crate) struct Person {
        pub(crate) age: Option<u8>,
        pub(crate) status: State,
        #[serde(rename = "fullName")]
        pub(crate) name: Box<str>,
    }

    #[derive(Deserialize, Clone)]
    pub(crate) enum State {
        Done { by: String, when: i64 },
        Open,
    }
}

#[test]
fn names_of_rust_and_orders_of_the_source_do_not_count() {
    assert_eq!(shape::of::<one::User>(), shape::of::<other::Person>());
    assert_eq!(shape::of::<one::User>().fingerprint(), shape::of::<other::Person>().fingerprint());
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(deny_unknown_fields)]
struct ShipV1 {
    name: String,
    legs: Vec<Corner>,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = ShipV1)]
struct ShipV2 {
    #[versioned(with = |_| panic!("no step is run"))]
    name: String,
    legs: Vec<Corner>,
    #[versioned(added)]
    note: Option<String>,
    #[versioned(added)]
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct Fleet {
    flagship: ShipV2,
    ships: Vec<ShipV2>,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct Borrowing<'a> {
    name: &'a str,
}

#[test]
fn every_version_has_its_own() {
    let of = |version| shape::of_version::<ShipV2>(version).map(|shape| shape.to_string());
    let legs = "legs: list\nlegs[]: document\nlegs[].x: int32\nlegs[].y: int32 or null, may be missing\n";
    assert_eq!(of(1).unwrap(), format!(".: document without other fields\n{legs}name: text"));
    let note = "name: text\nnote: text or null, may be missing";
    assert_eq!(of(2).unwrap(), format!(".: document with flattened fields\n{legs}{note}"));
    assert_eq!((of(0), of(3)), (None, None));
    assert_eq!(shape::of_version::<Borrowing<'static>>(1).unwrap().to_string(), ".: document\nname: text");
}

#[test]
fn an_embedded_document_with_a_version_is_not_looked_into() {
    assert_eq!(
        shape::of_version::<Fleet>(1).unwrap().to_string(),
        ".: document\nflagship: document with a version of its own\nships: list\nships[]: document with a version of its own"
    );
}

#[derive(Deserialize)]
enum Alike {
    One { value: i32 },
    Two { value: String },
    Three(i32, bool),
    Four(String, Corner),
}

#[derive(Deserialize)]
#[serde(tag = "is", content = "with")]
enum AlikeApart {
    One { value: i32 },
    Two { value: String },
    Three(i32, bool),
    Four(String, Corner),
}

#[test]
fn variants_with_fields_of_the_same_names_are_told_apart() {
    insta::assert_snapshot!(of::<Alike>());
    insta::assert_snapshot!(of::<AlikeApart>());
}
