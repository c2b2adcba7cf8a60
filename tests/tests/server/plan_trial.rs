//! The trial conversion of a plan: what it foresees is what a run does.

use std::{collections::BTreeMap, time::Duration};

use mongodb::bson::{Bson, Document, doc, serialize_to_vec};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{
    VersionedCollection,
    backfill::{
        FAILURES, Failure, JOBS, State,
        plan::{Change, Stored},
    },
};

use crate::{
    model::{Article, fixed_samples, flawed},
    state::{dump, state},
    support::database,
};

/// A failure without the words, which the record has as well.
type Known = (String, Bson, Option<i64>, Option<String>);

fn of_failure(failure: &Failure) -> Known {
    let version = failure.stored_version.map(i64::from);
    (failure.kind.to_owned(), failure.id.clone(), version, failure.path.clone())
}

fn of_record(record: &Document) -> Known {
    (
        record.get_str("kind").unwrap().to_owned(),
        record.get_document("_id").unwrap().get("document").unwrap().clone(),
        record.get_i64("storedVersion").ok(),
        record.get_str("path").ok().map(str::to_owned),
    )
}

/// Makes a foreseen change.
fn apply(document: &mut Document, change: &Change) {
    let (parent, name) = match change.path.rsplit_once('.') {
        Some((parent, name)) => (inside(document, parent), name),
        None => (document, change.path.as_str()),
    };
    match &change.after {
        Some(after) => drop(parent.insert(name, after.clone())),
        None => drop(parent.remove(name).expect("what is removed is there")),
    }
}

/// The document at a path such as `sizes[0]`.
fn inside<'a>(document: &'a mut Document, path: &str) -> &'a mut Document {
    let mut parts = path.split(['.', '[']);
    let first = document.get_mut(parts.next().unwrap()).unwrap();
    let value = parts.fold(first, |value, part| match value {
        Bson::Document(inner) => inner.get_mut(part).unwrap(),
        Bson::Array(elements) => &mut elements[part.trim_end_matches(']').parse::<usize>().unwrap()],
        other => panic!("{other} in {path}"),
    });
    value.as_document_mut().unwrap()
}

fn sorted(document: &Document) -> BTreeMap<&String, &Bson> {
    document.iter().collect()
}

#[test]
fn a_run_does_what_the_trial_of_all_foresees() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let articles = VersionedCollection::<Article>::new(&database);
    let raw = articles.collection().clone_with_type::<Document>();
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let documents = (1..40i32).prop_flat_map(|count| (0..count).map(flawed).collect::<Vec<_>>());
    let check = |documents: Vec<Document>| {
        runtime.block_on(async {
            for collection in [&raw, &database.collection(FAILURES)] {
                collection.delete_many(doc! {}).await.unwrap();
            }
            raw.insert_many(&documents).await.unwrap();
            let before = state(&database).await;
            let plan = articles.backfill().plan().all().examples(100).await.unwrap();
            prop_assert_eq!(state(&database).await, before);
            prop_assert!(plan.trial.complete && plan.can_run());

            let report = articles.backfill().run().await.unwrap();
            prop_assert_eq!(report.upgraded, plan.trial.upgraded());
            prop_assert_eq!(report.failed, plan.trial.failed());
            prop_assert_eq!(report.newer, plan.census.newer());

            // The failures: all by kind, the quoted ones in full.
            let records = dump(&database, FAILURES).await;
            let records: Vec<_> = records.iter().map(of_record).filter(|known| known.0 != "newer").collect();
            let (mut foreseen, mut recorded) = (BTreeMap::new(), BTreeMap::new());
            for (kind, count) in plan.trial.versions.iter().flat_map(|tried| &tried.failures) {
                *foreseen.entry((*kind).to_owned()).or_insert(0) += *count;
            }
            records.iter().for_each(|known| *recorded.entry(known.0.clone()).or_insert(0) += 1);
            prop_assert_eq!(foreseen, recorded);
            prop_assert_eq!(plan.trial.first_failures.len(), records.len().min(20));
            for failure in &plan.trial.first_failures {
                prop_assert!(records.contains(&of_failure(failure)), "{:?}", failure);
            }

            // The documents, and their size.
            let after = dump(&database, "articles").await;
            let mut bytes = 0;
            for (before, after) in documents.iter().zip(&after) {
                let mut expected = before.clone();
                if let Some(example) =
                    plan.trial.examples.iter().find(|example| Some(&example.id) == before.get("_id"))
                {
                    example.changes.iter().for_each(|change| apply(&mut expected, change));
                    bytes += serialize_to_vec(after).unwrap().len() as u64;
                }
                prop_assert_eq!(sorted(&expected), sorted(after));
            }
            prop_assert_eq!(plan.trial.examples.len() as u64, report.upgraded);
            prop_assert_eq!(plan.trial.bytes().after, bytes);
            Ok(())
        })
    };
    runner.run(&documents, check).unwrap();
}

#[tokio::test]
async fn a_sample_is_taken_of_each_version() {
    let database = database().await;
    let raw = database.collection::<Document>("articles");
    // Two of the three that are not of version 1 fail; among a thousand others, a sample of all would hardly meet them.
    let first =
        |id: i32| doc! { "_id": id, "schemaVersion": 1, "name": "Kettle", "price": "1.00", "stock": 1 };
    raw.insert_many((0..1000).map(first)).await.unwrap();
    raw.insert_many([
        doc! { "_id": 1000, "name": "Kettle", "price": "cheap", "stock": 1 },
        doc! { "_id": 1001, "schemaVersion": "1" },
        doc! { "_id": 1002, "schemaVersion": 2, "title": "Pot", "priceCents": 1_i64, "stock": 1_i64, "sizes": [] },
        doc! { "_id": 1003, "schemaVersion": 9 },
    ])
    .await
    .unwrap();
    let articles = VersionedCollection::<Article>::new(&database);
    let plan = articles.backfill().plan().sample(10).await.unwrap();
    let tried: Vec<_> = plan
        .trial
        .versions
        .iter()
        .map(|tried| (tried.stored, tried.documents, tried.tried, tried.upgraded, tried.failures.clone()))
        .collect();
    let fails = |kind| BTreeMap::from([(kind, 1)]);
    assert_eq!(
        tried,
        [
            (Stored::Version(1), 1000, 10, 10, BTreeMap::new()),
            (Stored::Version(2), 1, 1, 1, BTreeMap::new()),
            (Stored::Unversioned, 1, 1, 0, fails("step")),
            (Stored::Invalid, 1, 1, 0, fails("invalid_version")),
        ]
    );
    assert!(!plan.trial.complete);
    // All of version 1 are alike, so the estimate is exact.
    assert_eq!((plan.trial.upgraded(), plan.trial.failed()), (1001, 2));
    let ids: Vec<_> = plan.trial.examples.iter().map(|example| example.stored).collect();
    assert_eq!(ids, [Stored::Version(1), Stored::Version(2), Stored::Version(1)]);

    // As many as there are is all.
    assert!(articles.backfill().plan().sample(1000).await.unwrap().trial.complete);
    let counted = articles.backfill().plan().sample(0).await.unwrap();
    assert!(!counted.trial.complete);
    assert_eq!((counted.trial.upgraded(), counted.trial.examples.len()), (0, 0));
    assert_eq!(counted.census, plan.census);
}

#[tokio::test]
async fn a_plan_reads_as_a_page() {
    let database = database().await;
    let raw = database.collection::<Document>("articles");
    let sizes = vec![doc! { "label": "s", "grams": "5", "note": "kept" }];
    raw.insert_many([
        doc! { "_id": 1, "name": "Old kettle", "price": "12.50", "stock": 3, "legacySku": "K1", "sizes": sizes },
        doc! { "_id": 2, "schemaVersion": 1, "name": "Pot", "price": "cheap", "stock": 1 },
        doc! { "_id": 3, "schemaVersion": 3, "title": "Pan" },
        doc! { "_id": 4, "schemaVersion": 4 },
    ])
    .await
    .unwrap();
    let plan = VersionedCollection::<Article>::new(&database).backfill().plan().await.unwrap();
    let server = plan.server.to_string();
    let time = format!("{:.1} s of", plan.trial.converting().as_secs_f64());
    let page = plan.to_string().replace(&server, "<server>").replace(&time, "<time> of");
    insta::assert_snapshot!("plan", page);
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(json["trial"]["versions"][0]["stored"], serde_json::json!({ "version": 1 }));
    assert_eq!(json["census"]["versions"]["3"], 1);
}

/// The future of a plan can be given to another thread.
#[tokio::test]
async fn a_plan_may_be_made_elsewhere() {
    let database = database().await;
    let documents = fixed_samples(20).into_iter().map(|sample| sample.stored);
    database.collection::<Document>("articles").insert_many(documents).await.unwrap();
    let articles = VersionedCollection::<Article>::new(&database);
    let plan = tokio::spawn(async move { articles.backfill().plan().all().await }).await.unwrap().unwrap();
    assert_eq!(plan.trial.upgraded(), plan.census.upgradable());
}

/// The only honest account of the time to come is that of a backfill that was.
#[tokio::test]
async fn an_earlier_backfill_tells_the_pace() {
    let database = database().await;
    let insert = async |ids: std::ops::Range<i32>| {
        let documents =
            fixed_samples(ids.end).into_iter().skip(ids.start as usize).map(|sample| sample.stored);
        database.collection::<Document>("articles").insert_many(documents).await.unwrap();
    };
    insert(0..100).await;
    let articles = VersionedCollection::<Article>::new(&database);
    assert_eq!(articles.backfill().plan().await.unwrap().earlier, None);
    let report = articles.backfill().run().await.unwrap();
    insert(100..300).await;

    let plan = articles.backfill().plan().await.unwrap();
    let earlier = plan.earlier.as_ref().unwrap();
    assert_eq!(
        (earlier.upgraded, earlier.target_version, earlier.state),
        (report.upgraded, 3, State::Finished)
    );
    assert!(earlier.same_chain && earlier.elapsed > Duration::ZERO);
    let (once, twice) =
        (earlier.time_for(report.upgraded).unwrap(), earlier.time_for(2 * report.upgraded).unwrap());
    assert_eq!((once, twice), (earlier.elapsed, 2 * earlier.elapsed));
    assert!(plan.to_string().contains("at that pace"), "{plan}");

    // One that was begun by others and is not finished.
    let other = doc! { "$set": { "state": "running", "fingerprint": "another" } };
    database.collection::<Document>(JOBS).update_one(doc! { "_id": "articles" }, other).await.unwrap();
    let plan = articles.backfill().plan().await.unwrap();
    assert!(!plan.earlier.as_ref().unwrap().same_chain, "{plan}");
    assert_eq!(plan.earlier.as_ref().unwrap().time_for(1), None);
    assert!(plan.to_string().contains("a run refuses"), "{plan}");
    articles.backfill().run().await.unwrap_err();
}
