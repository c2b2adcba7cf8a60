//! Demo stores.

use schema_runtime::{
    Environment,
    bson::doc,
    migration::{Migration, steps},
};

/// Demo stores.
pub(super) fn migration() -> Migration {
    let stores = [doc! { "_id": "demo", "name": "Demo", "owner": "demo" }];
    Migration::new("20260320-113000-demo-stores")
        .description("A store for trying out")
        .author("bob")
        .date("2026-03-20")
        .environments([Environment::Development])
        .step(steps::seed("stores", stores))
}
