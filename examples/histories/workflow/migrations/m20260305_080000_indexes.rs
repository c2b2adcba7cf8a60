//! Indexes.

use schema_runtime::{
    bson::doc,
    migration::{Migration, steps},
};

/// Indexes.
pub(super) fn migration() -> Migration {
    Migration::new("20260305-080000-indexes")
        .description("Users are found by their address, and stores by their owner")
        .author("ada")
        .date("2026-03-05")
        .step(steps::create_index("users", doc! { "email": 1 }).unique(true))
        .step(steps::create_index("stores", doc! { "owner": 1, "openedAt": -1 }))
}
