//! A process that had the lead of its job, and is behind the times.

use mongodb::bson::doc;
use schema_tests::faults::{
    cluster::{Cluster, command, signal},
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
    let held_up = doc! {
        "configureFailPoint": "failCommand", "mode": { "times": 1 },
        "data": {
            "failCommands": ["delete"], "appName": "first", "blockConnection": true, "blockTimeMS": 3_000,
        },
    };
    let entered = command(port, held_up).await.unwrap().get_i32("count").unwrap() + 1;

    let mut first = start(OPTIONS, &cluster.uri("first"), &database, None);
    let wait = doc! { "waitForFailPoint": "failCommand", "timesEntered": entered, "maxTimeMS": 60_000 };
    command(port, wait).await.unwrap();
    signal(first.id(), "STOP").unwrap();

    let report = Options { rate: 400, ..OPTIONS }.run(&database).await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.upgraded, u64::from(DOCUMENTS));

    first.kill().unwrap();
    first.wait().unwrap();
    cluster.stop().await.unwrap();
}
