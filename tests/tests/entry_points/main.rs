//! Every way into and out of a versioned type that needs no server: the upgrade and the stamp are part of the
//! type's own serde impls, so all of them read any version and write the current one.

mod json;
mod nested;
mod reading;
mod round_trip;
mod writing;

use std::net::IpAddr;

use schema_runtime::{
    VersionedDocument,
    bson::{DateTime, Document, doc, oid::ObjectId},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "hosts")]
struct HostV1 {
    #[serde(rename = "_id")]
    id: ObjectId,
    name: String,
    uptime: String,
    tags: Vec<String>,
    state: State,
    seen: Option<DateTime>,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = HostV1)]
struct HostV2 {
    #[serde(rename = "_id")]
    id: ObjectId,
    #[versioned(from = name)]
    label: String,
    #[versioned(try_with = |uptime: String| uptime.parse::<i64>())]
    uptime: i64,
    tags: Vec<String>,
    state: State,
    seen: Option<DateTime>,
    #[versioned(added)]
    load: f64,
    /// Written as text by human-readable formats and as numbers by the others.
    #[versioned(added)]
    address: Option<IpAddr>,
}

/// Every kind of variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum State {
    Up,
    Draining(u32),
    Moving(u8, String),
    Down { since: i64, reason: Option<String> },
}

fn id() -> ObjectId {
    ObjectId::from_bytes(*b"twelve bytes")
}

/// A stored document of version 1, without its stamp.
fn stored() -> Document {
    doc! {
        "_id": id(),
        "name": "alpha",
        "uptime": "99",
        "tags": ["a", "b"],
        "state": { "Down": { "since": 12_i64, "reason": null } },
        "seen": DateTime::from_millis(1_700_000_000_123),
    }
}

/// What it is as the current type.
fn current() -> HostV2 {
    HostV2 {
        id: id(),
        label: "alpha".into(),
        uptime: 99,
        tags: vec!["a".into(), "b".into()],
        state: State::Down { since: 12, reason: None },
        seen: Some(DateTime::from_millis(1_700_000_000_123)),
        load: 0.0,
        address: None,
    }
}
