//! One time stamp became eight, one for each collection that is synchronised.
//!
//! Texts are refused, the empty one too: a time that was never one would be handed to the next synchronisation as a
//! time. What is no number at all counts as "never", as it always has.

use std::collections::BTreeMap;

use bson::{Bson, Document};
use schema_runtime::VersionedDocument;

use crate::case::check;

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "syncs")]
#[serde(rename_all = "camelCase")]
struct SyncV1 {
    last_sync: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = SyncV1)]
#[serde(rename_all = "camelCase")]
struct SyncV2 {
    #[versioned(from = last_sync, try_with = per_namespace)]
    last_syncs: BTreeMap<String, i64>,
    #[serde(flatten)]
    rest: Document,
}

const NAMESPACES: [&str; 8] = [
    "settings",
    "translationsV2",
    "dictionaries",
    "relationtypes",
    "templates",
    "files",
    "connections",
    "entities",
];

fn per_namespace(last_sync: Option<Bson>) -> Result<BTreeMap<String, i64>, String> {
    let time = match last_sync {
        None => 0,
        Some(Bson::Int32(time)) => time.into(),
        Some(Bson::Int64(time)) => time,
        Some(Bson::Double(time)) if time.is_nan() => 0,
        Some(other) => return Err(format!("{other} is not a time in milliseconds")),
    };
    Ok(NAMESPACES.map(|name| (name.to_owned(), time)).into())
}

#[test]
fn documents() {
    let chosen = ["text is copied as text", "empty text counts as 0"];
    check::<SyncV2>(include_str!("../../data/cases/last-sync-to-namespace-map.json"), &chosen);
}
