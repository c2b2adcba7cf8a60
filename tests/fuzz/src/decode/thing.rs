//! Every kind of field, over three versions.

use std::{collections::BTreeMap, num::ParseIntError};

use schema_core::{
    Upgrade, VersionedDocument,
    bson::{
        Binary, Bson, DateTime, Decimal128, Document, JavaScriptCodeWithScope, RawDocumentBuf, Regex,
        Timestamp, Uuid, cstr, doc, oid::ObjectId, rawdoc, spec::BinarySubtype,
    },
    encode,
};
use serde::{Deserialize, Serialize};

use super::Family;

pub(super) type Thing = ThingV3;

impl Family for Thing {
    type Of<'a> = Self;
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "things")]
struct ThingV1 {
    #[serde(rename = "_id")]
    id: Bson,
    name: String,
    count: String,
    note: Option<String>,
    #[serde(default)]
    places: Vec<PlaceV1>,
    #[serde(default)]
    values: Vec<Value>,
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = ThingV1, removed(note))]
#[serde(rename_all = "camelCase")]
struct ThingV2 {
    #[serde(rename = "_id")]
    id: Bson,
    #[versioned(from = name)]
    full_name: String,
    #[versioned(try_with = |text| text.parse::<i32>())]
    count: i32,
    places: Vec<PlaceV2>,
    #[versioned(added)]
    #[serde(default)]
    by_name: BTreeMap<String, PlaceV2>,
    #[versioned(added = State::Moved { to: None })]
    state: State,
    #[serde(default)]
    values: Vec<Value>,
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 3, previous = ThingV2, reversible)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThingV3 {
    #[serde(rename = "_id")]
    id: Bson,
    full_name: String,
    #[versioned(with = i64::from, try_back_with = i32::try_from)]
    count: i64,
    places: Vec<PlaceV2>,
    by_name: BTreeMap<String, PlaceV2>,
    state: State,
    #[versioned(added)]
    history: Vec<Event>,
    values: Vec<Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct PlaceV1 {
    street: String,
    zip: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, Upgrade)]
#[versioned(previous = PlaceV1)]
struct PlaceV2 {
    street: String,
    #[versioned(from = zip, try_with = parse)]
    code: u32,
}

fn parse(zip: String) -> Result<u32, ParseIntError> {
    zip.parse()
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum State {
    Open,
    Split(u8, String),
    Named(Box<State>),
    Moved { to: Option<Bson> },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    Seen { at: i64, by: Option<String> },
    Counted(Counts),
    Closed,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Counts {
    numbers: Vec<f64>,
}

/// Each of the types that BSON and Rust have for a single value.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Value {
    Id(ObjectId),
    Date(DateTime),
    Decimal(Decimal128),
    Binary(Binary),
    Uuid(Uuid),
    Regex(Regex),
    Timestamp(Timestamp),
    Code(JavaScriptCodeWithScope),
    Any(Bson),
    Document(Document),
    Raw(RawDocumentBuf),
    Unsigned(u64),
    Small(i8),
    Float(f32),
    Boolean(Option<bool>),
    Letter(char),
    Pair(i32, bool),
    Array([u8; 2]),
    Unit,
}

fn numbers() -> Vec<Value> {
    vec![
        Value::Unsigned(9),
        Value::Small(-9),
        Value::Float(0.5),
        Value::Boolean(Some(true)),
        Value::Letter('ä'),
        Value::Pair(1, false),
        Value::Array([1, 2]),
        Value::Unit,
    ]
}

fn of_bson() -> Vec<Value> {
    vec![
        Value::Id(ObjectId::from_bytes([7; 12])),
        Value::Date(DateTime::from_millis(1_700_000_000_000)),
        Value::Decimal(Decimal128::from_bytes([3; 16])),
        Value::Binary(Binary { subtype: BinarySubtype::Md5, bytes: vec![1, 2] }),
        Value::Uuid(Uuid::from_bytes([4; 16])),
    ]
}

fn others_of_bson() -> Vec<Value> {
    vec![
        Value::Regex(Regex { pattern: cstr!("^a").to_owned(), options: cstr!("i").to_owned() }),
        Value::Timestamp(Timestamp { time: 1, increment: 2 }),
        Value::Code(JavaScriptCodeWithScope { code: "f()".into(), scope: doc! { "a": 1 } }),
        Value::Any(Bson::Symbol("s".into())),
        Value::Document(doc! { "a": [Bson::Undefined, Bson::MinKey, Bson::MaxKey] }),
        Value::Raw(rawdoc! { "a": { "b": null } }),
    ]
}

pub(super) fn examples() -> Vec<RawDocumentBuf> {
    let first = ThingV1 {
        id: Bson::Int32(1),
        name: "a".into(),
        count: "12".into(),
        note: None,
        places: vec![PlaceV1 { street: "s".into(), zip: "1".into() }],
        values: numbers(),
    };
    let place = PlaceV2 { street: "s".into(), code: 1 };
    let second = ThingV2 {
        id: Bson::ObjectId(ObjectId::from_bytes([1; 12])),
        full_name: "a".into(),
        count: 12,
        places: vec![],
        by_name: BTreeMap::from([("b".into(), place.clone())]),
        state: State::Named(Box::new(State::Split(1, "c".into()))),
        values: of_bson(),
    };
    let third = ThingV3 {
        id: Bson::String("x".into()),
        full_name: "a".into(),
        count: 1 << 40,
        places: vec![place],
        by_name: BTreeMap::new(),
        state: State::Open,
        history: vec![
            Event::Seen { at: 1, by: None },
            Event::Counted(Counts { numbers: vec![1.5] }),
            Event::Closed,
        ],
        values: others_of_bson(),
    };
    [encode(&first), encode(&second), encode(&third)].into_iter().flatten().collect()
}
