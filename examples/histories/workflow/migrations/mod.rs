//! The migrations of this service, in the order in which they are run.

use schema_runtime::migration::Migration;

mod m20260112_091500_add_preferences;
mod m20260203_140000_remove_deprecated_fields;
mod m20260219_101000_rename_shops;
mod m20260219_163000_dates_of_stores;
mod m20260305_080000_indexes;
mod m20260320_110000_seed_plans;
mod m20260320_113000_demo_stores;

/// All of them.
pub(super) fn all() -> Vec<Migration> {
    vec![
        m20260112_091500_add_preferences::migration(),
        m20260203_140000_remove_deprecated_fields::migration(),
        m20260219_101000_rename_shops::migration(),
        m20260219_163000_dates_of_stores::migration(),
        m20260305_080000_indexes::migration(),
        m20260320_110000_seed_plans::migration(),
        m20260320_113000_demo_stores::migration(),
    ]
}
