//! What a backup and a copy have of a collection that is written meanwhile.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::backup::{Backup, Copy, Restore};
use schema_tests::stored::all;

use crate::support::database;

const DOCUMENTS: i32 = 4_000;

/// Updates documents so that they grow and shrink, and inserts and deletes others, until it is told to end.
async fn write(database: &Database, end: &AtomicBool) {
    let collection = database.collection::<Document>("things");
    let mut random = fastrand::Rng::with_seed(3);
    let mut turn = 0;
    while !end.load(Ordering::Relaxed) {
        turn += 1;
        let text = "x".repeat(random.usize(0..2_000));
        let ids: Vec<i32> = (0..50).map(|_| random.i32(0..DOCUMENTS)).collect();
        let update = doc! { "$set": { "a": turn, "text": text, "b": turn } };
        collection.update_many(doc! { "_id": { "$in": ids } }, update).await.unwrap();
        let guest = random.i32(-1_000..0);
        collection.delete_one(doc! { "_id": guest }).await.unwrap();
        collection.insert_one(doc! { "_id": guest, "a": turn, "b": turn }).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_there_all_the_time_is_there_once_and_whole() {
    let (source, restored, copied) = (database().await, database().await, database().await);
    let text = "y".repeat(1_000);
    let documents = (0..DOCUMENTS).map(|id| doc! { "_id": id, "a": 0, "text": &text, "b": 0 });
    source.collection("things").insert_many(documents).await.unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let end = AtomicBool::new(false);
    let work = async {
        for _ in 0..3 {
            Backup::of(&source).to(&folder).run().await.unwrap();
            Restore::from(&folder).into(&restored).drop_first().run().await.unwrap();
            std::fs::remove_dir_all(&folder).unwrap();
            Database::drop(&copied).await.unwrap();
            Copy::from(&source).to(&copied).run().await.unwrap();
            for database in [&restored, &copied] {
                let stored: Vec<Document> = all(&database.collection("things")).await.unwrap();
                let mut times = BTreeMap::<i32, u32>::new();
                for document in &stored {
                    assert_eq!(document.get("a"), document.get("b"), "{document}");
                    *times.entry(document.get_i32("_id").unwrap()).or_default() += 1;
                }
                assert!((0..DOCUMENTS).all(|id| times.get(&id) == Some(&1)));
            }
        }
        end.store(true, Ordering::Relaxed);
    };
    tokio::join!(work, write(&source, &end));
}
