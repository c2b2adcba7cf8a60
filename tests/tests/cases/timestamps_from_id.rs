//! Time stamps were added late: the creation time is in the ObjectId, and nothing was changed since.

use bson::{Bson, Document};
use schema_runtime::VersionedDocument;

use crate::case::check;

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "users")]
#[serde(rename_all = "camelCase")]
struct UserV1 {
    #[serde(rename = "_id")]
    id: Bson,
    /// Missing and null are the same here, which is what an `Option` takes them for.
    created_at: Option<Bson>,
    updated_at: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

/// A text in the place of a date is kept: it is the only record of that day.
#[derive(VersionedDocument)]
#[versioned(version = 2, previous = UserV1)]
#[serde(rename_all = "camelCase")]
struct UserV2 {
    #[serde(rename = "_id")]
    id: Bson,
    #[versioned(from(id, created_at), try_with = created)]
    created_at: Bson,
    #[versioned(from(id, created_at, updated_at), try_with = updated)]
    updated_at: Bson,
    #[serde(flatten)]
    rest: Document,
}

fn created(id: Bson, created_at: Option<Bson>) -> Result<Bson, String> {
    match (created_at, id) {
        (Some(date), _) => Ok(date),
        (None, Bson::ObjectId(id)) => Ok(id.timestamp().into()),
        (None, id) => Err(format!("there is no date, and none in the _id {id}")),
    }
}

fn updated(id: Bson, created_at: Option<Bson>, updated_at: Option<Bson>) -> Result<Bson, String> {
    updated_at.map_or_else(|| created(id, created_at), Ok)
}

#[test]
fn documents() {
    check::<UserV2>(include_str!("../../data/cases/timestamps-from-id.json"), &[]);
}
