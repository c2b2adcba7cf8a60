//! Seed plans.

use schema_runtime::migration::{Migration, steps};

use crate::histories::workflow::plan::PlanV1;

/// Seed plans.
pub(super) fn migration() -> Migration {
    let plan =
        |id: &str, title: &str, members| PlanV1 { id: id.to_owned(), title: title.to_owned(), members };
    Migration::new("20260320-110000-seed-plans")
        .description("The plans that a customer can have")
        .author("ada")
        .date("2026-03-20")
        .step(steps::seed("plans", [plan("free", "Free", 1), plan("team", "Team", 20)]))
}
