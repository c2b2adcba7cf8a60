//! Chains of which every step says only what becomes of its fields.

use mongodb::bson::{DateTime, Document, doc, oid::ObjectId};
use proptest::{collection::vec, option, prelude::*};
use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

/// Everything that a step may do with a field, over several steps; without a stamp it is version 1.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "orders", version = 1)]
#[serde(rename_all = "camelCase")]
pub struct OrderV1 {
    #[serde(rename = "_id")]
    id: i32,
    #[serde(alias = "client", alias = "buyer")]
    customer: String,
    place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coupon: Option<String>,
    #[serde(default)]
    item_count: i32,
    #[serde(default)]
    notes: Vec<String>,
    total: f64,
    legacy_code: i64,
    #[serde(skip)]
    #[allow(dead_code, reason = "nothing is stored under its name")]
    cache: Option<String>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = OrderV1, removed(legacy_code, cache))]
#[serde(rename_all = "camelCase")]
pub struct OrderV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = customer)]
    customer_name: String,
    // Split: both are what it was.
    #[versioned(from = place)]
    ship_to: Option<String>,
    #[versioned(from = place)]
    bill_to: Option<String>,
    coupon: Option<String>,
    item_count: i32,
    #[serde(default)]
    notes: Vec<String>,
    // Was there always, and may now be null.
    total: Option<f64>,
    #[versioned(added = "EUR".to_owned())]
    currency: String,
    #[versioned(added)]
    draft: bool,
    #[versioned(added = NEVER)]
    checked: i64,
}

const NEVER: i64 = 0;

#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = OrderV2, removed(draft, item_count))]
#[serde(rename_all = "camelCase")]
pub struct OrderV3 {
    #[serde(rename = "_id")]
    id: i32,
    // A rename of a rename.
    #[versioned(from = customer_name)]
    buyer_name: String,
    ship_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coupon: Option<String>,
    #[versioned(from = notes)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
    total: Option<f64>,
    // Added, then renamed.
    #[versioned(from = currency)]
    money: String,
    checked: i64,
    // The name of a field that version 1 had and version 2 removed.
    #[versioned(added = -1)]
    legacy_code: i64,
    #[versioned(added)]
    parcels: Vec<Parcel>,
    #[versioned(added)]
    insured: Option<Parcel>,
    #[versioned(added = State::Open)]
    state: State,
    #[versioned(added)]
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<ObjectId>,
}

pub type Order = OrderV3;

#[derive(Debug, Serialize, Deserialize)]
pub struct Parcel {
    weight: i32,
}

#[derive(Debug, Serialize, Deserialize)]
pub enum State {
    Open,
}

pub fn order(version: u32, id: i32) -> BoxedStrategy<Document> {
    let text = || "[a-z ¿]{0,6}";
    let parts =
        (text(), option::of(text()), text(), any::<i32>(), vec(text(), 0..4), any::<f64>(), any::<i64>());
    let document = parts.prop_map(move |(customer, place, coupon, count, notes, total, code)| match version {
        1 => doc! {
            "_id": id, "customer": customer, "place": place, "coupon": coupon, "itemCount": count, "notes": notes_for(&notes),
            "total": total, "legacyCode": code,
        },
        _ => doc! {
            "_id": id, "customerName": customer, "shipTo": place.clone(), "billTo": "there", "coupon": coupon,
            "itemCount": count, "notes": notes_for(&notes), "total": total, "currency": "USD", "draft": false,
            "checked": code,
        },
    });
    document.boxed()
}

/// An empty list would be left out by the current version, and that is left to the client.
fn notes_for(notes: &[String]) -> Vec<String> {
    if notes.is_empty() { vec!["-".to_owned()] } else { notes.to_vec() }
}

/// Names that change places, a stamp of another name, and a first version that refuses what it does not know; documents
/// without a stamp are refused.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 4, oldest, version_field = "v", unversioned = "reject", collection = "accounts")]
#[serde(deny_unknown_fields)]
pub struct AccountV4 {
    _id: ObjectId,
    first: String,
    last: String,
    nick: Option<String>,
    #[serde(default = "later")]
    since: DateTime,
    scores: Vec<Vec<i32>>,
    #[serde(default)]
    flags: Option<Vec<Option<bool>>>,
}

fn later() -> DateTime {
    DateTime::from_millis(7)
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 5, previous = AccountV4)]
pub struct AccountV5 {
    _id: ObjectId,
    #[versioned(from = last)]
    first: String,
    #[versioned(from = first)]
    #[serde(skip_serializing_if = "String::is_empty")]
    last: String,
    #[versioned(from = nick)]
    nick_name: Option<String>,
    #[versioned(from = since)]
    nick: Option<DateTime>,
    scores: Vec<Vec<i32>>,
    flags: Option<Vec<Option<bool>>>,
}

pub type Account = AccountV5;

pub fn account(_: u32, id: i32) -> BoxedStrategy<Document> {
    let parts = (
        "[a-z¿]{1,4}",
        "[a-z]{0,4}",
        option::of("[a-z]{1,3}"),
        any::<i64>(),
        vec(vec(any::<i32>(), 0..3), 0..3),
    );
    let flags = option::of(vec(option::of(any::<bool>()), 0..3));
    let document = (parts, flags).prop_map(move |((first, last, nick, since, scores), flags)| {
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&id.to_be_bytes());
        doc! {
            "_id": ObjectId::from_bytes(bytes), "first": first, "last": last, "nick": nick,
            "since": DateTime::from_millis(since), "scores": scores, "flags": flags,
        }
    });
    document.boxed()
}

/// A type that does not know its `_id`, and a step in the middle that only the types can do: documents of version 2 are the
/// server's, those of version 1 and without a stamp are not.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "devices")]
pub struct DeviceV1 {
    name: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = DeviceV1)]
#[serde(default)]
#[derive(Default)]
pub struct DeviceV2 {
    #[versioned(with = |name: String| name.to_uppercase())]
    name: String,
    #[versioned(added)]
    owner: Option<String>,
    #[versioned(added)]
    size: i32,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = DeviceV2, removed(owner))]
pub struct DeviceV3 {
    name: String,
    #[versioned(from = size)]
    #[serde(rename = "größe in mm")]
    size: Option<i32>,
}

pub type Device = DeviceV3;

pub fn device(version: u32, id: i32) -> BoxedStrategy<Document> {
    let parts = ("[a-z]{0,4}", option::of("[a-z¿]{0,4}"), any::<i32>());
    let document = parts.prop_map(move |(name, owner, size)| match version {
        1 => doc! { "_id": id, "name": name },
        _ => doc! { "_id": id, "name": name, "owner": owner, "size": size },
    });
    document.boxed()
}
