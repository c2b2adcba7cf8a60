//! Two visibility values were once capitalised. What else the field holds is left as it is: to refuse a board
//! because of a visibility that nobody knows would help nobody.

use bson::{Bson, Document};
use schema_runtime::VersionedDocument;

use crate::{case::check, loose::present};

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "boards")]
struct BoardV1 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    permission: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = BoardV1)]
struct BoardV2 {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[versioned(with = lower_case)]
    permission: Option<Bson>,
    #[serde(flatten)]
    rest: Document,
}

fn lower_case(permission: Option<Bson>) -> Option<Bson> {
    match permission.as_ref().and_then(Bson::as_str) {
        Some("Public") => Some("public".into()),
        Some("Private") => Some("private".into()),
        _ => permission,
    }
}

#[test]
fn documents() {
    check::<BoardV2>(include_str!("../../data/cases/board-permission-lowercase.json"), &[]);
}
