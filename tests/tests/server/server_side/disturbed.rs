//! A pass inside the server that is interrupted, shared, or beside writers.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use mongodb::{
    Client,
    bson::{Document, doc},
};
use schema_runtime::{
    VersionedCollection,
    backfill::{Ending, Event, Progress},
};

use super::job::{Item, dump, items, job, new, run};
use crate::support::uri;

#[tokio::test]
async fn an_interrupted_pass_goes_on_inside_the_server() {
    let (database, items) = items(3_000).await;
    let (told, mut seen) = tokio::sync::watch::channel(0);
    struct Watched(tokio::sync::watch::Sender<u64>);
    impl Progress for Watched {
        fn on(&self, event: &Event<'_>) {
            if let Event::Batch(snapshot) = event {
                self.0.send_replace(snapshot.upgraded);
            }
        }
    }
    let stop = async move {
        let _ = seen.wait_for(|upgraded| *upgraded >= 300).await;
        "it is enough".to_owned()
    };
    let backfill = items.backfill().batch_size(5).progress(Watched(told)).stop_when(stop);
    let report = backfill.run().await.unwrap();
    assert_eq!(report.ending, Ending::Interrupted("it is enough".to_owned()), "{report}");
    assert_eq!(job(&database).await.get_str("side").unwrap(), "server");
    let left = items.census().await.unwrap().upgradable();
    assert!((1..=2_700).contains(&left), "{left}");

    // The job says how, and not the process that takes it up.
    let report = items.backfill().server_side(false).run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.upgraded, report.upgraded_by_others, report.passes), (left, 3_000 - left, 1));
    assert_eq!(dump(&database).await, (0..3_000).map(new).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_share_it_and_one_that_dies_is_missed_for_its_lease() {
    let (database, _items) = items(12_000).await;
    let backfill = async |name: String, rate: f64| {
        let database = Client::with_uri_str(uri().await).await.unwrap().database(&name);
        let items = VersionedCollection::<Item>::new(&database);
        let backfill = items.backfill().batch_size(20).partition_size(1_000).workers(2);
        backfill.lease(Duration::from_secs(1)).max_rate(rate).run().await.unwrap()
    };
    let name = database.name().to_owned();
    let dies = tokio::spawn(backfill(name.clone(), 2_000.0));
    tokio::time::sleep(Duration::from_millis(700)).await;
    let others = [tokio::spawn(backfill(name.clone(), 1e6)), tokio::spawn(backfill(name, 1e6))];
    dies.abort();
    for other in others {
        let report = other.await.unwrap();
        assert!(report.is_clean() && report.passes == 1, "{report}");
    }
    assert_eq!(dump(&database).await, (0..12_000).map(new).collect::<Vec<_>>());
}

/// As beside the client's pass: each acknowledged hit of the old release is a view or a left-over `hits` at the end.
#[tokio::test(flavor = "multi_thread")]
async fn no_update_of_the_old_release_is_lost() {
    const ITEMS: i32 = 2_000;
    let (database, items) = items(ITEMS).await;
    let raw = database.collection::<Document>("items");
    let done = AtomicBool::new(false);
    let writer = async |seed: i32| {
        let (mut acknowledged, mut id) = (HashMap::<i32, i64>::new(), seed);
        while !done.load(Ordering::Relaxed) {
            id = (id * 21 + seed) % ITEMS;
            let hit = doc! { "$inc": { "hits": 1_i64 } };
            assert_eq!(raw.update_one(doc! { "_id": id }, hit).await.unwrap().modified_count, 1);
            *acknowledged.entry(id).or_default() += 1;
        }
        acknowledged
    };
    let job = async {
        let (report, first) = run(items.backfill().batch_size(2)).await;
        done.store(true, Ordering::Relaxed);
        assert!(report.is_clean() && first > 1_900, "{first} of {report}");
    };
    let ((), a, b, c) = tokio::join!(job, writer(1), writer(3), writer(7));
    for item in dump(&database).await {
        let id = item.get_i32("_id").unwrap();
        let counted = item.get_i64("views").unwrap() + item.get_i64("hits").unwrap_or(0);
        let written: i64 = [&a, &b, &c].iter().filter_map(|writes| writes.get(&id)).sum();
        assert_eq!(counted, written, "{item}");
    }
}
