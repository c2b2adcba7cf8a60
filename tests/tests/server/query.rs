//! Queries across versions: what is asked of a collection of mixed versions, translated, is answered as it would be after a backfill.

mod chains;
mod filters;
mod found;
mod index;
mod mixed;
mod projected;
mod sorted;

use std::cell::Cell;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::DecodeOwned;

use self::{
    chains::Trip,
    filters::Words,
    found::same_are_found,
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

/// Of random documents. More questions about each are cheaper than more of them.
const COLLECTIONS: u32 = 10;
const FILTERS: usize = 150;
const SORTS: usize = 50;
const PROJECTIONS: usize = 50;

/// Questions at a time, so that neither the server nor the test waits for the other.
const AT_ONCE: usize = 8;

#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    found: found::Totals,
    sorted: sorted::Totals,
    projected: projected::Totals,
}

fn for_any_questions<T: DecodeOwned + Send + Sync>(clean: Clean) -> Totals {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner =
        TestRunner::new(Config { cases: COLLECTIONS, failure_persistence: None, ..Config::default() });
    let cases = samples::<T>(clean).prop_flat_map(|samples| {
        let words = Words::of::<T>(&samples);
        let filters = vec(words.clone().filter(), FILTERS);
        let projections = vec(projections(&words), PROJECTIONS);
        (Just(samples), filters, vec(sorts(words), SORTS), projections)
    });
    let totals = Cell::new(Totals::default());
    let check = async |samples: Vec<_>, filters: Vec<_>, sorts: Vec<_>, projections: Vec<_>| {
        let mixed = Mixed::of::<T>(&database, &samples).await;
        let mut all = totals.get();
        all.found += same_are_found::<T>(&mixed, &filters).await?;
        all.sorted += order_is_the_same::<T>(&mixed, &sorts).await?;
        all.projected += the_same_is_left::<T>(&mixed, &projections).await?;
        totals.set(all);
        Ok(())
    };
    let run = runner.run(&cases, |(samples, filters, sorts, projections)| {
        runtime.block_on(check(samples, filters, sorts, projections))
    });
    run.unwrap();
    totals.get()
}

#[test]
fn orders_answer_as_after_a_backfill() {
    let totals = for_any_questions::<Order>(simple::order);
    let Totals { found, sorted, projected } = totals;
    assert!(found.translated * 2 > found.filters && found.found > 20, "{totals:?}");
    assert!(sorted.as_they_are > 5 && sorted.computed > 50, "{totals:?}");
    assert!(projected.as_they_are > 5 && projected.in_part > 20 && projected.whole > 20, "{totals:?}");
}

#[test]
fn accounts_answer_as_after_a_backfill() {
    let totals = for_any_questions::<Account>(simple::account);
    let Totals { found, sorted, projected } = totals;
    assert!(found.translated * 3 > found.filters && found.found > 20, "{totals:?}");
    assert!(sorted.as_they_are > 5 && sorted.computed > 50, "{totals:?}");
    assert!(projected.in_part > 20 && projected.whole > 20, "{totals:?}");
}

#[test]
fn trips_answer_as_after_a_backfill() {
    let totals = for_any_questions::<Trip>(chains::trip);
    let Totals { found, sorted, projected } = totals;
    assert!(found.translated * 2 > found.filters && found.found > 20, "{totals:?}");
    assert!(sorted.as_they_are > 5 && sorted.computed > 50, "{totals:?}");
    assert!(projected.refused > 5 && projected.in_part > 20, "{totals:?}");
}

/// Only what the type with `serde(default)` and the function do not stand in the way of; in a projection, they do not.
#[test]
fn devices_answer_as_after_a_backfill() {
    let totals = for_any_questions::<Device>(simple::device);
    let Totals { found, sorted, projected } = totals;
    assert!(found.translated > 50 && sorted.as_they_are > 5 && projected.whole > 20, "{totals:?}");
}
