//! A process that had the lead of its job, stood still and goes on: what its successors have done stays.

use mongodb::bson::{Bson, Document, doc};
use schema_runtime::backfill::FAILURES;
use schema_tests::faults::{
    account::COLLECTION,
    cluster::{Cluster, command, signal},
    content::{Content, Count},
    fail_points,
    job::Options,
};

use crate::support::{OPTIONS, insert_old, start};

/// The first process has the lead and is about to remove the partitions of attempts before. Its command is on the way for
/// seconds, in which the process stands still; another takes the lead, cuts the collection and is at work when it arrives.
#[tokio::test(flavor = "multi_thread")]
async fn what_its_successor_has_made_stays() {
    const DOCUMENTS: u32 = 1_500;
    let cluster = Cluster::start(1).await.unwrap();
    let database = cluster.client("test").await.unwrap().database("faults_lost_lead");
    insert_old(&database, 0..DOCUMENTS).await;
    let port = cluster.ports()[0];
    let entered = hold_up(port, "delete", doc! { "times": 1 }).await;

    let mut first = start(OPTIONS, &cluster.uri("first"), &database, None);
    until_held_up(port, entered).await;
    signal(first.id(), "STOP").unwrap();

    let report = Options { rate: 400, ..OPTIONS }.run(&database).await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.upgraded, u64::from(DOCUMENTS));

    first.kill().unwrap();
    first.wait().unwrap();
    cluster.stop().await.unwrap();
}

/// The first process counts what is left before it ends the job. While it stands still, another ends the job, and a third
/// begins a new one.
#[tokio::test(flavor = "multi_thread")]
async fn failures_that_were_recorded_since_stay() {
    let cluster = Cluster::start(1).await.unwrap();
    let database = cluster.client("test").await.unwrap().database("faults_late_removal");
    insert_old(&database, 0..50).await;
    let bad = Content { count: Count::Unreadable, ..Content::new(1, "bad", 1) };
    database.collection::<Document>(COLLECTION).insert_one(bad.stored(50)).await.unwrap();
    let port = cluster.ports()[0];
    // The first count is that of the beginning.
    let entered = hold_up(port, "aggregate", doc! { "skip": 1 }).await;

    let mut first = start(OPTIONS, &cluster.uri("first"), &database, None);
    until_held_up(port, entered).await;
    signal(first.id(), "STOP").unwrap();

    for upgraded_by_others in [50, 0] {
        let report = OPTIONS.run(&database).await.unwrap();
        assert_eq!((report.upgraded_by_others, report.failed), (upgraded_by_others, 1), "{report}");
    }
    fail_points::end(&[port]).await;
    signal(first.id(), "CONT").unwrap();
    assert!(first.wait().unwrap().success());

    let records = database.collection::<Document>(FAILURES).count_documents(doc! {}).await.unwrap();
    assert_eq!(records, 1);
    cluster.stop().await.unwrap();
}

/// Has commands of the first process wait in the server. Returns how often this is to have happened.
async fn hold_up(port: u16, command_name: &str, mode: impl Into<Bson>) -> i32 {
    let data = doc! {
        "failCommands": [command_name], "appName": "first", "blockConnection": true, "blockTimeMS": 3_000,
    };
    let hold_up = doc! { "configureFailPoint": "failCommand", "mode": mode.into(), "data": data };
    command(port, hold_up).await.unwrap().get_i32("count").unwrap() + 1
}

async fn until_held_up(port: u16, entered: i32) {
    let wait = doc! { "waitForFailPoint": "failCommand", "timesEntered": entered, "maxTimeMS": 9_000 };
    command(port, wait).await.unwrap();
}
