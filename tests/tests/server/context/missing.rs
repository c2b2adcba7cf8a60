//! Jobs that are given no context: they end at the first document that needs it, and the next run goes on from there.

use std::time::Duration;

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{
    Error, VersionedCollection,
    backfill::{FAILURES, JOBS, plan::CannotRun},
};

use super::{Cities, User, stored};
use crate::{
    state::{dump, state},
    support::database,
};

const HOUR: Duration = Duration::from_secs(3600);

fn vienna() -> Cities {
    Cities::of([("1010", "Vienna")])
}

/// A collection without its context, and with it.
fn both(database: &Database) -> (VersionedCollection<User>, VersionedCollection<User>) {
    let without = VersionedCollection::new(database);
    (without.clone(), without.with_context(vienna()))
}

fn assert_missing<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    let error = outcome.expect_err("no context, no outcome");
    let Error::MissingContext { collection, type_name, missing } = &error else { panic!("{error}") };
    assert_eq!((collection.as_str(), *type_name), ("users", "User"));
    assert_eq!(missing.type_name(), std::any::type_name::<Cities>());
    assert_eq!(
        error.to_string(),
        format!(
            "a step of `User` asks for the context `{}`, which collection `users` was not given; give it with \
             `VersionedCollection::with_context`, and try again: no document is to blame, and none is recorded as failed",
            missing.type_name()
        )
    );
}

async fn count(database: &Database, collection: &str, filter: Document) -> u64 {
    database.collection::<Document>(collection).count_documents(filter).await.unwrap()
}

async fn run_of_job(database: &Database) -> mongodb::bson::oid::ObjectId {
    let job = database.collection::<Document>(JOBS).find_one(doc! { "_id": "users" }).await.unwrap();
    job.expect("the job").get_object_id("run").unwrap()
}

#[tokio::test]
async fn a_backfill_ends_with_nothing_written_and_the_next_run_goes_on() {
    let database = database().await;
    stored(&database, (0..300).map(|id| (id, "1010"))).await;
    let (without, with) = both(&database);
    let before = dump(&database, "users").await;

    // Nobody who comes next would want to wait for this lease.
    assert_missing(without.backfill().lease(HOUR).batch_size(10).partition_size(50).run().await);
    assert_eq!(dump(&database, "users").await, before);
    assert_eq!(count(&database, FAILURES, doc! {}).await, 0);
    assert_eq!(
        count(&database, JOBS, doc! { "lease.owner": { "$exists": true } }).await,
        0,
        "no lease is held"
    );
    assert_eq!(
        count(&database, JOBS, doc! { "_id.process": { "$exists": true } }).await,
        0,
        "nobody is at work"
    );
    let run = run_of_job(&database).await;

    let report = with.backfill().lease(HOUR).run().await.unwrap();
    assert!(report.is_clean() && report.upgraded == 300, "{report}");
    assert_eq!(run_of_job(&database).await, run, "the same job");
    assert_eq!(count(&database, "users", doc! { "city": "Vienna" }).await, 300);
}

#[tokio::test]
async fn what_was_done_before_the_first_that_needs_it_stays_done() {
    let database = database().await;
    // The first hundred need nothing, and one of them is bad for another reason.
    let raw = stored(&database, (0..200).map(|id| (id, if id < 100 { "none" } else { "1010" }))).await;
    raw.update_one(doc! { "_id": 7 }, doc! { "$set": { "zip": 7 } }).await.unwrap();
    let (without, with) = both(&database);

    assert_missing(without.backfill().lease(HOUR).workers(1).batch_size(10).run().await);
    assert_eq!(count(&database, "users", doc! { "city": "nowhere" }).await, 99);
    assert_eq!(count(&database, "users", doc! { "schemaVersion": { "$exists": false } }).await, 101);
    let failed = without.failures(10).await.unwrap();
    assert_eq!(failed.iter().map(|record| record.kind.as_str()).collect::<Vec<_>>(), ["body"]);

    let report = with.backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (100, 1), "{report}");
    assert_eq!(count(&database, "users", doc! { "city": "Vienna" }).await, 100);
}

#[tokio::test]
async fn nothing_is_written_where_nothing_is_to_be_written() {
    let database = database().await;
    stored(&database, (0..50).map(|id| (id, "1010"))).await;
    let (without, with) = both(&database);
    let before = state(&database).await;

    assert_missing(without.backfill().dry_run(true).run().await);
    assert_missing(without.verify().run().await);
    assert_missing(without.verify().sample(10).run().await);
    for planning in [without.backfill().plan(), without.backfill().plan().all()] {
        let plan = planning.await.unwrap();
        let context = std::any::type_name::<Cities>();
        assert_eq!(plan.cannot_run, [CannotRun::MissingContext { context }], "{plan}");
        assert!(!plan.can_run() && !plan.trial.complete && plan.trial.failed() == 0, "{plan}");
        assert_eq!(plan.census.upgradable(), 50);
    }
    assert!(with.backfill().plan().all().await.unwrap().can_run());
    assert_eq!(state(&database).await, before);
}

#[tokio::test]
async fn records_of_failures_stay_as_they_are() {
    let database = database().await;
    let raw = stored(&database, (0..20).map(|id| (id, "4020"))).await;
    let (without, with) = both(&database);
    assert_eq!(with.backfill().run().await.unwrap().failed, 20);
    raw.update_many(doc! {}, doc! { "$set": { "zip": "1010" } }).await.unwrap();
    let before = state(&database).await;

    assert_missing(without.backfill().retry_failed().await);
    assert_eq!(state(&database).await, before);
    let report = with.backfill().retry_failed().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (20, 0), "{report}");
}

#[tokio::test]
async fn a_rollback_by_steps_asks_for_it_as_well() {
    let database = database().await;
    stored(&database, (0..100).map(|id| (id, "1010"))).await;
    let (without, with) = both(&database);
    with.backfill().run().await.unwrap();
    let before = dump(&database, "users").await;

    assert_missing(without.rollback().to_version(1).lease(HOUR).batch_size(10).run().await);
    assert_eq!(dump(&database, "users").await, before);
    assert_eq!(count(&database, FAILURES, doc! {}).await, 0);

    let report = with.rollback().to_version(1).run().await.unwrap();
    assert!(report.is_clean() && report.rolled_back == 100, "{report}");
    assert_eq!(count(&database, "users", doc! { "zip": "1010", "schemaVersion": 1 }).await, 100);
}

#[tokio::test]
async fn preimages_are_upgraded_again_with_it() {
    let database = database().await;
    stored(&database, (0..30).map(|id| (id, "1010"))).await;
    let (without, with) = both(&database);
    with.backfill().keep_preimages(HOUR).run().await.unwrap();

    assert!(without.verify().run().await.unwrap().is_clean(), "current documents need no context");
    assert_missing(without.verify().preimages(30).run().await);
    let verification = with.verify().preimages(30).run().await.unwrap();
    assert!(verification.is_clean() && verification.reconverted == 30, "{verification}");
    let other = without.with_context(Cities::of([("1010", "Wien")]));
    let verification = other.verify().preimages(30).run().await.unwrap();
    assert_eq!(verification.findings.get("reconversion"), Some(&30), "{verification}");

    // By pre-images nothing is converted.
    let report = VersionedCollection::<User>::new(&database).rollback().run().await.unwrap();
    assert_eq!(report.rolled_back, 30, "{report}");
}
