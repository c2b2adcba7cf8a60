//! A backfill with a pass inside the server.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use mongodb::{
    Database, IndexModel,
    bson::{Document, doc},
    options::IndexOptions,
};
use schema_runtime::{
    VersionedCollection, VersionedDocument,
    backfill::{Backfill, Event, JOBS, PREIMAGES, Progress, Report},
};

use crate::{
    state,
    support::{TestDatabase, database},
};

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

pub fn new(id: i32) -> Document {
    doc! { "_id": id, "schemaVersion": 2, "title": format!("Item {id}"), "views": 0_i64, "unit": "kg" }
}

pub async fn items(count: i32) -> (TestDatabase, VersionedCollection<Item>) {
    let database = database().await;
    database.collection::<Document>("items").insert_many((0..count).map(old)).await.unwrap();
    let items = VersionedCollection::new(&database);
    (database, items)
}

pub async fn dump(database: &Database) -> Vec<Document> {
    state::dump(database, "items").await
}

/// How many documents each pass has upgraded up to its end, by its number.
#[derive(Default, Clone)]
struct Passes(Arc<Mutex<HashMap<u32, u64>>>);

impl Progress for Passes {
    fn on(&self, event: &Event<'_>) {
        if let Event::Batch(snapshot) = event {
            assert!(snapshot.upgraded + snapshot.remaining + snapshot.failed >= snapshot.total);
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

pub async fn job(database: &Database) -> Document {
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
