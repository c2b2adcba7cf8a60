//! Every kind of collection and index comes back, through a folder and through a copy.

use mongodb::{
    Database,
    bson::{Bson, DateTime, Document, doc},
};
use schema_runtime::backup::{Backup, Copy, Restore};

use super::picture::{Picture, picture};
use crate::support::database;

/// One of each that a server of version 6.0 has.
async fn furnish(database: &Database) {
    let long = "long".repeat(50);
    for (name, options) in [
        ("plain", doc! {}),
        ("a/b:c%d \u{e4}", doc! {}),
        (&long, doc! {}),
        ("schema_backfills", doc! {}),
        ("capped", doc! { "capped": true, "size": 8192, "max": 5 }),
        (
            "validated",
            doc! {
                "validator": { "$jsonSchema": { "required": ["b", "a"], "properties": { "a": { "minimum": 1_i64 } } } },
                "validationLevel": "moderate",
                "validationAction": "error",
            },
        ),
        (
            "queried",
            doc! { "validator": { "at": { "$gt": DateTime::from_millis(7) }, "x": { "$regex": "^a", "$options": "i" } } },
        ),
        ("collated", doc! { "collation": { "locale": "de", "strength": 1, "numericOrdering": true } }),
        (
            "clustered",
            doc! { "clusteredIndex": { "key": { "_id": 1 }, "unique": true, "name": "by id" }, "expireAfterSeconds": 1_000_000_000_i64 },
        ),
        ("images", doc! { "changeStreamPreAndPostImages": { "enabled": true } }),
        (
            "weather",
            doc! {
                "timeseries": { "timeField": "at", "metaField": "station", "granularity": "minutes" },
                "expireAfterSeconds": 1_000_000_000_i64,
            },
        ),
        (
            "a view",
            doc! { "viewOn": "z view", "pipeline": [{ "$match": { "b": 1, "a": { "$gt": 2_i64 } } }] },
        ),
        ("z view", doc! { "viewOn": "plain", "pipeline": [{ "$set": { "d": DateTime::from_millis(1) } }] }),
        ("view of weather", doc! { "viewOn": "weather", "pipeline": [] }),
        ("collated view", doc! { "viewOn": "collated", "pipeline": [], "collation": { "locale": "de" } }),
    ] {
        let mut command = doc! { "create": name };
        command.extend(options);
        database.run_command(command).await.unwrap();
    }
    let indexes = |indexes: Vec<Document>| indexes.into_iter().map(Bson::from).collect::<Vec<_>>();
    let plain = indexes(vec![
        doc! { "key": { "b": 1, "a": -1, "c": 1_i64 }, "name": "in this order" },
        doc! { "key": { "u": 1.0 }, "name": "u", "unique": true, "sparse": true },
        doc! { "key": { "p": 1 }, "name": "p", "partialFilterExpression": { "x": { "$gt": 5_i64 }, "a": 1 } },
        doc! { "key": { "t": 1 }, "name": "t", "expireAfterSeconds": 1_000_000_000 },
        doc! { "key": { "h": 1 }, "name": "h", "hidden": true },
        doc! { "key": { "hashed": "hashed" }, "name": "hashed" },
        doc! { "key": { "words": "text", "title": "text", "y": 1 }, "name": "words", "weights": { "words": 3, "title": 7 }, "default_language": "german" },
        doc! { "key": { "$**": 1 }, "name": "all", "wildcardProjection": { "secret": 0, "b": 0 } },
        doc! { "key": { "under.$**": 1 }, "name": "under" },
        doc! { "key": { "sphere": "2dsphere", "a": 1 }, "name": "sphere" },
        doc! { "key": { "flat": "2d" }, "name": "flat", "bits": 20, "min": -10.0, "max": 10.0 },
        doc! { "key": { "co": 1 }, "name": "co", "collation": { "locale": "fr", "strength": 2, "backwards": true } },
    ]);
    let collated = indexes(vec![
        doc! { "key": { "a": 1 }, "name": "its own" },
        doc! { "key": { "a": 1 }, "name": "simple", "collation": { "locale": "simple" } },
        doc! { "key": { "words": "text" }, "name": "words", "collation": { "locale": "simple" } },
    ]);
    let weather = indexes(vec![doc! { "key": { "station": 1, "at": -1 }, "name": "station and time" }]);
    let clustered = indexes(vec![doc! { "key": { "a": 1 }, "name": "a" }]);
    for (name, indexes) in
        [("plain", plain), ("collated", collated), ("weather", weather), ("clustered", clustered)]
    {
        database.run_command(doc! { "createIndexes": name, "indexes": indexes }).await.unwrap();
    }
    let measured = (0..500_i64).map(|n| {
        doc! { "at": DateTime::from_millis(1_700_000_000_000 + n * 700_000), "station": n % 3, "value": n as f64 }
    });
    insert(database, "weather", measured.collect()).await;
    for name in ["plain", "a/b:c%d \u{e4}", &long, "schema_backfills", "images", "clustered"] {
        insert(database, name, (0..20).map(|id| doc! { "_id": id, "a": id, "b": 1 }).collect()).await;
    }
    // More than it takes, and in another order than that of the ids.
    insert(database, "capped", [7, 3, 9, 1, 8, 2, 6].map(|id| doc! { "_id": id }).to_vec()).await;
    insert(
        database,
        "collated",
        ["a1", "a10", "B", "\u{e4}2"].map(|id| doc! { "_id": id, "a": id }).to_vec(),
    )
    .await;
    insert(database, "validated", vec![doc! { "_id": 1 }, doc! { "_id": 2, "a": 1, "b": 2 }]).await;
    let function = Bson::JavaScriptCode("function () { return 1 }".to_owned());
    insert(database, "system.js", vec![doc! { "_id": "one", "value": function }]).await;
}

async fn insert(database: &Database, collection: &str, documents: Vec<Document>) {
    let inserted =
        database.collection(collection).insert_many(documents).bypass_document_validation(true).await;
    inserted.unwrap();
}

#[tokio::test]
async fn every_kind_of_collection_and_index_comes_back() {
    let (source, restored, copied, again) =
        (database().await, database().await, database().await, database().await);
    furnish(&source).await;
    let there = picture(&source).await;
    assert!(there["system.buckets.weather"].documents.len() > 3 && there["capped"].documents.len() == 5);

    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let report = Backup::of(&source).to(&folder).run().await.unwrap();
    assert_eq!(report.collections.len(), 16, "{report}");
    let report = Restore::from(&folder).into(&restored).run().await.unwrap();
    assert!(report.is_clean() && report.has_checksums, "{report}");
    same(&picture(&restored).await, &there);

    let report = Copy::from(&source).to(&copied).run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    same(&picture(&copied).await, &there);

    // What was restored has the same backup.
    let second = scratch.path().join("second");
    Backup::of(&restored).to(&second).run().await.unwrap();
    Restore::from(&second).into(&again).run().await.unwrap();
    same(&picture(&again).await, &there);
    // Into what is there, with and without the indexes and documents of before.
    Restore::from(&second).into(&again).drop_first().run().await.unwrap();
    same(&picture(&again).await, &there);
    let report = Restore::from(&second).into(&again).merge().run().await.unwrap();
    assert!(report.is_clean() && report.inserted() == 0, "{report}");
    same(&picture(&again).await, &there);
}

/// One by one, for a message that can be read.
fn same(found: &Picture, there: &Picture) {
    assert_eq!(found.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
    for (name, there) in there {
        assert_eq!(&found[name], there, "{name}");
    }
}
