//! The backfill beside a release that still writes version 1: no update of theirs is ever lost.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::TryStreamExt;
use mongodb::{
    Client, Collection, Database,
    bson::{Document, doc},
    options::{Collation, CollationStrength},
};
use schema_runtime::{VersionedCollection, VersionedDocument, backfill::Report};

use crate::support::{database, uri};

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "pages", version = 1)]
pub struct PageV1 {
    #[serde(rename = "_id")]
    id: i32,
    hits: i64,
    text: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = PageV1)]
pub struct PageV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = hits, with = interrupted)]
    views: i64,
    text: String,
}

/// What a conversion does before it returns: the moment between the job's read and its write.
static INTERRUPTION: Mutex<Option<Box<dyn FnOnce() + Send>>> = Mutex::new(None);

/// One interruption at a time: the tests share it.
pub static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn interrupted(hits: i64) -> i64 {
    let interruption = INTERRUPTION.lock().unwrap().take();
    if let Some(interruption) = interruption {
        interruption();
    }
    hits
}

/// Has `work` done at the next interruption, by another program as far as the job can tell: on a thread and with
/// a client of its own.
pub async fn meanwhile<F>(database: &Database, work: impl FnOnce(Collection<Document>) -> F + Send + 'static)
where
    F: Future<Output = ()>,
{
    let uri = uri().await;
    let name = database.name().to_owned();
    let interruption = move || {
        let writer = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let client = Client::with_uri_str(uri).await.unwrap();
                work(client.database(&name).collection("pages")).await;
            });
        });
        writer.join().unwrap();
    };
    *INTERRUPTION.lock().unwrap() = Some(Box::new(interruption));
}

fn page(id: i32, hits: i64) -> Document {
    doc! { "_id": id, "hits": hits, "text": "Hello" }
}

/// One page of version 1, a change to it between the job's read and its write, and what the page is at the end.
async fn after_a_change<F>(
    work: impl FnOnce(Collection<Document>) -> F + Send + 'static,
) -> (Report, Option<Document>)
where
    F: Future<Output = ()>,
{
    let database = database().await;
    after_a_change_in(&database, work).await
}

async fn after_a_change_in<F>(
    database: &Database,
    work: impl FnOnce(Collection<Document>) -> F + Send + 'static,
) -> (Report, Option<Document>)
where
    F: Future<Output = ()>,
{
    let _turn = TURN.lock().await;
    let raw = database.collection::<Document>("pages");
    raw.insert_one(page(1, 5)).await.unwrap();
    meanwhile(database, work).await;
    let report = VersionedCollection::<PageV2>::new(database).backfill().run().await.unwrap();
    assert!(INTERRUPTION.lock().unwrap().is_none(), "the job was not interrupted");
    (report, raw.find_one(doc! {}).await.unwrap())
}

#[tokio::test]
async fn an_update_by_the_old_release_is_kept() {
    let (report, after) = after_a_change(|pages| async move {
        pages.update_one(doc! { "_id": 1 }, doc! { "$inc": { "hits": 1 } }).await.unwrap();
    })
    .await;
    assert_eq!((report.upgraded, report.conflicts, report.failed), (1, 1, 0), "{report}");
    assert_eq!(after.unwrap(), doc! { "_id": 1, "text": "Hello", "schemaVersion": 2, "views": 6_i64 });
}

#[tokio::test]
async fn an_update_of_a_field_the_step_does_not_touch_is_kept() {
    let (report, after) = after_a_change(|pages| async move {
        pages.update_one(doc! { "_id": 1 }, doc! { "$set": { "text": "Bye" } }).await.unwrap();
    })
    .await;
    assert_eq!((report.upgraded, report.conflicts), (1, 1), "{report}");
    assert_eq!(after.unwrap(), doc! { "_id": 1, "text": "Bye", "schemaVersion": 2, "views": 5_i64 });
}

#[tokio::test]
async fn a_change_of_a_numbers_type_is_seen() {
    let (report, _) = after_a_change(|pages| async move {
        pages.update_one(doc! { "_id": 1 }, doc! { "$set": { "hits": 5_i32 } }).await.unwrap();
    })
    .await;
    assert_eq!((report.upgraded, report.conflicts), (1, 1), "{report}");
}

/// To a collection with a collation of its own, "Hello" may equal "HELLO"; to the guard it must not.
#[tokio::test]
async fn a_change_that_the_collation_takes_for_none_is_kept() {
    let database = database().await;
    let collation = Collation::builder().locale("en").strength(CollationStrength::Primary).build();
    database.create_collection("pages").collation(collation).await.unwrap();
    let (report, after) = after_a_change_in(&database, |pages| async move {
        pages.update_one(doc! { "_id": 1 }, doc! { "$set": { "text": "HELLO" } }).await.unwrap();
    })
    .await;
    assert_eq!((report.upgraded, report.conflicts), (1, 1), "{report}");
    assert_eq!(after.unwrap().get_str("text").unwrap(), "HELLO");
}

#[tokio::test]
async fn a_replacement_by_the_new_release_is_kept() {
    let (report, after) = after_a_change(|pages| async move {
        let pages = pages.clone_with_type::<PageV2>();
        pages
            .replace_one(doc! { "_id": 1 }, PageV2 { id: 1, views: 70, text: "New".to_owned() })
            .await
            .unwrap();
    })
    .await;
    assert_eq!((report.upgraded, report.already_there, report.conflicts), (0, 1, 0), "{report}");
    assert_eq!(after.unwrap(), doc! { "_id": 1, "schemaVersion": 2, "views": 70_i64, "text": "New" });
}

#[tokio::test]
async fn a_deleted_document_stays_deleted() {
    let (report, after) = after_a_change(|pages| async move {
        pages.delete_one(doc! { "_id": 1 }).await.unwrap();
    })
    .await;
    assert_eq!((report.upgraded, report.gone, report.failed), (0, 1, 0), "{report}");
    assert_eq!(after, None);
}

#[tokio::test]
async fn an_old_document_inserted_behind_the_job_is_found_by_another_pass() {
    let (report, after) = after_a_change(|pages| async move {
        pages.insert_one(page(0, 1)).await.unwrap();
    })
    .await;
    assert_eq!((report.upgraded, report.passes, report.remaining), (2, 2, 0), "{report}");
    assert_eq!(after.unwrap().get("schemaVersion"), Some(&2.into()));
}

/// Between the batch of the page that fails and the end of the job, somebody tries the failed ones again.
#[tokio::test]
async fn a_failed_document_that_is_tried_again_meanwhile_keeps_its_record() {
    let _turn = TURN.lock().await;
    let database = database().await;
    let raw = database.collection::<Document>("pages");
    raw.insert_one(doc! { "_id": 1, "hits": "many", "text": "Hello" }).await.unwrap();
    raw.insert_one(page(2, 5)).await.unwrap();
    meanwhile(&database, |pages| async move {
        let report = VersionedCollection::over(pages.clone_with_type::<PageV2>());
        let report = report.backfill().retry_failed().await.unwrap();
        assert_eq!(report.failed, 1, "{report}");
    })
    .await;
    let pages = VersionedCollection::<PageV2>::new(&database);
    let report = pages.backfill().batch_size(1).workers(1).run().await.unwrap();
    assert!(INTERRUPTION.lock().unwrap().is_none(), "the job was not interrupted");
    assert_eq!((report.upgraded, report.failed), (1, 1), "{report}");
    let records = pages.failures(9).await.unwrap();
    assert_eq!(records.iter().map(|record| record.attempts).collect::<Vec<_>>(), [2]);
}

/// Several writers of the old release count hits while the job runs. Each hit that the server has acknowledged
/// must be in the end result: as a view where it came before the upgrade, as a left-over `hits` where the old release
/// wrote to a document of the new version.
#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_update_is_lost() {
    const PAGES: i32 = 400;
    let _turn = TURN.lock().await;
    let database = database().await;
    let raw = database.collection::<Document>("pages");
    raw.insert_many((0..PAGES).map(|id| page(id, 0))).await.unwrap();

    let done = AtomicBool::new(false);
    let writer = async |seed: i32| {
        let mut acknowledged: HashMap<i32, i64> = HashMap::new();
        let mut id = seed;
        while !done.load(Ordering::Relaxed) {
            // A linear congruential generator of full period: it visits every page, in a scattered order.
            id = (id * 21 + seed) % PAGES;
            let result =
                raw.update_one(doc! { "_id": id }, doc! { "$inc": { "hits": 1_i64 } }).await.unwrap();
            assert_eq!(result.modified_count, 1);
            *acknowledged.entry(id).or_default() += 1;
        }
        acknowledged
    };
    let job = async {
        let report =
            VersionedCollection::<PageV2>::new(&database).backfill().batch_size(50).run().await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        done.store(true, Ordering::Relaxed);
        report
    };
    let (report, a, b, c) = tokio::join!(job, writer(1), writer(3), writer(7));
    assert!(report.is_clean(), "{report}");

    let pages: Vec<Document> = raw.find(doc! {}).await.unwrap().try_collect().await.unwrap();
    assert_eq!(pages.len(), 400);
    for page in pages {
        let id = page.get_i32("_id").unwrap();
        assert_eq!(page.get("schemaVersion"), Some(&2.into()), "{page}");
        let counted = page.get_i64("views").unwrap() + page.get_i64("hits").unwrap_or(0);
        let written: i64 = [&a, &b, &c].iter().filter_map(|writes| writes.get(&id)).sum();
        assert_eq!(counted, written, "{page}");
    }
}
