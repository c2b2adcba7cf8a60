//! Chains with a step that asks for a context: within its scope they are held like any other, and the lock needs none.

use std::{error::Error, sync::Arc};

use schema_runtime::{
    VersionedDocument,
    context::{self, Contexts},
    testing::{Golden, Lock},
};

/// How many cents a unit has.
#[derive(Debug)]
struct Cents(i64);

fn cents() -> Result<Arc<Cents>, context::MissingContext> {
    context::get()
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct PriceV1 {
    amount: i64,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = PriceV1, reversible)]
struct Price {
    #[versioned(try_with = to_cents, try_back_with = from_cents)]
    amount: i64,
}

fn to_cents(amount: i64) -> Result<i64, Box<dyn Error + Send + Sync>> {
    Ok(amount * cents()?.0)
}

fn from_cents(amount: i64) -> Result<i64, Box<dyn Error + Send + Sync>> {
    Ok(amount / cents()?.0)
}

#[test]
fn golden_documents_are_read_within_a_scope() {
    let folder = tempfile::tempdir().unwrap();
    let golden =
        || Golden::<Price>::new(folder.path()).example(&PriceV1 { amount: 7 }).example(&Price { amount: 7 });
    let of = |cents| Contexts::new().with(Cents(cents));
    of(100).scope(|| golden().add()).unwrap();
    of(100).scope(|| golden().check()).unwrap();
    // Another context is another outcome, and none is an error that says so.
    let changed = of(1000).scope(|| golden().check()).unwrap_err();
    assert!(
        changed.iter().any(|finding| finding.contains("`amount` was") && finding.contains("7000")),
        "{changed}"
    );
    let missing = golden().check().unwrap_err();
    assert!(missing.iter().any(|finding| finding.contains("there is no context `")), "{missing}");
}

#[test]
fn the_lock_needs_no_context() {
    let folder = tempfile::tempdir().unwrap();
    let lock = || Lock::new(folder.path().join("schema.lock")).document::<Price>();
    lock().add().unwrap();
    lock().check().unwrap();
}
