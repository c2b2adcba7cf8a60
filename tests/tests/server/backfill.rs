//! The backfill: what it leaves behind, and what it leaves alone.

use std::sync::Mutex;

use mongodb::{
    Database, IndexModel,
    bson::{
        Binary, Bson, DateTime, Decimal128, Document, Regex, Timestamp, doc, oid::ObjectId, raw::cstr,
        spec::BinarySubtype,
    },
    options::{Collation, IndexOptions},
};
use schema_runtime::{
    VersionedCollection, VersionedDocument,
    backfill::{Event, FAILURES, JOBS, Progress},
};
use schema_tests::stored::all;

use crate::{
    model::{Article, fixed_samples},
    state::dump,
    support::database,
};

/// Documents of which only the id matters.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "articles")]
struct AnyIdV1 {
    #[serde(rename = "_id")]
    id: Bson,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = AnyIdV1)]
struct AnyIdV2 {
    #[serde(rename = "_id")]
    id: Bson,
    #[versioned(added)]
    seen: bool,
}

async fn insert(database: &Database, documents: impl IntoIterator<Item = Document>) {
    database.collection::<Document>("articles").insert_many(documents).await.unwrap();
}

fn old(id: impl Into<Bson>) -> Document {
    doc! { "_id": id.into(), "name": "Kettle", "price": "1.00", "stock": 1 }
}

#[tokio::test]
async fn every_document_ends_at_the_current_version() {
    let database = database().await;
    let samples = fixed_samples(500);
    insert(&database, samples.iter().map(|sample| sample.stored.clone())).await;
    let articles = VersionedCollection::<Article>::new(&database);

    let before = articles.census().await.unwrap();
    let report = articles.backfill().batch_size(64).run().await.unwrap();
    let after = articles.census().await.unwrap();

    assert!(report.is_clean(), "{report}");
    assert_eq!(report.upgraded, before.upgradable());
    assert_eq!((after.upgradable(), after.current(), after.total()), (0, 500, 500));
    assert_eq!(
        all(articles.collection()).await.unwrap(),
        samples.into_iter().map(|sample| sample.today).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let database = database().await;
    insert(&database, fixed_samples(200).into_iter().map(|sample| sample.stored)).await;
    let articles = VersionedCollection::<Article>::new(&database);
    articles.backfill().run().await.unwrap();
    let first = dump(&database, "articles").await;

    let report = articles.backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed, report.conflicts), (0, 0, 0));
    assert_eq!(dump(&database, "articles").await, first);
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let database = database().await;
    insert(&database, fixed_samples(200).into_iter().map(|sample| sample.stored)).await;
    insert(&database, [doc! { "_id": -1, "name": "Bad", "price": "cheap", "stock": 1 }]).await;
    let before = dump(&database, "articles").await;
    let articles = VersionedCollection::<Article>::new(&database);
    let upgradable = articles.census().await.unwrap().upgradable();

    let report = articles.backfill().dry_run(true).run().await.unwrap();
    assert!(report.dry_run);
    assert_eq!((report.upgraded, report.failed), (upgradable - 1, 1));
    assert_eq!(dump(&database, "articles").await, before);
    assert_eq!(database.list_collection_names().await.unwrap(), ["articles"]);
}

#[tokio::test]
async fn what_the_types_do_not_know_stays() {
    let database = database().await;
    let everything = doc! {
        "double": 1.5, "text": "t", "null": null, "bool": true, "date": DateTime::from_millis(1),
        "id": ObjectId::from_bytes([7; 12]), "binary": Binary { subtype: BinarySubtype::Uuid, bytes: vec![1; 16] },
        "decimal": "1.10".parse::<Decimal128>().unwrap(), "long": i64::MAX, "stamp": Timestamp { time: 1, increment: 2 },
        "regex": Bson::RegularExpression(Regex { pattern: cstr!("a").into(), options: cstr!("i").into() }), "min": Bson::MinKey, "max": Bson::MaxKey,
        "list": [1, { "a.b": 1 }], "code": Bson::JavaScriptCode("x".into()), "nan": -0.0,
    };
    let mut stored = old(1);
    stored.insert("everything", everything.clone());
    stored.insert("sizes", vec![doc! { "label": "s", "grams": "5", "note": everything.clone() }]);
    insert(&database, [stored]).await;

    VersionedCollection::<Article>::new(&database).backfill().run().await.unwrap();
    let after = dump(&database, "articles").await.remove(0);
    assert_eq!(after.get_document("everything").unwrap(), &everything);
    let size = doc! { "label": "s", "grams": 5, "note": everything };
    assert_eq!(after.get_array("sizes").unwrap(), &[Bson::Document(size)]);
    assert_eq!(after.get("legacySku"), None);
}

#[tokio::test]
async fn ids_of_every_type_are_reached_once() {
    let database = database().await;
    let ids: Vec<Bson> = vec![
        Bson::MinKey,
        Bson::Null,
        f64::NAN.into(),
        f64::NEG_INFINITY.into(),
        (-1).into(),
        2_i64.into(),
        2.5.into(),
        "7.5".parse::<Decimal128>().unwrap().into(),
        "".into(),
        "text".into(),
        Bson::Symbol("text2".into()),
        doc! {}.into(),
        doc! { "a": 1, "b": null }.into(),
        Binary { subtype: BinarySubtype::Generic, bytes: vec![1, 2] }.into(),
        Binary { subtype: BinarySubtype::Uuid, bytes: vec![0; 16] }.into(),
        ObjectId::from_bytes([1; 12]).into(),
        false.into(),
        true.into(),
        DateTime::from_millis(0).into(),
        Timestamp { time: 1, increment: 1 }.into(),
        Bson::JavaScriptCode("f".into()),
        Bson::MaxKey,
    ];
    insert(&database, ids.iter().map(|id| doc! { "_id": id.clone() })).await;
    let articles = VersionedCollection::<AnyIdV2>::new(&database);
    for batch_size in [1, 3] {
        let report = articles.backfill().batch_size(batch_size).run().await.unwrap();
        assert!(report.is_clean(), "{report}");
        let expected = if batch_size == 1 { ids.len() } else { 0 };
        assert_eq!(report.upgraded, expected as u64, "{report}");
    }
    assert_eq!(articles.census().await.unwrap().current(), ids.len() as u64);
}

/// Enough documents for several partitions, with ids of every type among each other.
#[tokio::test]
async fn partitions_cover_ids_of_every_type() {
    let database = database().await;
    let text = |n: i64| format!("{n:08}");
    let kinds: [fn(i64) -> Bson; 12] = [
        |n| (n * 3).into(),
        |n| (n as f64 + 0.5).into(),
        |n| format!("{}.25", n * 5).parse::<Decimal128>().unwrap().into(),
        |n| format!("{n:08}").into(),
        |n| doc! { "n": n }.into(),
        |n| doc! { "n": format!("{n}"), "m": { "a.b": n } }.into(),
        |n| Binary { subtype: BinarySubtype::Generic, bytes: n.to_be_bytes().to_vec() }.into(),
        |n| Binary { subtype: BinarySubtype::Uuid, bytes: i128::from(n).to_be_bytes().to_vec() }.into(),
        |n| ObjectId::from_bytes(i128::from(n).to_be_bytes()[4..].try_into().unwrap()).into(),
        |n| DateTime::from_millis(n * 1_000 - 1_000_000).into(),
        |n| Timestamp { time: u32::try_from(n).unwrap(), increment: 1 }.into(),
        |n| Bson::JavaScriptCode(format!("f{n}")),
    ];
    let few: [Bson; 6] =
        [Bson::MinKey, Bson::Null, f64::NAN.into(), true.into(), Bson::Symbol(text(-1)), Bson::MaxKey];
    let ids = (0..3_000).flat_map(|n| kinds.iter().map(move |kind| kind(n))).chain(few.clone());
    let documents: Vec<Document> = ids.map(|id| doc! { "_id": id }).collect();
    for documents in documents.chunks(10_000) {
        insert(&database, documents.to_vec()).await;
    }
    let count = 36_006;
    let articles = VersionedCollection::<AnyIdV2>::new(&database);
    let report = articles.backfill().run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    // None skipped, none twice.
    assert_eq!((report.upgraded, report.already_there, report.passes), (count, 0, 1), "{report}");
    assert_eq!(articles.census().await.unwrap().current(), count);
}

#[tokio::test]
async fn what_the_server_refuses_is_recorded() {
    let database = database().await;
    let articles = VersionedCollection::<Article>::new(&database);
    insert(&database, [old(1), old(2)]).await;
    let mut other = old(3);
    other.insert("name", "Pan");
    insert(&database, [other]).await;
    // The two kettles get the same slug.
    let unique = IndexOptions::builder()
        .unique(true)
        .partial_filter_expression(doc! { "slug": { "$exists": true } })
        .build();
    let index = IndexModel::builder().keys(doc! { "slug": 1 }).options(unique).build();
    articles.collection().create_index(index).await.unwrap();

    let report = articles.backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed, report.remaining), (2, 1, 0), "{report}");
    assert_eq!(report.first_failures[0].kind, "refused");
    let records = dump(&database, FAILURES).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].get_str("collection").unwrap(), "articles");
    assert!(records[0].get_str("error").unwrap().contains("11000"), "{}", records[0]);

    // Once the reason is gone, the next run settles it and its record.
    articles.collection().drop_indexes().await.unwrap();
    let report = articles.backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (1, 0), "{report}");
    assert_eq!(dump(&database, FAILURES).await, []);
}

#[tokio::test]
async fn text_ids_are_reached_whatever_their_collation() {
    let database = database().await;
    let collation =
        Collation::builder().locale("en").strength(mongodb::options::CollationStrength::Primary).build();
    database.create_collection("articles").collation(collation).await.unwrap();
    let ids = ["", "B", "a", "\u{f6}", "z"];
    database.collection("articles").insert_many(ids.map(|id| doc! { "_id": id, "n": 1 })).await.unwrap();
    let articles = VersionedCollection::<AnyIdV2>::new(&database);
    let report = articles.backfill().batch_size(2).run().await.unwrap();
    assert_eq!((report.upgraded, report.failed, report.passes), (5, 0, 1), "{report}");
    assert_eq!(articles.census().await.unwrap().current(), 5);
}

#[tokio::test]
async fn a_collection_that_is_not_there_is_done_at_once() {
    let database = database().await;
    let articles = VersionedCollection::<Article>::new(&database);
    let report = articles.backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed, report.passes), (0, 0, 1), "{report}");
    assert_eq!(database.list_collection_names().await.unwrap(), [JOBS]);
}

#[tokio::test]
async fn progress_is_told_from_start_to_finish() {
    #[derive(Default)]
    struct Log(Mutex<Vec<String>>);
    impl Progress for &Log {
        fn on(&self, event: &Event<'_>) {
            self.0.lock().unwrap().push(match event {
                Event::Started { total, .. } => format!("started with {total}"),
                Event::Batch(snapshot) => format!("{} of {}", snapshot.upgraded, snapshot.total),
                Event::Failed(failure) => failure.kind.to_owned(),
                Event::Finished(report) => format!("finished with {}", report.upgraded),
                _ => return,
            });
        }
    }
    let database = database().await;
    insert(&database, (0..5).map(old)).await;
    insert(&database, [doc! { "_id": 9, "schemaVersion": "3" }]).await;
    let log = Log::default();
    let articles = VersionedCollection::<Article>::new(&database);
    articles.backfill().batch_size(2).progress(&log).run().await.unwrap();
    assert_eq!(
        *log.0.lock().unwrap(),
        ["started with 5", "2 of 5", "4 of 5", "invalid_version", "5 of 5", "finished with 5"]
    );
}

#[tokio::test]
async fn a_census_counts_each_kind() {
    let database = database().await;
    insert(
        &database,
        [
            doc! { "_id": 1 },
            doc! { "_id": 2, "schemaVersion": 1 },
            doc! { "_id": 3, "schemaVersion": 1_i64 },
            doc! { "_id": 4, "schemaVersion": 1.0 },
            doc! { "_id": 5, "schemaVersion": 3 },
            doc! { "_id": 6, "schemaVersion": 7 },
            doc! { "_id": 7, "schemaVersion": "3" },
            doc! { "_id": 8, "schemaVersion": Bson::Null },
            doc! { "_id": 9, "schemaVersion": 1.5 },
            doc! { "_id": 10, "schemaVersion": [3] },
        ],
    )
    .await;
    let census = VersionedCollection::<Article>::new(&database).census().await.unwrap();
    assert_eq!(census.versions.clone().into_iter().collect::<Vec<_>>(), [(1, 3), (3, 1), (7, 1)]);
    assert_eq!((census.unversioned, census.invalid, census.total()), (1, 4, 10));
    assert_eq!((census.current(), census.upgradable(), census.newer()), (1, 4, 1));
}
