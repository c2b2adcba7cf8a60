//! A backfill with a pass inside the server.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::TryStreamExt;
use mongodb::{
    Client, Database, IndexModel,
    bson::{Document, doc},
    options::IndexOptions,
};
use schema_runtime::{
    VersionedCollection, VersionedDocument,
    backfill::{Backfill, Ending, Event, JOBS, PREIMAGES, Progress, Report},
};

use crate::support::{TestDatabase, database, uri};

/// A chain of which every step says only what becomes of its fields.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "items", version = 1)]
pub struct ItemV1 {
    name: String,
    hits: i64,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ItemV1)]
pub struct Item {
    #[versioned(from = name)]
    title: String,
    #[versioned(from = hits)]
    views: i64,
    #[versioned(added = "kg".to_owned())]
    unit: String,
}

pub fn old(id: i32) -> Document {
    doc! { "_id": id, "name": format!("Item {id}"), "hits": 0_i64 }
}

fn new(id: i32) -> Document {
    doc! { "_id": id, "schemaVersion": 2, "title": format!("Item {id}"), "views": 0_i64, "unit": "kg" }
}

async fn items(count: i32) -> (TestDatabase, VersionedCollection<Item>) {
    let database = database().await;
    database.collection::<Document>("items").insert_many((0..count).map(old)).await.unwrap();
    let items = VersionedCollection::new(&database);
    (database, items)
}

pub async fn dump(database: &Database) -> Vec<Document> {
    let items = database.collection::<Document>("items");
    items.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap().try_collect().await.unwrap()
}

/// How many documents each pass has upgraded up to its end, by its number.
#[derive(Default, Clone)]
struct Passes(Arc<Mutex<HashMap<u32, u64>>>);

impl Progress for Passes {
    fn on(&self, event: &Event<'_>) {
        if let Event::Batch(snapshot) = event {
            assert!(snapshot.upgraded + snapshot.remaining >= snapshot.total - snapshot.failed);
            self.0.lock().unwrap().insert(snapshot.pass, snapshot.upgraded);
        }
    }
}

/// The report, and how many documents were upgraded in the first pass.
pub async fn run<T: schema_runtime::DecodeOwned + Send + Sync>(backfill: Backfill<'_, T>) -> (Report, u64) {
    let passes = Passes::default();
    let report = backfill.progress(passes.clone()).run().await.unwrap();
    let first = passes.0.lock().unwrap().get(&1).copied().unwrap_or(0);
    (report, first)
}

async fn job(database: &Database) -> Document {
    database.collection::<Document>(JOBS).find_one(doc! { "_id": "items" }).await.unwrap().expect("the job")
}

#[tokio::test]
async fn one_pass_is_enough_where_the_server_can_do_everything() {
    let (database, items) = items(2_000).await;
    let (report, _) = run(items.backfill().batch_size(5)).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.upgraded, report.already_there, report.passes), (2_000, 0, 1), "{report}");
    assert_eq!(job(&database).await.get_str("side").unwrap(), "server");
    assert_eq!(dump(&database).await, (0..2_000).map(new).collect::<Vec<_>>());
    let (report, _) = run(items.backfill()).await;
    assert_eq!((report.upgraded, report.passes), (0, 1), "{report}");
}

#[tokio::test]
async fn what_is_to_be_reported_is_reported() {
    let (database, items) = items(100).await;
    let odd = [
        doc! { "_id": 200, "schemaVersion": 3 },
        doc! { "_id": 201, "schemaVersion": "1", "name": "a", "hits": 1_i64 },
        doc! { "_id": 202, "name": "a" },
        doc! { "_id": 203, "name": "a", "hits": 1_i64, "title": "mine" },
        // Not certain to the server, and nothing special to the types.
        doc! { "_id": 204, "name": "a", "hits": 1_i32 },
    ];
    database.collection::<Document>("items").insert_many(&odd).await.unwrap();
    let (report, first) = run(items.backfill()).await;
    assert_eq!((report.upgraded, first, report.passes), (101, 100, 2), "{report}");
    assert_eq!((report.newer, report.failed, report.remaining), (1, 3, 0), "{report}");
    assert_eq!(dump(&database).await[100..104], odd[..4]);
    assert_eq!(items.failures(9).await.unwrap().len(), 4);
}

#[tokio::test]
async fn what_the_server_refuses_is_left_to_the_client() {
    let (database, items) = items(100).await;
    let unique = IndexOptions::builder()
        .unique(true)
        .partial_filter_expression(doc! { "title": { "$exists": true } })
        .build();
    let index = IndexModel::builder().keys(doc! { "title": 1 }).options(unique).build();
    let raw = database.collection::<Document>("items");
    raw.create_index(index).await.unwrap();
    raw.update_one(doc! { "_id": 50 }, doc! { "$set": { "name": "Item 20" } }).await.unwrap();
    let (report, first) = run(items.backfill()).await;
    assert_eq!((report.upgraded, report.failed, report.passes), (99, 1, 2), "{report}");
    assert!((50..99).contains(&first), "{first}");
    assert_eq!(report.first_failures[0].kind, "refused");
    assert_eq!(report.first_failures[0].id, 50.into());
}

#[tokio::test]
async fn it_may_be_switched_off() {
    let (database, items) = items(100).await;
    let (report, _) = run(items.backfill().server_side(false)).await;
    assert_eq!((report.upgraded, report.passes), (100, 1), "{report}");
    assert_eq!(job(&database).await.get_str("side").unwrap(), "client");
    assert_eq!(dump(&database).await.len(), 100);

    let (database, items) = self::items(100).await;
    let (report, _) = run(items.backfill().keep_preimages(Duration::from_secs(60))).await;
    assert_eq!((report.upgraded, report.passes), (100, 1), "{report}");
    let preimages = database.collection::<Document>(PREIMAGES).count_documents(doc! {}).await.unwrap();
    assert_eq!(preimages, 100);

    let (database, items) = self::items(100).await;
    let (report, _) = run(items.backfill().dry_run(true)).await;
    assert_eq!((report.upgraded, report.passes), (100, 1), "{report}");
    assert_eq!(dump(&database).await, (0..100).map(old).collect::<Vec<_>>());
}

/// Each range would be looked for in the whole of it.
#[tokio::test]
async fn a_clustered_collection_is_the_clients() {
    let database = database().await;
    let index = doc! { "key": { "_id": 1 }, "unique": true };
    database.run_command(doc! { "create": "items", "clusteredIndex": index }).await.unwrap();
    database.collection::<Document>("items").insert_many((0..50).map(old)).await.unwrap();
    let items = VersionedCollection::<Item>::new(&database);
    assert_eq!(items.backfill().plan().await.unwrap().server_side, None);
    let (report, _) = run(items.backfill()).await;
    assert!(report.is_clean() && report.upgraded == 50, "{report}");
    assert_eq!(job(&database).await.get_str("side").unwrap(), "client");
}

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

#[tokio::test]
async fn a_plan_says_who_does_what() {
    let (database, items) = items(3).await;
    let plan = items.backfill().plan().await.unwrap();
    let line = "  upgrade inside the server: no version, read as version 1\n";
    assert!(plan.to_string().contains(line), "{plan}");
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(json["serverSide"]["insideServer"][0], "no version, read as version 1");
    for off in [items.backfill().server_side(false), items.backfill().keep_preimages(Duration::from_secs(60))]
    {
        let plan = off.plan().await.unwrap();
        assert!(plan.server_side.is_none() && !plan.to_string().contains("inside the server"), "{plan}");
    }
    items.backfill().run().await.unwrap();
    let plan = items.backfill().plan().await.unwrap();
    assert!(!plan.to_string().contains("inside the server"), "{plan}");
    assert_eq!(dump(&database).await.len(), 3);
}
