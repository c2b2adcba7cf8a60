//! The source of a package: documents of three versions, declared one way or another.

/// How the documents are declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// With this framework.
    Derived,
    /// As structs under serde's own derives, and nothing more.
    Plain,
    /// As the same structs, with the conversions that the framework derives.
    ByHand,
}

/// The whole file. `used`: with a function that reads and one that writes, for each document.
pub(crate) fn lib(way: Way, used: bool, documents: usize) -> String {
    let mut source = PRELUDE.to_owned();
    for number in 0..documents {
        let mut add = |template: &str| source.push_str(&template.replace("Order", &format!("Order{number}")));
        match way {
            Way::Derived => add(DERIVED),
            Way::Plain => add(PLAIN),
            Way::ByHand => {
                add(PLAIN);
                add(CONVERSIONS);
            }
        }
        match (way, used) {
            (_, false) => {}
            (Way::Derived, true) => add(USE_DERIVED),
            (Way::Plain, true) => add(USE_PLAIN),
            (Way::ByHand, true) => add(USE_BY_HAND),
        }
    }
    source
}

const PRELUDE: &str = r##"
#![allow(dead_code, non_snake_case, unused_imports)]
use std::collections::BTreeMap;
use bson::{DateTime, RawDocument, de::deserialize_from_slice, error::Error, oid::ObjectId, serialize_to_vec};
use schema_core::VersionedDocument;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line { pub sku: String, pub quantity: i32, pub price: f64 }

fn cents(price: f64) -> i64 { (price * 100.0).round() as i64 }
"##;

const DERIVED: &str = r##"
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "Order")]
#[serde(rename_all = "camelCase")]
pub struct OrderV1 {
    #[serde(rename = "_id")]
    pub id: ObjectId,
    pub customer: String,
    pub note: Option<String>,
    pub lines: Vec<Line>,
    pub labels: BTreeMap<String, String>,
    pub total: f64,
    pub placed_at: DateTime,
    pub revision: i32,
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = OrderV1)]
#[serde(rename_all = "camelCase")]
pub struct OrderV2 {
    #[serde(rename = "_id")]
    pub id: ObjectId,
    #[versioned(from = customer)]
    pub buyer: String,
    pub note: Option<String>,
    pub lines: Vec<Line>,
    pub labels: BTreeMap<String, String>,
    pub total: f64,
    pub placed_at: DateTime,
    pub revision: i64,
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 3, previous = OrderV2, removed(note))]
#[serde(rename_all = "camelCase")]
pub struct OrderV3 {
    #[serde(rename = "_id")]
    pub id: ObjectId,
    pub buyer: String,
    #[versioned(added)]
    pub remarks: Vec<String>,
    pub lines: Vec<Line>,
    pub labels: BTreeMap<String, String>,
    #[versioned(with = cents)]
    pub total: i64,
    pub placed_at: DateTime,
    pub revision: i64,
}
"##;

const PLAIN: &str = r##"
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderV1 {
    #[serde(rename = "_id")]
    pub id: ObjectId,
    pub customer: String,
    pub note: Option<String>,
    pub lines: Vec<Line>,
    pub labels: BTreeMap<String, String>,
    pub total: f64,
    pub placed_at: DateTime,
    pub revision: i32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderV2 {
    #[serde(rename = "_id")]
    pub id: ObjectId,
    pub buyer: String,
    pub note: Option<String>,
    pub lines: Vec<Line>,
    pub labels: BTreeMap<String, String>,
    pub total: f64,
    pub placed_at: DateTime,
    pub revision: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderV3 {
    #[serde(rename = "_id")]
    pub id: ObjectId,
    pub buyer: String,
    pub remarks: Vec<String>,
    pub lines: Vec<Line>,
    pub labels: BTreeMap<String, String>,
    pub total: i64,
    pub placed_at: DateTime,
    pub revision: i64,
}
"##;

const CONVERSIONS: &str = r##"
impl From<OrderV1> for OrderV2 {
    fn from(old: OrderV1) -> Self {
        let OrderV1 { id, customer, note, lines, labels, total, placed_at, revision } = old;
        Self { id, buyer: customer, note, lines, labels, total, placed_at, revision: revision.into() }
    }
}

impl From<OrderV2> for OrderV3 {
    fn from(old: OrderV2) -> Self {
        let OrderV2 { id, buyer, note: _, lines, labels, total, placed_at, revision } = old;
        Self { id, buyer, remarks: Vec::new(), lines, labels, total: cents(total), placed_at, revision }
    }
}
"##;

const USE_DERIVED: &str = r##"
pub mod use_Order {
    use super::*;
    pub fn read(bytes: &[u8]) -> Result<OrderV3, Error> { deserialize_from_slice(bytes) }
    pub fn write(document: &OrderV3) -> Result<Vec<u8>, Error> { serialize_to_vec(document) }
}
"##;

const USE_PLAIN: &str = r##"
pub mod use_Order {
    use super::*;
    pub fn read_v1(bytes: &[u8]) -> Result<OrderV1, Error> { deserialize_from_slice(bytes) }
    pub fn read_v2(bytes: &[u8]) -> Result<OrderV2, Error> { deserialize_from_slice(bytes) }
    pub fn read_v3(bytes: &[u8]) -> Result<OrderV3, Error> { deserialize_from_slice(bytes) }
    pub fn write(document: &OrderV3) -> Result<Vec<u8>, Error> { serialize_to_vec(document) }
}
"##;

const USE_BY_HAND: &str = r##"
pub mod use_Order {
    use super::*;
    pub fn read(bytes: &[u8]) -> Result<OrderV3, Error> {
        Ok(match RawDocument::from_bytes(bytes).and_then(|document| document.get_i32("schemaVersion")).unwrap_or(1) {
            1 => OrderV3::from(OrderV2::from(deserialize_from_slice::<OrderV1>(bytes)?)),
            2 => OrderV3::from(deserialize_from_slice::<OrderV2>(bytes)?),
            _ => deserialize_from_slice::<OrderV3>(bytes)?,
        })
    }
    pub fn write(document: &OrderV3) -> Result<Vec<u8>, Error> { serialize_to_vec(document) }
}
"##;
