//! Queries across versions: what is asked of a collection of mixed versions, translated, finds what it would find after a backfill.

mod chains;
mod filters;
mod found;
mod index;
mod mixed;
mod projected;
mod sorted;

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
    projected::{projections, the_same_is_left},
    sorted::{order_is_the_same, sorts},
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
const SORTS: usize = 60;
const PROJECTIONS: usize = 60;

/// Questions at a time, so that neither the server nor the test waits for the other.
const AT_ONCE: usize = 8;

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

fn for_any_sorts<T: DecodeOwned + Send + Sync>(clean: Clean) -> sorted::Totals {
    let cases = samples::<T>(clean).prop_flat_map(|samples| {
        let sorts = vec(sorts(Words::of::<T>(&samples)), SORTS);
        (Just(samples), sorts)
    });
    let mut totals = sorted::Totals::default();
    for_all(cases, async |database, (samples, sorts)| {
        let mixed = Mixed::of::<T>(database, &samples).await;
        totals += order_is_the_same::<T>(&mixed, &sorts).await?;
        Ok(())
    });
    totals
}

fn for_any_projections<T: DecodeOwned + Send + Sync>(clean: Clean) -> projected::Totals {
    let cases = samples::<T>(clean).prop_flat_map(|samples| {
        let projections = vec(projections(&Words::of::<T>(&samples)), PROJECTIONS);
        (Just(samples), projections)
    });
    let mut totals = projected::Totals::default();
    for_all(cases, async |database, (samples, projections)| {
        let mixed = Mixed::of::<T>(database, &samples).await;
        totals += the_same_is_left::<T>(&mixed, &projections).await?;
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

#[test]
fn orders_are_sorted_as_after_a_backfill() {
    let totals = for_any_sorts::<Order>(simple::order);
    assert!(totals.as_they_are > 10 && totals.computed > 200, "{totals:?}");
}

#[test]
fn accounts_are_sorted_as_after_a_backfill() {
    let totals = for_any_sorts::<Account>(simple::account);
    assert!(totals.as_they_are > 10 && totals.computed > 200, "{totals:?}");
}

#[test]
fn trips_are_sorted_as_after_a_backfill() {
    let totals = for_any_sorts::<Trip>(chains::trip);
    assert!(totals.as_they_are > 10 && totals.computed > 200, "{totals:?}");
}

#[test]
fn as_much_is_left_of_accounts_as_after_a_backfill() {
    let totals = for_any_projections::<Account>(simple::account);
    assert!(totals.in_part > 50 && totals.whole > 50, "{totals:?}");
}

#[test]
fn as_much_is_left_of_trips_as_after_a_backfill() {
    let totals = for_any_projections::<Trip>(chains::trip);
    assert!(totals.as_they_are > 5 && totals.whole > 50 && totals.refused > 10, "{totals:?}");
}

/// Fields that functions make, too.
#[test]
fn as_much_is_left_of_devices_as_after_a_backfill() {
    let totals = for_any_projections::<Device>(simple::device);
    assert!(totals.as_they_are > 5 && totals.whole > 50, "{totals:?}");
}
