//! The backfill on a replica set of three whose primary is killed in the middle.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use mongodb::bson::{Document, doc};
use schema_runtime::{
    VersionedCollection,
    backfill::{Event, FAILURES, Progress},
    local::LocalServer,
};
use schema_tests::orders::{Order, insert_old, stored, upgraded};

const ORDERS: i32 = 5_000;

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
    let mut server = LocalServer::builder().replica_set(3).start().await.expect("a replica set");
    let database = server.client().await.unwrap().database("schema_test_failover");
    insert_old(&database, ORDERS).await.unwrap();

    let done = Arc::new(AtomicU64::new(0));
    let orders = VersionedCollection::<Order>::new(&database);
    let progress = Upgraded(Arc::clone(&done));
    let job = tokio::spawn(async move { orders.backfill().batch_size(100).progress(progress).run().await });
    while done.load(Ordering::Relaxed) < 1_000 {
        tokio::task::yield_now().await;
    }
    server.primary().await.unwrap().kill().unwrap();
    let at_the_kill = done.load(Ordering::Relaxed);
    let report = job.await.unwrap().expect("the job outlives the primary");

    assert!(at_the_kill < 5_000, "the job had ended before the primary was killed");
    assert!(report.is_clean(), "{report}");
    assert_eq!(stored(&database).await.unwrap(), upgraded(ORDERS));
    assert_eq!(database.collection::<Document>(FAILURES).count_documents(doc! {}).await.unwrap(), 0);
    server.stop().await.unwrap();
}
