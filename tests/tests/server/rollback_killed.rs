//! Kills in the middle of a backfill that keeps pre-images, and of a rollback: each document is in one of its two forms, and
//! another run does the rest.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{
    VersionedCollection,
    backfill::{JobHandle, PREIMAGES, State, Work},
};
use schema_tests::orders::{Order, insert_old, stored, upgraded};

use crate::{
    state::bytes,
    support::{database, uri},
};

const ORDERS: i32 = 1_500;
const LEASE: Duration = Duration::from_secs(1);

/// Has a process work for so many batches, and kills it.
async fn killed(database: &Database, mode: &str, batches: usize) {
    let mut job = Command::new(env!("CARGO_BIN_EXE_backfill_orders"))
        .args([uri().await, database.name(), mode])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(job.stdout.take().unwrap()).lines();
    assert_eq!(lines.take(batches).count(), batches, "the job ended by itself");
    job.kill().unwrap();
    job.wait().unwrap();
}

#[tokio::test]
async fn a_killed_rollback_loses_nothing() {
    let database = database().await;
    insert_old(&database, ORDERS).await.unwrap();
    let (before, after) = (stored(&database).await.unwrap(), upgraded(ORDERS));
    let raw = bytes(&database, "orders").await;
    let orders = VersionedCollection::<Order>::new(&database);

    for batches in [1, 9] {
        killed(&database, "keep", batches).await;
        // What is upgraded has its pre-image: it was there before.
        let preimages = database.collection::<Document>(PREIMAGES);
        for order in stored(&database).await.unwrap() {
            let kept = preimages.count_documents(doc! { "_id.document": order.get("_id") }).await.unwrap();
            assert!(!order.contains_key("schemaVersion") || kept > 0, "{order}");
        }
    }
    let report = orders.backfill().keep_preimages(LEASE * 3600).lease(LEASE).run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!(stored(&database).await.unwrap(), after);

    for batches in [1, 9] {
        killed(&database, "restore", batches).await;
        let now = stored(&database).await.unwrap();
        assert!(now != before && now != after);
        for ((now, before), after) in now.iter().zip(&before).zip(&after) {
            assert!(now == before || now == after, "{now}");
        }
    }
    let status = JobHandle::rollback(&database, "orders").status().await.unwrap().expect("a job");
    assert_eq!((status.state, status.collection.as_str()), (State::Running, "orders"), "{status}");
    assert!(matches!(status.work, Work::Restore { .. }) && status.tally.rolled_back > 0, "{status}");
    let left = orders.census().await.unwrap().current();
    let report = orders.rollback().lease(LEASE).run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    // Batches in flight at a kill are done and not counted, and found done by the next.
    assert_eq!(report.rolled_back, left, "{report}");
    assert_eq!(bytes(&database, "orders").await, raw);
}

#[tokio::test]
async fn a_killed_downgrade_loses_nothing() {
    let database = database().await;
    insert_old(&database, ORDERS).await.unwrap();
    let orders = VersionedCollection::<Order>::new(&database);
    orders.backfill().run().await.unwrap();
    for batches in [1, 9] {
        killed(&database, "downgrade", batches).await;
        let census = orders.census().await.unwrap();
        assert!(census.current() > 0 && census.upgradable() > 0, "{census}");
    }
    let left = orders.census().await.unwrap().current();
    let report = orders.rollback().to_version(1).lease(LEASE).run().await.unwrap();
    assert!(report.is_clean() && report.rolled_back == left, "{report}");
    let back =
        |id: i32| doc! { "_id": id, "total": (id * 3).to_string(), "note": "kept", "schemaVersion": 1 };
    assert_eq!(stored(&database).await.unwrap(), (0..ORDERS).map(back).collect::<Vec<_>>());
}
