//! A replica set of three whose primary is killed in the middle: of a backfill, and of the updates of services that have joined.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use mongodb::bson::{Document, doc};
use schema_runtime::{
    VersionedCollection,
    backfill::{Event, FAILURES, Progress},
    local::LocalServer,
    versions::{Health, Service},
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

const FEW: i32 = 1_000;

/// What one service has heard of its updates of each document: how many were made, and of how many it does not know.
#[derive(Clone)]
struct Heard {
    made: Vec<i64>,
    unknown: Vec<i64>,
}

/// Adds one to each total in turn, from this one on, until it is told to stop.
async fn count_up(
    orders: VersionedCollection<Order>,
    first: i32,
    made: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
) -> Heard {
    let mut heard = Heard { made: vec![0; FEW as usize], unknown: vec![0; FEW as usize] };
    for id in (first..).map(|number| number % FEW) {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        match orders.update_one(doc! { "_id": id }, doc! { "$inc": { "total": 1_i64 } }).await {
            Ok(updated) => {
                assert_eq!(updated.matched_count, 1);
                heard.made[id as usize] += 1;
                made.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => heard.unknown[id as usize] += 1,
        }
    }
    heard
}

async fn until(reached: impl Fn() -> bool) {
    while !reached() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_that_have_joined_are_in_again_and_lose_no_update() {
    let mut server = LocalServer::builder().replica_set(3).start().await.expect("a replica set");
    let database = server.client().await.unwrap().database("schema_test_failover");
    insert_old(&database, FEW).await.unwrap();

    let (made, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let (mut members, mut updates) = (Vec::new(), Vec::new());
    for first in [0, FEW / 2] {
        let database = server.client().await.unwrap().database("schema_test_failover");
        let orders = VersionedCollection::<Order>::new(&database);
        let service = Service::new(format!("from {first}")).heartbeat(Duration::from_millis(500));
        members.push(orders.join(service).await.unwrap());
        updates.push(tokio::spawn(count_up(orders, first, Arc::clone(&made), Arc::clone(&stop))));
    }
    // Some documents are still old when the primary goes.
    until(|| made.load(Ordering::Relaxed) > 100).await;
    server.primary().await.unwrap().kill().unwrap();
    let at_the_kill = made.load(Ordering::Relaxed);
    until(|| made.load(Ordering::Relaxed) > at_the_kill + 4 * FEW as u64).await;
    stop.store(true, Ordering::Relaxed);
    let mut heard = Vec::new();
    for update in updates {
        heard.push(update.await.unwrap());
    }

    assert!(at_the_kill < FEW as u64, "all documents had been updated before the primary was killed");
    for order in stored(&database).await.unwrap() {
        let id = order.get_i32("_id").unwrap();
        let of = |counts: fn(&Heard) -> &Vec<i64>| {
            heard.iter().map(|heard| counts(heard)[id as usize]).sum::<i64>()
        };
        let (made, unknown) = (of(|heard| &heard.made), of(|heard| &heard.unknown));
        let added = order.get_i64("total").unwrap() - i64::from(id * 3);
        assert!(
            (made..=made + unknown).contains(&added),
            "{order}: {made} were made, of {unknown} nobody knows"
        );
        assert_eq!(order.get_str("note").ok(), Some("kept"));
    }
    let orders = VersionedCollection::<Order>::new(&database);
    until(|| members.iter().all(|member| member.health() == Health::Alive)).await;
    assert_eq!(orders.live_members().await.unwrap().len(), 2);
    assert_eq!(orders.verify_floor().await.unwrap().version, 2);
    server.stop().await.unwrap();
}
