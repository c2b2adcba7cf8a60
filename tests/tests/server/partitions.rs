//! Partitions: a collection is cut evenly, up to its end.

use mongodb::bson::{Bson, Document, doc};
use schema_runtime::{
    DecodeOwned, VersionedCollection, VersionedDocument,
    backfill::{Ending, JOBS},
};

use schema_tests::stored::all;

use crate::support::database;

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "entries", version = 1)]
struct EntryV1 {
    text: String,
}

/// The function keeps the work from the server.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = EntryV1)]
struct EntryV2 {
    #[versioned(with = |text| text.to_lowercase())]
    text: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = EntryV1)]
struct DeclaredV2 {
    #[versioned(from = text)]
    line: String,
}

const ENTRIES: i32 = 60_000;
const SIZE: i32 = 6_000;

async fn cut_evenly<T: DecodeOwned + Send + Sync>() {
    let database = database().await;
    let raw = database.collection::<Document>("entries");
    for first in (0..ENTRIES).step_by(10_000) {
        let entries = (first..first + 10_000).map(|id| doc! { "_id": id, "text": "x".repeat(300) });
        raw.insert_many(entries).await.unwrap();
    }
    let entries = VersionedCollection::<T>::new(&database);
    let backfill = entries.backfill().partition_size(SIZE.unsigned_abs().into()).batch_size(100).workers(1);
    let tired = async {
        // Not before the partitions are there.
        let jobs = database.collection::<Document>(JOBS);
        while jobs.count_documents(doc! { "_id.number": 0 }).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        "it is enough".to_owned()
    };
    let report = backfill.stop_when(tired).run().await.unwrap();
    assert_eq!(report.ending, Ending::Interrupted("it is enough".to_owned()), "{report}");

    let jobs = database.collection::<Document>(JOBS);
    let mut bounds = vec![0];
    for partition in all(&jobs).await.unwrap() {
        if let Ok(upper) = partition.get_document("upper") {
            bounds.push(upper.get("at").and_then(Bson::as_i32).unwrap());
        }
    }
    bounds.push(ENTRIES);
    assert!(bounds.is_sorted() && (9..15).contains(&bounds.len()), "{bounds:?}");
    let longest = bounds.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(longest < SIZE * 5 / 2, "{bounds:?}");
}

#[tokio::test]
async fn the_work_of_the_client_is_cut_evenly() {
    cut_evenly::<EntryV2>().await;
}

#[tokio::test]
async fn the_work_of_the_server_is_cut_evenly() {
    cut_evenly::<DeclaredV2>().await;
}
