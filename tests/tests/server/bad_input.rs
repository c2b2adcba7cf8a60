//! Bad documents: each kind is its own error on the lazy path and in the failures collection, and none is changed.

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use schema_runtime::{DecodeErrorKind, Error, VersionedCollection, VersionedDocument, backfill::FAILURES};

use crate::support::database;

/// A chain whose first version has been retired.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, oldest, collection = "things", unversioned = "reject")]
struct ThingV2 {
    count: i32,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = ThingV2)]
struct ThingV3 {
    #[versioned(try_with = u8::try_from)]
    count: u8,
}

/// Each bad document with the name of its failure.
fn bad_documents() -> Vec<(&'static str, Document)> {
    vec![
        ("newer", doc! { "_id": "newer", "schemaVersion": 4, "count": 1 }),
        ("older", doc! { "_id": "older", "schemaVersion": 1, "count": 1 }),
        ("unversioned", doc! { "_id": "unversioned", "count": 1 }),
        ("invalid_version", doc! { "_id": "text", "schemaVersion": "2", "count": 1 }),
        ("invalid_version", doc! { "_id": "null", "schemaVersion": Bson::Null, "count": 1 }),
        ("invalid_version", doc! { "_id": "negative", "schemaVersion": -2, "count": 1 }),
        ("invalid_version", doc! { "_id": "fraction", "schemaVersion": 2.5, "count": 1 }),
        ("invalid_version", doc! { "_id": "out of range", "schemaVersion": 1_i64 << 40, "count": 1 }),
        ("invalid_version", doc! { "_id": "list", "schemaVersion": [3], "count": 1 }),
        ("body", doc! { "_id": "body", "schemaVersion": 2, "count": "many" }),
        ("step", doc! { "_id": "step", "schemaVersion": 2, "count": 1000 }),
    ]
}

#[tokio::test]
async fn each_kind_is_its_own_error() {
    let database = database().await;
    let raw = database.collection::<Document>("things");
    raw.insert_many(bad_documents().into_iter().map(|(_, document)| document)).await.unwrap();
    raw.insert_one(doc! { "_id": "good", "schemaVersion": 2, "count": 7 }).await.unwrap();
    let things = VersionedCollection::<ThingV3>::new(&database);

    // Reading one by one.
    for (kind, document) in bad_documents() {
        let id = document.get_str("_id").unwrap();
        let error = things.find_one(doc! { "_id": id }).await.unwrap_err();
        let Error::Decode(error) = &error else { panic!("{id}: {error}") };
        assert_eq!(error.kind().name(), kind, "{id}: {error}");
        assert_eq!(error.id(), Some(&Bson::from(id)));
        // The driver's own read has the same words.
        let driver = things.collection().find_one(doc! { "_id": id }).await.unwrap_err().to_string();
        assert!(driver.contains(&error.one_line()), "{driver}\n{}", error.one_line());
    }

    // All at once.
    let report = things.backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.newer, report.failed, report.passes), (1, 1, 10, 1), "{report}");
    let records: Vec<Document> =
        database.collection(FAILURES).find(doc! {}).await.unwrap().try_collect().await.unwrap();
    for (kind, document) in bad_documents() {
        let key = doc! { "collection": "things", "document": document.get_str("_id").unwrap() };
        let record = records
            .iter()
            .find(|record| record.get_document("_id").is_ok_and(|id| *id == key))
            .expect("a record");
        assert_eq!(record.get_str("kind").unwrap(), kind, "{record}");
        assert_eq!(record.get_i64("targetVersion").unwrap(), 3);
        // The bad document is as it was.
        assert_eq!(
            raw.find_one(doc! { "_id": document.get_str("_id").unwrap() }).await.unwrap(),
            Some(document)
        );
    }
    assert_eq!(records.len(), bad_documents().len());
    for body in records.iter().filter(|record| record.get_str("kind").is_ok_and(|kind| kind == "body")) {
        assert_eq!(body.get_str("path").unwrap(), "count", "{body}");
    }
    let step = records.iter().find(|record| record.get_str("kind").is_ok_and(|kind| kind == "step")).unwrap();
    assert_eq!(step.get_str("path").unwrap(), "count");
    assert_eq!(step.get_document("step").unwrap(), &doc! { "from": 2_i64, "to": 3_i64 });

    // A second run finds the same, and does not multiply the records.
    let report = things.backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.newer, report.failed), (0, 1, 10), "{report}");
    assert_eq!(database.collection::<Document>(FAILURES).count_documents(doc! {}).await.unwrap(), 11);
}

#[tokio::test]
async fn the_errors_carry_their_values() {
    let database = database().await;
    let raw = database.collection::<Document>("things");
    raw.insert_many(bad_documents().into_iter().map(|(_, document)| document)).await.unwrap();
    let things = VersionedCollection::<ThingV3>::new(&database);
    let error = async |id: &str| match things.find_one(doc! { "_id": id }).await {
        Err(Error::Decode(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(error("newer").await.kind(), DecodeErrorKind::Newer { stored: 4 }));
    assert!(matches!(error("older").await.kind(), DecodeErrorKind::Older { stored: 1 }));
    let step = error("step").await;
    assert!(matches!(step.kind(), DecodeErrorKind::Step { stored: 2, from: 2, to: 3, .. }));
    assert_eq!(
        step.one_line(),
        "`ThingV3` in `things`, _id \"step\": the step from schema version 2 to 3 failed: field `count` could not \
         be converted: out of range integral type conversion attempted"
    );
}
