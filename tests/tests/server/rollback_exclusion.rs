//! A backfill and a rollback of one collection exclude each other, and jobs that are not the same are not mixed.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use schema_runtime::{
    Error, VersionedCollection,
    backfill::{Ending, JOBS, JobHandle, State, Work},
};
use schema_tests::orders::{Order, insert_old};

use crate::{
    state::{bytes, state},
    support::{TestDatabase, database},
};

const HOUR: Duration = Duration::from_secs(3600);

async fn orders(count: i32) -> (TestDatabase, VersionedCollection<Order>) {
    let database = database().await;
    insert_old(&database, count).await.unwrap();
    let orders = VersionedCollection::new(&database);
    (database, orders)
}

/// Stops at once, in the middle of a job.
async fn stop() -> String {
    "it is enough".to_owned()
}

#[tokio::test]
async fn no_rollback_begins_while_a_backfill_is_under_way() {
    let (database, orders) = orders(500).await;
    let before = bytes(&database, "orders").await;
    let report = orders.backfill().keep_preimages(HOUR).batch_size(10).stop_when(stop()).run().await.unwrap();
    assert!(matches!(report.ending, Ending::Interrupted(_)), "{report}");

    let interrupted = state(&database).await;
    for rollback in [orders.rollback(), orders.rollback().to_version(1)] {
        let error = match rollback.run().await {
            Err(Error::NoPreimages { .. }) => continue,
            result => result.unwrap_err(),
        };
        assert!(matches!(error, Error::UnderWay { job: "backfill", .. }), "{error}");
        assert!(error.to_string().contains("a backfill of collection `orders` is under way"), "{error}");
    }
    assert_eq!(state(&database).await, interrupted);

    // The way on is to end it; what it has done is taken back.
    let report = orders.backfill().keep_preimages(HOUR).batch_size(10).max_failures(0).run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    let report = orders.rollback().run().await.unwrap();
    assert_eq!(report.rolled_back, 500, "{report}");
    assert_eq!(bytes(&database, "orders").await, before);
}

#[tokio::test]
async fn a_cancelled_backfill_is_taken_back() {
    let (database, orders) = orders(2_000).await;
    let before = bytes(&database, "orders").await;
    let handle = JobHandle::new(&database, "orders");
    let cancelled = async {
        while handle.status().await.unwrap().is_none_or(|status| status.tally.upgraded == 0) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        handle.cancel("ada").await.unwrap();
        // The backfill has not noticed yet; the rollback waits until it has.
        orders.rollback().run().await.unwrap()
    };
    let backfill = orders.backfill().keep_preimages(HOUR).batch_size(10).workers(1).max_rate(500.0).run();
    let (forth, back) = tokio::join!(backfill, cancelled);
    let forth = forth.unwrap();
    assert_eq!(forth.ending, Ending::Cancelled("by ada".to_owned()), "{forth}");
    assert!((1..2_000).contains(&forth.upgraded), "{forth}");
    assert!(back.is_clean() && back.rolled_back == forth.upgraded, "{forth}{back}");
    assert_eq!(bytes(&database, "orders").await, before);
}

#[tokio::test]
async fn no_backfill_begins_while_a_rollback_is_under_way() {
    let (database, orders) = orders(500).await;
    orders.backfill().keep_preimages(HOUR).run().await.unwrap();
    let report = orders.rollback().batch_size(10).stop_when(stop()).run().await.unwrap();
    assert!(matches!(report.ending, Ending::Interrupted(_)), "{report}");

    let interrupted = state(&database).await;
    let error = orders.backfill().run().await.unwrap_err();
    assert!(matches!(error, Error::UnderWay { job: "rollback", .. }), "{error}");
    let error = orders.backfill().retry_failed().await.unwrap_err();
    assert!(matches!(error, Error::UnderWay { job: "rollback", .. }), "{error}");
    // Nor does a rollback to another place.
    let error = orders.rollback().to_version(1).run().await.unwrap_err();
    assert!(matches!(error, Error::UnfinishedRollback { .. }), "{error}");
    assert!(error.to_string().contains("this one is to go back to schema version 1"), "{error}");
    assert_eq!(state(&database).await, interrupted);

    let report = orders.rollback().to_version(1).restart(true).run().await.unwrap();
    assert!(report.is_clean() && report.work == Work::Downgrade, "{report}");
    let report = orders.backfill().run().await.unwrap();
    assert!(report.is_clean() && report.upgraded == 500, "{report}");
}

#[tokio::test]
async fn a_rollback_is_steered_like_a_backfill() {
    let (database, orders) = orders(100).await;
    orders.backfill().run().await.unwrap();
    let handle = JobHandle::rollback(&database, "orders");
    let error = handle.pause("ada").await.unwrap_err();
    assert_eq!(error.to_string(), "collection `orders` has no rollback under way in this database");
    let report = orders.rollback().to_version(1).stop_when(stop()).run().await.unwrap();
    assert_eq!(report.exit_code(), 5, "{report}");
    let status = handle.status().await.unwrap().expect("a job");
    let first = status.to_string();
    assert!(
        first.starts_with("`orders` back to schema version 1 (Order): nobody is at work on it"),
        "{first}"
    );
    handle.cancel("ada").await.unwrap();
    assert_eq!(handle.status().await.unwrap().map(|status| status.state), Some(State::Cancelled));
    // The backfill's job is another, and as it was.
    let backfill = JobHandle::new(&database, "orders").status().await.unwrap().expect("a job");
    assert_eq!((backfill.state, backfill.work), (State::Finished, Work::Upgrade));
    assert!(orders.backfill().run().await.unwrap().is_clean());
}

#[tokio::test]
async fn processes_of_a_job_agree_about_pre_images() {
    let (database, orders) = orders(500).await;
    let kept = || orders.backfill().keep_preimages(HOUR);
    kept().batch_size(10).stop_when(stop()).run().await.unwrap();
    let error = orders.backfill().run().await.unwrap_err();
    assert!(matches!(error, Error::PreimagesDiffer { kept: true, .. }), "{error}");
    assert!(error.to_string().contains("join it with `keep_preimages`"), "{error}");
    orders.backfill().restart(true).batch_size(10).stop_when(stop()).run().await.unwrap();
    let error = kept().run().await.unwrap_err();
    assert!(matches!(error, Error::PreimagesDiffer { kept: false, .. }), "{error}");
    assert!(orders.backfill().run().await.unwrap().is_clean());
    let jobs = database.collection::<Document>(JOBS).count_documents(doc! {}).await.unwrap();
    assert_eq!(jobs, 1);
}
