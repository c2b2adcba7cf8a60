//! The backfill on a replica set of three whose primary is killed in the middle.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures_util::TryStreamExt;
use mongodb::{
    bson::{Document, doc},
    options::WriteConcern,
};
use schema_runtime::{
    VersionedCollection, VersionedDocument,
    backfill::{Event, FAILURES, Progress},
    local::LocalServer,
};

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "orders", version = 1)]
struct OrderV1 {
    #[serde(rename = "_id")]
    id: i32,
    total: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = OrderV1)]
struct OrderV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(try_with = |total| total.parse::<i64>())]
    total: i64,
}

/// How many documents are upgraded, for somebody beside the job.
struct Upgraded(Arc<AtomicU64>);

impl Progress for Upgraded {
    fn on(&self, event: &Event<'_>) {
        if let Event::Batch(snapshot) = event {
            self.0.store(snapshot.upgraded, Ordering::Relaxed);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_primary_costs_time_and_nothing_else() {
    const ORDERS: i32 = 5_000;
    let mut server = LocalServer::builder().replica_set(3).start().await.expect("a replica set");
    let database = server.client().await.unwrap().database("schema_test_failover");
    let raw = database.collection::<Document>("orders");
    raw.insert_many((0..ORDERS).map(|id| doc! { "_id": id, "total": (id * 3).to_string(), "note": "kept" }))
        .write_concern(WriteConcern::majority())
        .await
        .unwrap();

    let upgraded = Arc::new(AtomicU64::new(0));
    let orders = VersionedCollection::<OrderV2>::new(&database);
    let progress = Upgraded(Arc::clone(&upgraded));
    let job = tokio::spawn(async move { orders.backfill().batch_size(100).progress(progress).run().await });
    while upgraded.load(Ordering::Relaxed) < 1_000 {
        tokio::task::yield_now().await;
    }
    server.primary().await.unwrap().kill().unwrap();
    let at_the_kill = upgraded.load(Ordering::Relaxed);
    let report = job.await.unwrap().expect("the job outlives the primary");

    assert!(at_the_kill < 5_000, "the job had ended before the primary was killed");
    assert!(report.is_clean(), "{report}");
    let stored: Vec<Document> =
        raw.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap().try_collect().await.unwrap();
    let expected: Vec<Document> = (0..ORDERS)
        .map(|id| doc! { "_id": id, "total": i64::from(id * 3), "note": "kept", "schemaVersion": 2 })
        .collect();
    assert_eq!(stored, expected);
    assert_eq!(database.collection::<Document>(FAILURES).count_documents(doc! {}).await.unwrap(), 0);
    server.stop().await.unwrap();
}
