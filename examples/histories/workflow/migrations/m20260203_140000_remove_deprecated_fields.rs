//! Remove deprecated fields.

use schema_runtime::migration::{Migration, steps};

/// Remove deprecated fields.
pub(super) fn migration() -> Migration {
    Migration::new("20260203-140000-remove-deprecated-fields")
        .description("What no release has read since the spring of last year is gone")
        .author("bob")
        .date("2026-02-03")
        .step(steps::remove_field("users", "legacyToken"))
        .step(steps::remove_field("users", "fax"))
}
