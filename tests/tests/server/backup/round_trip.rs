//! Whatever documents there are come back, through a folder and through a copy.

use mongodb::{
    Database,
    bson::{RawDocumentBuf, Timestamp, doc, raw::cstr, rawdoc, spec::ElementType},
};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use schema_runtime::backup::{Backup, Copy, Restore};
use schema_tests::samples::{document, element, int32, samples, string};

use super::picture::{bytes, fill, picture, raw};
use crate::support::database;

/// Any value that the server takes for an `_id`, with a number in it that makes it another one.
fn id(number: i32) -> impl Strategy<Value = Vec<u8>> {
    let with = |kind, value: &[u8]| element(kind, "_id", value);
    let text = [5_i32.to_le_bytes().as_slice(), format!("{number:04}\0").as_bytes()].concat();
    let seconds = i64::from(number).to_le_bytes();
    let mut ids = vec![
        int32("_id", number),
        with(ElementType::Int64, &(i64::from(number) + (1 << 40)).to_le_bytes()),
        with(ElementType::Double, &(f64::from(number) + 0.5).to_le_bytes()),
        with(ElementType::String, &text),
        with(ElementType::ObjectId, &[[0; 8].as_slice(), &number.to_be_bytes()].concat()),
        with(ElementType::DateTime, &seconds),
        // With nothing but zeros for the first.
        with(ElementType::Timestamp, &seconds),
        with(ElementType::EmbeddedDocument, &document(&[int32("b", number), int32("a", 1)].concat())),
        with(
            ElementType::EmbeddedDocument,
            &document(&[int32("a", 1), string("b", &number.to_string())].concat()),
        ),
        with(ElementType::Binary, &[[4, 0, 0, 0, 0].as_slice(), &number.to_le_bytes()].concat()),
    ];
    if number == 0 {
        ids.extend([
            with(ElementType::Null, &[]),
            with(ElementType::MinKey, &[]),
            with(ElementType::MaxKey, &[]),
            with(ElementType::Boolean, &[1]),
            with(ElementType::Double, &f64::NAN.to_le_bytes()),
            with(ElementType::Double, &f64::NEG_INFINITY.to_le_bytes()),
        ]);
    }
    select(ids)
}

/// The elements of any of the samples, some of them with a timestamp that the server would replace.
fn elements() -> impl Strategy<Value = Vec<u8>> {
    let zero = |name: &'static str| Just(element(ElementType::Timestamp, name, &[0; 8]));
    let sample = || select(samples().into_iter().map(|sample| sample.elements).collect::<Vec<_>>());
    let one = prop_oneof![12 => sample(), 1 => zero("ts"), 1 => zero("a.b"), 1 => zero("$ts")];
    prop::collection::vec(one, 0..4).prop_map(|elements| elements.concat())
}

fn documents() -> impl Strategy<Value = Vec<RawDocumentBuf>> {
    (0..40i32).prop_flat_map(|count| {
        let one = |number| {
            (id(number), elements()).prop_map(|(id, rest)| {
                RawDocumentBuf::from_bytes(document(&[id, rest].concat())).expect("a document")
            })
        };
        (0..count).map(one).collect::<Vec<_>>()
    })
}

/// As it is: with a pipeline where an insert would replace a timestamp.
async fn insert(database: &Database, document: &RawDocumentBuf) {
    let things = raw(database, "things");
    if !document.as_bytes().windows(8).any(|bytes| bytes == [0; 8]) {
        things.insert_one(document).await.unwrap();
        return;
    }
    let id = document.get("_id").unwrap().unwrap();
    let pipeline = rawdoc! { "$replaceWith": { "$literal": document.clone() } };
    let mut filter = RawDocumentBuf::new();
    filter.append(cstr!("_id"), id);
    let statement = rawdoc! { "q": filter, "u": [pipeline], "upsert": true };
    database.run_raw_command(rawdoc! { "update": "things", "updates": [statement] }).await.unwrap();
}

#[test]
fn every_document_comes_back_byte_for_byte() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (source, restored, copied) =
        runtime.block_on(async { (database().await, database().await, database().await) });
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let check = |documents: Vec<RawDocumentBuf>| {
        runtime.block_on(async {
            for database in [&source, &restored, &copied] {
                Database::drop(database).await.unwrap();
            }
            source.create_collection("things").await.unwrap();
            for document in &documents {
                insert(&source, document).await;
            }
            let there = picture(&source).await;
            let mut sent: Vec<_> = documents.iter().map(|document| document.as_bytes()).collect();
            sent.sort();
            prop_assert_eq!(&there["things"].documents, &sent);

            let report = Backup::of(&source).to(&folder).run().await.unwrap();
            prop_assert_eq!(report.documents(), documents.len() as u64);
            let report = Restore::from(&folder).into(&restored).run().await.unwrap();
            prop_assert_eq!((report.inserted(), report.is_clean()), (documents.len() as u64, true));
            std::fs::remove_dir_all(&folder).unwrap();
            prop_assert_eq!(&picture(&restored).await, &there);

            let report = Copy::from(&source).to(&copied).run().await.unwrap();
            prop_assert!(report.is_clean(), "{}", report);
            prop_assert_eq!(&picture(&copied).await, &there);
            Ok(())
        })
    };
    runner.run(&documents(), check).unwrap();
}

/// The samples as the server would have them in any case, so that the property above cannot be one of nothing.
#[tokio::test]
async fn each_sample_with_a_zero_timestamp_comes_back() {
    let (source, restored, copied) = (database().await, database().await, database().await);
    let zero = element(ElementType::Timestamp, "zero", &[0; 8]);
    let samples = samples();
    for (number, sample) in (0..).zip(&samples) {
        let document = sample.between(&[int32("_id", number)], &[]);
        raw(&source, "things").insert_one(document).await.unwrap();
    }
    // With a pipeline, because an insert would replace it.
    let set = doc! { "$set": { "zero": Timestamp { time: 0, increment: 0 } } };
    source.collection::<RawDocumentBuf>("things").update_many(doc! {}, vec![set]).await.unwrap();
    let there = bytes(&source, "things").await;
    assert!(there.iter().all(|document| document.windows(zero.len()).any(|found| found == zero)));

    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    Backup::of(&source).to(&folder).run().await.unwrap();
    Restore::from(&folder).into(&restored).run().await.unwrap();
    Copy::from(&source).to(&copied).run().await.unwrap();
    for database in [&restored, &copied] {
        let found = bytes(database, "things").await;
        assert_eq!(found.len(), there.len());
        for ((found, there), sample) in found.iter().zip(&there).zip(&samples) {
            assert_eq!(found, there, "{}", sample.name);
        }
    }
}

/// More than one batch by count, by bytes, and documents of nearly the greatest size.
#[tokio::test]
async fn many_and_large_documents_come_back() {
    let (source, restored, copied) = (database().await, database().await, database().await);
    fill(&source, "many", 12_000).await;
    for id in 0..3 {
        let text = "x".repeat(16 * 1024 * 1024 - 200);
        let zero = Timestamp { time: 0, increment: 0 };
        let large = doc! { "_id": id, "text": text };
        source.collection("large").insert_one(large).await.unwrap();
        let set = doc! { "$set": { "zero": zero } };
        if id == 1 {
            source.collection::<RawDocumentBuf>("large").update_one(doc! { "_id": id }, set).await.unwrap();
        }
    }
    let there = picture(&source).await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let report = Backup::of(&source).to(&folder).run().await.unwrap();
    assert_eq!(report.documents(), 12_003);
    Restore::from(&folder).into(&restored).run().await.unwrap();
    assert!(picture(&restored).await == there);
    Copy::from(&source).to(&copied).run().await.unwrap();
    assert!(picture(&copied).await == there);
}
