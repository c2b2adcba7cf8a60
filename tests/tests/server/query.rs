//! Queries across versions: what is asked of a collection of mixed versions, translated, finds what it would find after a backfill.

mod chains;
mod filters;
mod found;
mod index;
mod mixed;

use mongodb::Database;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::DecodeOwned;

use self::{
    chains::Trip,
    filters::Words,
    found::{Totals, same_are_found},
    mixed::Mixed,
};
use super::{
    server_side::{
        chains::{self as simple, Account, Device, Order},
        documents::{Clean, samples},
    },
    support::database,
};

/// What is asked of each collection of random documents; more of it is cheaper than more collections.
const FILTERS: usize = 150;

fn for_any_filters<T: DecodeOwned + Send + Sync>(clean: Clean) -> Totals {
    let cases = samples::<T>(clean).prop_flat_map(|samples| {
        let filters = vec(Words::of::<T>(&samples).filter(), FILTERS);
        (Just(samples), filters)
    });
    let mut totals = Totals::default();
    for_all(cases, async |database, (samples, filters)| {
        let mixed = Mixed::of::<T>(database, &samples).await;
        totals += same_are_found::<T>(&mixed, &filters).await?;
        Ok(())
    });
    totals
}

/// Tries a property on a few cases, in a database of its own.
fn for_all<S: Strategy>(
    cases: S,
    mut check: impl AsyncFnMut(&Database, S::Value) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner = TestRunner::new(Config { cases: 10, failure_persistence: None, ..Config::default() });
    let check = std::cell::RefCell::new(&mut check);
    runner.run(&cases, |case| runtime.block_on((check.borrow_mut())(&database, case))).unwrap();
}

#[test]
fn orders_are_found_as_after_a_backfill() {
    for_any_filters::<Order>(simple::order).assert_translated(0.5);
}

#[test]
fn accounts_are_found_as_after_a_backfill() {
    for_any_filters::<Account>(simple::account).assert_translated(0.3);
}

#[test]
fn trips_are_found_as_after_a_backfill() {
    for_any_filters::<Trip>(chains::trip).assert_translated(0.5);
}

/// Only what the type with `serde(default)` and the function do not stand in the way of.
#[test]
fn devices_are_found_as_after_a_backfill() {
    let totals = for_any_filters::<Device>(simple::device);
    assert!(totals.translated > 50, "{totals:?}");
}
