//! Rename shops.

use schema_runtime::migration::{Migration, steps};

/// Rename shops.
pub(super) fn migration() -> Migration {
    Migration::new("20260219-101000-rename-shops")
        .description("A shop is called a store, as in the user interface")
        .author("ada")
        .date("2026-02-19")
        .step(steps::rename_collection("shops", "stores"))
}
