//! Pre-images of writes that never came about: of a process that was paused and woke up too late, of one that was killed before
//! its write, of an attempt that missed its guard. None of them is ever restored.

use std::time::Duration;

use mongodb::{
    Database,
    bson::{Document, doc, oid::ObjectId},
};
use schema_runtime::{VersionedCollection, backfill::PREIMAGES};
use schema_tests::orders::{Order, insert_old};

use crate::{
    concurrent_writers::{PageV2, TURN, meanwhile},
    state::bytes,
    support::{TestDatabase, database},
};

const HOUR: Duration = Duration::from_secs(3600);

async fn upgraded(count: i32) -> (TestDatabase, VersionedCollection<Order>) {
    let database = database().await;
    insert_old(&database, count).await.unwrap();
    let orders = VersionedCollection::<Order>::new(&database);
    let report = orders.backfill().keep_preimages(HOUR).run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    (database, orders)
}

/// Another pre-image of an order, inserted just now: what its process had read is `before`, and what it was to write comes of
/// that by the `set` of the true one. Its turn came `later` or sooner than that of the true one.
async fn insert_stale(database: &Database, order: i32, before: Document, later: i64) {
    let preimages = database.collection::<Document>(PREIMAGES);
    let mut stale = preimages.find_one(doc! { "_id.document": order }).await.unwrap().unwrap();
    let id = stale.get_document_mut("_id").unwrap();
    id.insert("token", ObjectId::new());
    let turn = stale.get_document_mut("order").unwrap();
    let lease = turn.get_i64("lease").unwrap();
    turn.insert("lease", lease + later);
    stale.insert("before", before);
    preimages.insert_one(stale).await.unwrap();
}

#[tokio::test]
async fn a_stale_pre_image_is_passed_by() {
    for batch_size in [1, 2, 1000] {
        let (database, orders) = upgraded(10).await;
        let restored = bytes(&database, PREIMAGES).await.len();
        assert_eq!(restored, 10);
        for order in 0..10 {
            for (note, later) in [("once", -1), ("later", 1), ("much later", 2)] {
                let before = doc! { "_id": order, "total": "1", "note": note };
                insert_stale(&database, order, before, later).await;
            }
        }
        let report = orders.rollback().batch_size(batch_size).run().await.unwrap();
        assert!(report.is_clean(), "{report}");
        assert_eq!((report.rolled_back, report.already_there, report.changed), (10, 0, 0), "{report}");
        let found = database.collection::<Document>("orders").count_documents(doc! { "note": "kept" }).await;
        assert_eq!(found.unwrap(), 10);
    }
}

/// The upgrade may make the same of two documents. Then it is not for the clocks to decide which of them was there.
#[tokio::test]
async fn of_two_that_fit_the_later_turn_counts() {
    let (database, orders) = upgraded(2).await;
    // What the step replaces does not show in the outcome.
    let other = |order: i32| doc! { "_id": order, "total": "+0", "note": "kept" };
    insert_stale(&database, 0, other(0), -1).await;
    insert_stale(&database, 1, other(1), 1).await;
    let report = orders.rollback().run().await.unwrap();
    assert!(report.is_clean() && report.rolled_back == 2, "{report}");
    let raw = database.collection::<Document>("orders");
    let total = async |order: i32| {
        let order = raw.find_one(doc! { "_id": order }).await.unwrap().unwrap();
        order.get_str("total").unwrap().to_owned()
    };
    assert_eq!((total(0).await, total(1).await), ("0".to_owned(), "+0".to_owned()));
}

/// A document that is changed between read and write has two pre-images; what was there at the write is restored.
#[tokio::test]
async fn what_was_there_at_the_write_comes_back() {
    let _turn = TURN.lock().await;
    let database = database().await;
    let raw = database.collection::<Document>("pages");
    raw.insert_one(doc! { "_id": 1, "hits": 5_i64, "text": "Hello" }).await.unwrap();
    meanwhile(&database, |pages| async move {
        pages.update_one(doc! { "_id": 1 }, doc! { "$inc": { "hits": 1 } }).await.unwrap();
    })
    .await;
    let pages = VersionedCollection::<PageV2>::new(&database);
    let report = pages.backfill().keep_preimages(HOUR).run().await.unwrap();
    assert_eq!((report.upgraded, report.conflicts), (1, 1), "{report}");
    assert_eq!(bytes(&database, PREIMAGES).await.len(), 2);

    let report = pages.rollback().run().await.unwrap();
    assert!(report.is_clean() && report.rolled_back == 1, "{report}");
    let page = raw.find_one(doc! {}).await.unwrap().unwrap();
    assert_eq!(page, doc! { "_id": 1, "hits": 6_i64, "text": "Hello" });
}
