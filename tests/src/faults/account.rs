//! An account in three versions. Each step counts itself and leaves a mark on the text, so that one step too many, or one too
//! few, can be seen in the document.

use std::collections::BTreeMap;

use mongodb::bson::{Bson, doc};
use schema_runtime::VersionedDocument;

use super::conversions;

pub const COLLECTION: &str = "accounts";

/// The version that a backfill brings accounts to.
pub const TARGET: u32 = 3;

/// What a step leaves at the end of a text.
pub const MARK: char = '+';

/// How the steps of a chain are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    /// By functions: [`Account`].
    Computed,
    /// By what becomes of the fields: [`declared::Account`](super::declared::Account).
    Declared,
}

/// An account as it was at first.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "accounts", version = 1)]
pub struct AccountV1 {
    #[serde(rename = "_id")]
    id: Bson,
    name: String,
    count: i64,
    conversions: i64,
    marks: BTreeMap<String, i64>,
}

/// An account as the previous release writes it.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = AccountV1)]
pub struct AccountV2 {
    #[serde(rename = "_id")]
    id: Bson,
    #[versioned(from = name, try_with = title)]
    title: String,
    count: i64,
    #[versioned(with = |conversions| conversions + 1)]
    conversions: i64,
    marks: BTreeMap<String, i64>,
}

/// An account as it is.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = AccountV2)]
pub struct Account {
    #[serde(rename = "_id")]
    id: Bson,
    #[versioned(with = |title| title + "+")]
    title: String,
    #[versioned(from = count)]
    total: i64,
    #[versioned(from(id, conversions), with = counted)]
    conversions: i64,
    marks: BTreeMap<String, i64>,
    #[versioned(added)]
    tags: Vec<String>,
}

fn title(name: String) -> Result<String, String> {
    if name.starts_with('!') {
        return Err(format!("{name:?} is no name"));
    }
    Ok(name + "+")
}

fn counted(id: Bson, conversions: i64) -> i64 {
    conversions::note(&id);
    conversions + 1
}

/// Ids of several BSON types, because a partition may begin in one and end in another.
pub fn id(number: u32) -> Bson {
    match number % 3 {
        0 => Bson::Int64(number.into()),
        1 => Bson::String(format!("{number:010}")),
        _ => doc! { "number": i64::from(number) }.into(),
    }
}

/// The number that an id was made from.
pub fn number(id: &Bson) -> Option<u32> {
    match id {
        Bson::Int64(number) => u32::try_from(*number).ok(),
        Bson::String(text) => text.parse().ok(),
        Bson::Document(document) => u32::try_from(document.get_i64("number").ok()?).ok(),
        _ => None,
    }
}
