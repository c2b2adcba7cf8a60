//! Verification: each kind of wrong document is found, none ends the run, and nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt;
use mongodb::{
    Database,
    bson::{Bson, Document, RawArrayBuf, RawDocumentBuf, doc, raw::cstr, rawdoc},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{
    VersionedCollection, VersionedDocument, backfill::FAILURES, decode, verify::Verification,
};
use serde::Serializer;

use crate::{
    model::{Article, fixed_samples, flawed},
    state::state,
    support::database,
};

/// A chain whose first version has been retired.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, oldest, collection = "things", unversioned = "reject")]
struct ThingV2 {
    count: i32,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = ThingV2)]
struct Thing {
    #[versioned(try_with = u8::try_from)]
    count: u8,
}

async fn insert(database: &Database, collection: &str, documents: impl IntoIterator<Item = Document>) {
    database.collection::<Document>(collection).insert_many(documents).await.unwrap();
}

/// The outcome, after it was seen that nothing was written for it.
async fn verified<T>(database: &Database) -> Verification
where
    T: schema_runtime::DecodeOwned + Send + Sync,
{
    let before = state(database).await;
    let verification = VersionedCollection::<T>::new(database).verify().run().await.unwrap();
    assert_eq!(state(database).await, before);
    verification
}

#[tokio::test]
async fn a_collection_is_clean_after_its_backfill_and_not_before() {
    let database = database().await;
    // More than one batch.
    let documents: Vec<_> = fixed_samples(2500).into_iter().map(|sample| sample.stored).collect();
    let is_old = |document: &&Document| document.get_i32("schemaVersion").ok() != Some(3);
    let old = documents.iter().filter(is_old).count() as u64;
    insert(&database, "articles", documents).await;
    let articles = VersionedCollection::<Article>::new(&database);

    let before = verified::<Article>(&database).await;
    assert_eq!((before.documents, before.decoded), (2500, 2500));
    assert_eq!(before.findings, BTreeMap::from([("not_current", old)]));
    assert_eq!(before.first_findings.len(), 20);
    assert_eq!(before.census, articles.census().await.unwrap());
    assert!(!before.is_clean() && before.complete);

    articles.backfill().run().await.unwrap();
    let after = verified::<Article>(&database).await;
    assert!(after.is_clean() && after.complete, "{after}");
    assert_eq!((after.documents, after.decoded, after.census.current()), (2500, 2500, 2500));
}

/// What a run could not bring up, and what is current by its stamp alone; no more and no less.
#[test]
fn it_finds_what_a_run_left() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let articles = VersionedCollection::<Article>::new(&database);
    let raw = articles.collection().clone_with_type::<Document>();
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let documents = (1..40i32).prop_flat_map(|count| (0..count).map(flawed).collect::<Vec<_>>());
    let check = |documents: Vec<Document>| {
        runtime.block_on(async {
            let failures = database.collection::<Document>(FAILURES);
            for collection in [&raw, &failures] {
                collection.delete_many(doc! {}).await.unwrap();
            }
            raw.insert_many(&documents).await.unwrap();
            let report = articles.backfill().run().await.unwrap();
            let verification = articles.verify().findings(100).run().await.unwrap();

            let records: Vec<Document> = failures.find(doc! {}).await.unwrap().try_collect().await.unwrap();
            let failed =
                records.iter().map(|record| record.get_document("_id").unwrap().get_i32("document").unwrap());
            let broken = documents.iter().filter(|document| {
                let bytes = RawDocumentBuf::try_from(*document).unwrap();
                document.get_i32("schemaVersion").is_ok_and(|version| version == 3)
                    && decode::<Article>(&bytes).is_err()
            });
            let expected: BTreeSet<i32> =
                failed.chain(broken.map(|document| document.get_i32("_id").unwrap())).collect();
            let found =
                verification.first_findings.iter().map(|finding| finding.id.as_i32().unwrap()).collect();
            prop_assert_eq!(expected, found, "{}", verification);
            prop_assert_eq!(verification.is_clean(), verification.findings.is_empty());
            let decode_newer = verification.findings.get("newer").copied().unwrap_or(0);
            prop_assert_eq!(decode_newer, report.newer);
            Ok(())
        })
    };
    runner.run(&documents, check).unwrap();
}

#[tokio::test]
async fn each_kind_is_found_with_its_place() {
    let database = database().await;
    let stored = |id: &str, version: Bson| doc! { "_id": id, "schemaVersion": version, "count": 1 };
    let misfit =
        |id: &str, version: i32, count: Bson| doc! { "_id": id, "schemaVersion": version, "count": count };
    insert(
        &database,
        "things",
        [
            stored("newer", 4.into()),
            stored("older", 1.into()),
            doc! { "_id": "unversioned", "count": 1 },
            stored("invalid_version", "3".into()),
            misfit("body", 3, "many".into()),
            misfit("step", 2, 1000.into()),
            stored("not_current", 2.into()),
            stored("good", 3_i64.into()),
        ],
    )
    .await;
    let verification = verified::<Thing>(&database).await;
    assert_eq!((verification.documents, verification.decoded), (8, 2));
    for finding in &verification.first_findings {
        assert_eq!(finding.id, Bson::from(finding.kind), "{finding:?}");
        let field = ["body", "step"].contains(&finding.kind).then_some("count");
        assert_eq!(finding.path.as_deref(), field, "{finding:?}");
        let version = match finding.kind {
            "newer" => Some(4),
            "older" => Some(1),
            "body" => Some(3),
            "step" | "not_current" => Some(2),
            _ => None,
        };
        assert_eq!(finding.stored_version, version, "{finding:?}");
        assert!(verification.to_string().contains(&finding.error));
    }
    assert_eq!(verification.first_findings.len(), 7);
    assert_eq!(verification.findings.values().sum::<u64>(), 7);

    let things = VersionedCollection::<Thing>::new(&database);
    let short = things.verify().findings(2).run().await.unwrap();
    assert_eq!((short.first_findings.len(), &short.findings), (2, &verification.findings));
    assert!(short.to_string().ends_with("    and 5 more\n"), "{short}");
}

/// What a service reads and could not write back.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "accounts")]
struct Account {
    #[serde(serialize_with = "short")]
    name: String,
    /// Not shown, and so not stored either.
    #[serde(skip_serializing_if = "is_secret")]
    secret: String,
}

fn short<S: Serializer>(name: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match name.len() {
        0..=5 => serializer.serialize_str(name),
        _ => Err(serde::ser::Error::custom("the name is too long")),
    }
}

fn is_secret(secret: &str) -> bool {
    secret == "secret"
}

#[tokio::test]
async fn what_cannot_be_written_back_is_found() {
    let database = database().await;
    insert(
        &database,
        "accounts",
        [
            doc! { "_id": 1, "schemaVersion": 1, "name": "Ada", "secret": "" },
            doc! { "_id": 2, "schemaVersion": 1, "name": "Augusta", "secret": "" },
            doc! { "_id": 3, "schemaVersion": 1, "name": "Ada", "secret": "secret" },
        ],
    )
    .await;
    let verification = verified::<Account>(&database).await;
    assert_eq!(verification.decoded, 3);
    let found: Vec<_> = verification
        .first_findings
        .iter()
        .map(|finding| (finding.id.clone(), finding.kind, finding.path.as_deref()))
        .collect();
    assert_eq!(found, [(2.into(), "encode", None), (3.into(), "round_trip", Some("secret"))]);
    assert!(verification.first_findings[0].error.contains("too long"), "{verification}");
}

/// Bytes that no driver could have written as text. They stand at the end of a batch, where the next one starts.
#[tokio::test]
async fn a_text_that_is_none_does_not_end_the_run() {
    let database = database().await;
    let good = |id: Bson| doc! { "_id": id, "schemaVersion": 3, "count": 1 };
    insert(&database, "things", (0..999).map(|id| good(id.into()))).await;
    let mut bytes = rawdoc! { "_id": "id??", "schemaVersion": 3, "count": 1 }.into_bytes();
    let place = bytes.windows(4).position(|window| window == b"id??").unwrap();
    bytes[place..place + 4].copy_from_slice(b"id\xff\xfe");
    let mut command = rawdoc! { "insert": "things" };
    command.append(cstr!("documents"), RawArrayBuf::from_iter([RawDocumentBuf::from_bytes(bytes).unwrap()]));
    database.run_raw_command(command).await.unwrap();
    insert(&database, "things", [good("the last".into())]).await;

    let verification = verified::<Thing>(&database).await;
    assert_eq!((verification.documents, verification.decoded), (1001, 1000));
    assert_eq!(verification.findings, BTreeMap::from([("body", 1)]));
    assert_eq!(verification.first_findings[0].id, Bson::Null);
}

#[tokio::test]
async fn a_sample_looks_at_some_and_counts_all() {
    let database = database().await;
    let good = |id: i32| doc! { "_id": id, "schemaVersion": 3, "count": 1 };
    insert(&database, "things", (0..3000).map(good)).await;
    let things = VersionedCollection::<Thing>::new(&database);
    let verification = things.verify().sample(1500).run().await.unwrap();
    assert_eq!(
        (verification.documents, verification.decoded, verification.census.total()),
        (1500, 1500, 3000)
    );
    assert!(verification.is_clean() && !verification.complete, "{verification}");

    // One old document among thousands: the sample may miss it, the census does not.
    insert(&database, "things", [doc! { "_id": -1, "schemaVersion": 2, "count": 1 }]).await;
    assert!(!things.verify().sample(1).run().await.unwrap().is_clean());
    // As many as there are is all.
    let all = things.verify().sample(3001).run().await.unwrap();
    assert_eq!((all.documents, all.complete), (3001, true));
    assert_eq!(all.findings, BTreeMap::from([("not_current", 1)]));
}

#[tokio::test]
async fn an_empty_collection_and_none_at_all_are_clean() {
    let database = database().await;
    assert!(verified::<Thing>(&database).await.is_clean());
    database.create_collection("things").await.unwrap();
    let verification = verified::<Thing>(&database).await;
    assert!(verification.is_clean() && verification.complete);
    assert!(VersionedCollection::<Thing>::new(&database).verify().sample(5).run().await.unwrap().is_clean());
}

/// What the server was asked, by its own account: reads, and none of what could be rolled back.
#[tokio::test]
async fn it_reads_what_a_majority_has() {
    let database = database().await;
    insert(&database, "things", (0..1500).map(|id| doc! { "_id": id, "schemaVersion": 3, "count": 1 })).await;
    let things = VersionedCollection::<Thing>::new(&database);
    database.run_command(doc! { "profile": 2 }).await.unwrap();
    things.verify().run().await.unwrap();
    things.verify().sample(10).run().await.unwrap();
    database.run_command(doc! { "profile": 0 }).await.unwrap();
    let asked = doc! { "ns": format!("{}.things", database.name()) };
    let profile = database.collection::<Document>("system.profile");
    let asked: Vec<Document> = profile.find(asked).await.unwrap().try_collect().await.unwrap();
    let mut commands = Vec::new();
    for entry in &asked {
        let command = entry.get_document("command").unwrap();
        let name = command.keys().next().unwrap().as_str();
        let command =
            if name == "getMore" { entry.get_document("originatingCommand").unwrap() } else { command };
        let concern = command.get_document("readConcern").unwrap_or_else(|_| panic!("{entry}"));
        assert_eq!(concern.get_str("level").unwrap(), "majority");
        commands.push(name);
    }
    assert!(commands.iter().all(|name| ["find", "aggregate", "getMore"].contains(name)), "{commands:?}");
    // Two batches, their end and what is after every end; the census and the sample.
    let count = |name| commands.iter().filter(|command| **command == name).count();
    assert_eq!((count("find"), count("aggregate")), (4, 2), "{commands:?}");
}
