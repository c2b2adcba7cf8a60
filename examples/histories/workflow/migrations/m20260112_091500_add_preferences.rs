//! Add preferences.

use schema_runtime::{
    bson::doc,
    migration::{Migration, steps},
};

/// Add preferences.
pub(super) fn migration() -> Migration {
    // Who has some already keeps them, also where a theme is all there is.
    let preferences = doc! { "theme": "light", "newsletter": false };
    Migration::new("20260112-091500-add-preferences")
        .description("Every user has preferences")
        .author("ada")
        .date("2026-01-12")
        .step(steps::add_field("users", "preferences", preferences))
}
