//! What has failed: listed, repaired and tried again.

use mongodb::bson::{Document, doc};
use schema_runtime::{VersionedCollection, backfill::FAILURES};
use schema_tests::orders::{Order, insert_old};

use crate::support::database;

#[tokio::test]
async fn only_what_has_failed_is_tried_again() {
    let database = database().await;
    insert_old(&database, 100).await.unwrap();
    let raw = database.collection::<Document>("orders");
    raw.update_many(doc! { "_id": { "$lt": 30 } }, doc! { "$set": { "total": "much" } }).await.unwrap();
    let orders = VersionedCollection::<Order>::new(&database);
    let report = orders.backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (70, 30), "{report}");

    let listed = orders.failures(10).await.unwrap();
    assert_eq!(listed.len(), 10);
    let ids: Vec<_> = listed.iter().filter_map(|record| record.id.document.as_i32()).collect();
    assert_eq!(ids, (0..10).collect::<Vec<_>>());
    let line = listed[0].to_string();
    assert!(line.starts_with("0: step: "), "{line}");

    // Some are repaired, some are deleted, some stay as they are; and there is an old document that never failed.
    raw.update_many(doc! { "_id": { "$lt": 20 } }, doc! { "$set": { "total": "7" } }).await.unwrap();
    raw.delete_many(doc! { "_id": { "$gte": 20, "$lt": 25 } }).await.unwrap();
    raw.insert_one(doc! { "_id": 200, "total": "1" }).await.unwrap();

    let dry = orders.backfill().dry_run(true).retry_failed().await.unwrap();
    assert_eq!((dry.upgraded, dry.failed, dry.gone), (20, 5, 5), "{dry}");
    assert_eq!(orders.failures(100).await.unwrap().len(), 30);

    let report = orders.backfill().batch_size(7).retry_failed().await.unwrap();
    assert_eq!((report.upgraded, report.failed, report.gone, report.exit_code()), (20, 5, 5, 1), "{report}");
    let left = orders.failures(100).await.unwrap();
    assert_eq!(left.iter().map(|record| record.attempts).collect::<Vec<_>>(), [2; 5]);
    assert!(left.iter().all(|record| record.first_seen < record.last_seen));
    assert_eq!(raw.count_documents(doc! { "schemaVersion": 2 }).await.unwrap(), 90);
    assert!(!raw.find_one(doc! { "_id": 200 }).await.unwrap().unwrap().contains_key("schemaVersion"));
}

/// Two collections whose names begin alike keep their records apart.
#[tokio::test]
async fn records_belong_to_one_collection() {
    let database = database().await;
    let records = database.collection::<Document>(FAILURES);
    for name in ["order", "orders", "orders2"] {
        let raw = database.collection::<Document>(name);
        raw.insert_one(doc! { "_id": 1, "total": "much" }).await.unwrap();
        let orders = VersionedCollection::over(raw.clone_with_type::<Order>());
        assert_eq!(orders.backfill().run().await.unwrap().failed, 1);
    }
    let orders = VersionedCollection::<Order>::new(&database);
    assert_eq!(orders.failures(9).await.unwrap().len(), 1);
    database.collection::<Document>("orders").delete_many(doc! {}).await.unwrap();
    assert_eq!(orders.backfill().retry_failed().await.unwrap().gone, 1);
    assert_eq!(orders.failures(9).await.unwrap(), []);
    assert_eq!(records.count_documents(doc! {}).await.unwrap(), 2);
}

/// One document fails and is repaired while the pass goes on; as many as that are stored behind it by old code. They do not make up
/// for each other.
#[tokio::test]
async fn a_repaired_document_does_not_hide_one_that_was_passed_by() {
    let database = database().await;
    insert_old(&database, 100).await.unwrap();
    let raw = database.collection::<Document>("orders");
    raw.update_one(doc! { "_id": 0 }, doc! { "$set": { "total": "much" } }).await.unwrap();
    let orders = VersionedCollection::<Order>::new(&database);

    let meanwhile = async {
        while orders.failures(1).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let repaired = doc! { "_id": 0, "schemaVersion": 2, "total": 0_i64 };
        raw.replace_one(doc! { "_id": 0 }, repaired).await.unwrap();
        raw.insert_one(doc! { "_id": -1, "total": "5" }).await.unwrap();
    };
    let backfill = orders.backfill().batch_size(10).workers(1).max_rate(50.0).run();
    let (report, ()) = tokio::join!(backfill, meanwhile);
    let report = report.unwrap();
    assert_eq!((report.upgraded, report.failed, report.remaining, report.passes), (100, 0, 0, 2), "{report}");
    assert_eq!(orders.failures(1).await.unwrap(), []);
    assert_eq!(raw.count_documents(doc! { "schemaVersion": 2 }).await.unwrap(), 101);
}
