//! A rollback by the steps of the chain: the same differences and guards as on the way up.

use std::time::Duration;

use mongodb::{
    Database,
    bson::{Bson, Document, doc},
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{Error, Unknown, Upgrade, VersionedCollection, VersionedDocument, backfill::Work};
use serde::{Deserialize, Serialize};

use crate::{
    model::Article,
    state::dump,
    state::{bytes, state},
    support::database,
};

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "trips")]
struct TripV1 {
    #[serde(rename = "_id")]
    id: i32,
    name: String,
    fee: String,
    weight: i32,
    #[serde(default)]
    legs: Vec<LegV1>,
    #[serde(default)]
    ranks: Vec<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct LegV1 {
    port: String,
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = TripV1, reversible)]
struct TripV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = name)]
    title: String,
    #[versioned(try_with = |fee: String| fee.parse::<i64>(), back_with = |fee: i64| fee.to_string())]
    fee: i64,
    weight: i32,
    legs: Vec<LegV2>,
    ranks: Vec<i32>,
    #[versioned(added)]
    tags: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, Upgrade)]
#[versioned(previous = LegV1, reversible)]
struct LegV2 {
    #[versioned(from = port)]
    harbour: String,
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 3, previous = TripV2, reversible)]
struct TripV3 {
    #[serde(rename = "_id")]
    id: i32,
    title: String,
    #[versioned(with = |fee| Fee { cents: fee }, back_with = |fee: Fee| fee.cents)]
    fee: Fee,
    weight: i64,
    legs: Vec<LegV2>,
    #[versioned(with = back_to_front, back_with = back_to_front)]
    ranks: Vec<i32>,
    tags: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Fee {
    cents: i64,
}

fn back_to_front(mut ranks: Vec<i32>) -> Vec<i32> {
    ranks.reverse();
    ranks
}

fn trip(version: i32, id: i32) -> Document {
    let legs = |name: &str| vec![doc! { name: "Brake", "note": 1 }, doc! { name: "Bremen", "note": 2 }];
    let mut trip = doc! { "_id": id, "schemaVersion": version, "extra": { "a.b": 1 } };
    trip.extend(match version {
        1 => doc! { "name": "A", "fee": "7", "weight": 5, "legs": legs("port"), "ranks": [1, 2] },
        2 => {
            doc! { "title": "A", "fee": 7_i64, "weight": 5, "legs": legs("harbour"), "ranks": [1, 2], "tags": [] }
        }
        _ => doc! { "title": "A", "fee": { "cents": 7_i64 }, "weight": 5_i64, "legs": legs("harbour"),
            "ranks": [2, 1], "tags": [] },
    });
    trip
}

async fn trips(database: &Database) -> Vec<Document> {
    dump(database, "trips").await
}

async fn insert(database: &Database, trips: impl IntoIterator<Item = Document>) {
    database.collection::<Document>("trips").insert_many(trips).await.unwrap();
}

#[tokio::test]
async fn every_document_above_a_version_goes_back_to_it() {
    for target in 1..=3_u32 {
        let database = database().await;
        insert(&database, (1..=3).map(|version| trip(version, version))).await;
        let trips_ = VersionedCollection::<TripV3>::new(&database);
        let report = trips_.rollback().to_version(target).run().await.unwrap();
        assert!(report.is_clean(), "{report}");
        let written = u64::from(3 - target);
        assert_eq!(
            (report.rolled_back, report.work, report.target_version),
            (written, Work::Downgrade, target)
        );
        let expected: Vec<_> = (1..=3).map(|version| trip(version.min(target as i32), version)).collect();
        assert_eq!(trips(&database).await, expected);
        let again = trips_.rollback().to_version(target).run().await.unwrap();
        assert_eq!(again.rolled_back, 0, "{again}");
    }
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let database = database().await;
    insert(&database, (0..9).map(|id| trip(3, id))).await;
    let before = state(&database).await;
    let trips = VersionedCollection::<TripV3>::new(&database);
    let dry = trips.rollback().to_version(1).dry_run(true).run().await.unwrap();
    assert_eq!((dry.rolled_back, dry.failed), (9, 0), "{dry}");
    assert_eq!(state(&database).await, before);
}

#[tokio::test]
async fn what_cannot_go_back_is_reported_and_stays() {
    let database = database().await;
    let mut heavy = trip(3, 1);
    heavy.insert("weight", i64::MAX);
    let mut clash = trip(3, 2);
    clash.insert("name", "mine");
    let mut noted = trip(3, 3);
    noted.insert("fee", doc! { "cents": 7_i64, "note": "mine" });
    let newer = doc! { "_id": 4, "schemaVersion": 4, "title": "A" };
    let invalid = doc! { "_id": 5, "schemaVersion": "3" };
    insert(&database, [heavy, clash, noted, newer, invalid, trip(3, 6), trip(1, 7)]).await;
    let before = trips(&database).await;

    let trips_ = VersionedCollection::<TripV3>::new(&database);
    let report = trips_.rollback().to_version(1).run().await.unwrap();
    assert_eq!((report.rolled_back, report.failed, report.newer, report.remaining), (1, 4, 1, 0), "{report}");
    assert_eq!(report.exit_code(), 1);
    let mut kinds: Vec<_> = report
        .first_failures
        .iter()
        .map(|failure| (failure.id.as_i32().unwrap(), failure.kind, failure.path.as_deref(), failure.step))
        .collect();
    kinds.sort_unstable();
    let expected = [
        (1, "step", Some("weight"), Some((3, 2))),
        (2, "unknown_content", Some("name"), None),
        (3, "unknown_content", Some("fee.note"), None),
        (4, "newer", None, None),
        (5, "invalid_version", None, None),
    ];
    assert_eq!(kinds, expected);
    let step = report.first_failures.iter().find(|failure| failure.kind == "step").unwrap();
    assert!(
        step.error.starts_with("`TripV3` could not be written at schema version 1: the step back"),
        "{step:?}"
    );
    let after = trips(&database).await;
    assert_eq!(after[..5], before[..5]);
    assert_eq!(after[5..], [trip(1, 6), trip(1, 7)]);
}

#[tokio::test]
async fn newer_documents_are_not_clean() {
    let database = database().await;
    insert(&database, [doc! { "_id": 4, "schemaVersion": 4, "title": "A" }]).await;
    let trips = VersionedCollection::<TripV3>::new(&database);
    let report = trips.rollback().to_version(2).run().await.unwrap();
    assert_eq!((report.newer, report.failed, report.is_clean()), (1, 0, false), "{report}");
}

#[tokio::test]
async fn a_step_without_a_way_back_is_refused_at_once() {
    let database = database().await;
    let samples = crate::model::fixed_samples(10).into_iter().map(|sample| sample.stored);
    database.collection::<Document>("articles").insert_many(samples).await.unwrap();
    let before = state(&database).await;
    let articles = VersionedCollection::<Article>::new(&database);
    let error = articles.rollback().to_version(1).run().await.unwrap_err();
    assert!(matches!(error, Error::Irreversible { asked: 1, from: 3, to: 2, .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "`ArticleV3` cannot go back to schema version 1: the step from version 2 to 3 has no way back; add \
         `reversible` to the type of version 3, or roll back by pre-images"
    );
    for unknown in [0, 4] {
        let error = articles.rollback().to_version(unknown).run().await.unwrap_err();
        assert!(matches!(error, Error::UnknownVersion { oldest: 1, current: 3, .. }), "{error}");
    }
    assert_eq!(state(&database).await, before);
}

/// Others count while the documents go back; what they have counted is in the end result.
#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_update_is_lost() {
    const TRIPS: i32 = 300;
    let database = database().await;
    insert(&database, (0..TRIPS).map(|id| trip(3, id))).await;
    let raw = database.collection::<Document>("trips");
    let writer = async {
        for round in 0..3 {
            for id in (0..TRIPS).rev() {
                let inc = doc! { "$inc": { "extra.count": 1 }, "$set": { "extra.round": round } };
                raw.update_one(doc! { "_id": id }, inc).await.unwrap();
            }
        }
    };
    let trips_ = VersionedCollection::<TripV3>::new(&database);
    let rollback = trips_.rollback().to_version(1).batch_size(20).lease(Duration::from_secs(2)).run();
    let ((), report) = tokio::join!(writer, rollback);
    let report = report.unwrap();
    assert!(report.is_clean(), "{report}");
    for (stored, id) in trips(&database).await.into_iter().zip(0..) {
        let mut expected = trip(1, id);
        expected.insert("extra", doc! { "a.b": 1, "count": 3, "round": 2 });
        assert_eq!(stored, expected);
    }
}

/// Name, fee, legs with something unknown in them, ranks, and something unknown.
type Seed = (String, i32, Vec<(String, Option<Bson>)>, Vec<i32>, Option<Bson>);

#[test]
fn up_and_down_again_is_where_it_started() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let raw = database.collection::<Document>("trips");
    let trips_ = VersionedCollection::<TripV3>::new(&database);
    let unknown = || proptest::option::of(prop_oneof![any::<i32>().prop_map(Bson::from), Just(Bson::Null)]);
    let leg = ("[A-Z][a-z]{0,3}", unknown());
    let one = ("[a-z]{0,4}", any::<i32>(), vec(leg, 0..4), vec(any::<i32>(), 0..4), unknown());
    let config = Config { cases: 32, failure_persistence: None, ..Config::default() };
    let check = |seeds: Vec<Seed>| {
        runtime.block_on(async {
            let with = |mut document: Document, unknown: Option<Bson>| {
                document.extend(unknown.map(|value| ("unknown".to_owned(), value)));
                document
            };
            let stored: Vec<Document> = (0..)
                .zip(seeds)
                .map(|(id, (name, fee, legs, ranks, unknown))| {
                    let legs: Vec<Document> = legs
                        .into_iter()
                        .map(|(port, unknown)| with(doc! { "port": port }, unknown))
                        .collect();
                    let trip = doc! { "_id": id, "schemaVersion": 1, "name": name, "fee": fee.to_string(), "weight": fee,
                    "legs": legs, "ranks": ranks };
                    with(trip, unknown)
                })
                .collect();
            raw.delete_many(doc! {}).await.unwrap();
            raw.insert_many(&stored).await.unwrap();
            let forth = trips_.backfill().run().await.unwrap();
            prop_assert!(forth.is_clean(), "{}", forth);
            let back = trips_.rollback().to_version(1).run().await.unwrap();
            prop_assert!(back.is_clean() && back.rolled_back == forth.upgraded, "{}", back);
            // The order of fields is not kept by steps; documents are compared without it.
            prop_assert_eq!(trips(&database).await, stored);
            Ok(())
        })
    };
    TestRunner::new(config).run(&vec(one, 1..20), check).unwrap();
    let left = runtime.block_on(bytes(&database, "trips"));
    assert!(!left.is_empty());
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "trips")]
struct NoteV1 {
    #[serde(rename = "_id")]
    id: i32,
    text: String,
}

/// From here on, what is not known is kept.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = NoteV1, reversible)]
struct NoteV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = text)]
    body: String,
    #[versioned(unknown, added)]
    more: Unknown,
}

/// What the older version has no place for in its type has its place in the document.
#[tokio::test]
async fn what_a_version_only_keeps_stays_when_the_older_one_does_not() {
    let database = database().await;
    let stored =
        doc! { "_id": 1, "schemaVersion": 2, "colour": "red", "body": "a", "size": { "a.b": 1_i64 } };
    let clash = doc! { "_id": 2, "schemaVersion": 2, "body": "a", "text": "mine" };
    insert(&database, [stored, clash.clone()]).await;
    let notes = VersionedCollection::<NoteV2>::new(&database);
    let report = notes.rollback().to_version(1).run().await.unwrap();
    assert_eq!((report.rolled_back, report.failed), (1, 1), "{report}");
    assert_eq!(report.first_failures[0].kind, "unknown_content");
    let back = doc! { "_id": 1, "schemaVersion": 1, "colour": "red", "text": "a", "size": { "a.b": 1_i64 } };
    assert_eq!(trips(&database).await, [back, clash]);
}
