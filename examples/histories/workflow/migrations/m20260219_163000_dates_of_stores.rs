//! Dates of stores.

use schema_runtime::migration::{
    Migration,
    steps::{self, ValueType},
};

/// Dates of stores.
pub(super) fn migration() -> Migration {
    Migration::new("20260219-163000-dates-of-stores")
        .description("The day on which a store has opened is a date")
        .author("bob")
        .date("2026-02-19")
        // Written on the same day in another branch: the order of the dates would do, and this says that it is no accident.
        .after("20260219-101000-rename-shops")
        .step(steps::convert_type("stores", "openedAt", ValueType::Date).back_to(ValueType::Text))
}
