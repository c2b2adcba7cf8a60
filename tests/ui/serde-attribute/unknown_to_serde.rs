//! Everything else is for serde's own derive to judge.

use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1)]
#[serde(rename_all = "camel")]
struct User {
    #[serde(renam = "_id")]
    id: i32,
}

fn main() {}
