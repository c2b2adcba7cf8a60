//! This framework.

use bson::{DateTime, oid::ObjectId};
use schema_core::{Upgrade, VersionedDocument};
use serde::{Deserialize, Serialize};

use crate::plain::{Customer, LineV1, euros};

#[derive(VersionedDocument)]
#[versioned(version = 1)]
pub(crate) struct AccountV1 {
    #[serde(rename = "_id")]
    id: ObjectId,
    name: String,
    email: String,
    logins: i32,
    balance: f64,
    since: DateTime,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = AccountV1)]
pub(crate) struct AccountV2 {
    #[serde(rename = "_id")]
    id: ObjectId,
    #[versioned(from = name)]
    display: String,
    email: String,
    logins: i64,
    balance: f64,
    since: DateTime,
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = AccountV2)]
pub(crate) struct AccountV3 {
    #[serde(rename = "_id")]
    id: ObjectId,
    display: String,
    email: String,
    logins: i64,
    balance: f64,
    since: DateTime,
    #[versioned(added = true)]
    active: bool,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = LineV1)]
pub(crate) struct Line {
    sku: String,
    title: String,
    quantity: i64,
    price: f64,
    tax_class: Option<String>,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
pub(crate) struct OrderV1 {
    #[serde(rename = "_id")]
    id: ObjectId,
    number: i64,
    status: String,
    customer: Customer,
    lines: Vec<LineV1>,
    cents: i32,
    tags: Vec<String>,
    placed_at: DateTime,
    shipped_at: Option<DateTime>,
    note: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = OrderV1)]
pub(crate) struct OrderV2 {
    #[serde(rename = "_id")]
    id: ObjectId,
    number: i64,
    status: String,
    #[versioned(from = customer)]
    buyer: Customer,
    lines: Vec<Line>,
    #[versioned(from = cents, with = euros)]
    total: f64,
    tags: Vec<String>,
    placed_at: DateTime,
    shipped_at: Option<DateTime>,
    note: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = OrderV2)]
pub(crate) struct OrderV3 {
    #[serde(rename = "_id")]
    id: ObjectId,
    number: i64,
    status: String,
    buyer: Customer,
    lines: Vec<Line>,
    total: f64,
    tags: Vec<String>,
    placed_at: DateTime,
    shipped_at: Option<DateTime>,
    note: String,
    #[versioned(added)]
    returns: Vec<Line>,
}
