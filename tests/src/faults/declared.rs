//! The same accounts, with steps that say only what becomes of the fields: a backfill begins with a pass inside the server.
//!
//! There is no map of marks among the fields, and no `_id`: those are of types of which the server is not certain. It leaves to the
//! client what has an id or a field that is a document, and these are as many as there are ids of that kind and documents that
//! writers have marked.

use schema_runtime::VersionedDocument;

/// An account as it was at first.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "accounts", version = 1)]
pub struct AccountV1 {
    name: String,
    count: i64,
    conversions: i64,
}

/// An account as the previous release writes it.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = AccountV1)]
pub struct AccountV2 {
    #[versioned(from = name)]
    title: String,
    count: i64,
    conversions: i64,
}

/// An account as it is.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = AccountV2)]
pub struct Account {
    title: String,
    #[versioned(from = count)]
    total: i64,
    conversions: i64,
    #[versioned(added)]
    tags: Vec<String>,
}

#[cfg(test)]
mod tests {
    use schema_runtime::server_side::ServerSide;

    use super::*;

    #[test]
    fn the_server_can_take_every_step() {
        assert_eq!(ServerSide::of::<Account>().obstacles(), []);
    }
}
