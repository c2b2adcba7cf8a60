//! Migrations that wait for documents or for services, and do not hold up the others.

use std::time::Duration;

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{
    Schema, VersionedCollection, VersionedDocument,
    ledger::State,
    migration::Migration,
    runner::{Ending, RunReport},
    schema::{Problem, SchemaError},
    versions::{Member, Service},
};
use schema_tests::marks::{Way, prepare};

use super::{marking, states};
use crate::support::database;

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "parts", version = 1)]
pub(super) struct PartV1 {
    #[serde(rename = "_id")]
    id: i32,
    name: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = PartV1, reversible)]
pub(super) struct Part {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = name)]
    title: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "labels", version = 1)]
struct Label {
    name: String,
}

pub(super) async fn insert_old(database: &Database, count: i32) {
    let old = (0..count).map(|id| doc! { "_id": id, "schemaVersion": 1, "name": "Nut" });
    database.collection::<Document>("parts").insert_many(old).await.unwrap();
}

/// A live service of the release before.
pub(super) async fn old_release(database: &Database) -> Member {
    let service = Service::new("shop").release("1.0").heartbeat(Duration::from_secs(1));
    VersionedCollection::<PartV1>::new(database).join(service).await.unwrap()
}

/// One waits for documents, one for it, one for services, and one for nothing.
pub(super) fn waiting(database: &Database) -> Schema {
    let step = |id: &str| marking(id, &[Way::InTransaction]);
    Schema::new(database)
        .document::<Part>()
        .migration(step("1-stored").after_version::<Part>(2))
        .migration(step("2-behind").after("1-stored"))
        .migration(step("3-read").after_readers::<Part>(2))
        .migration(step("4-free"))
}

fn waits(report: &RunReport) -> Vec<&str> {
    match &report.ending {
        Ending::Waiting { migrations } => migrations.iter().map(|one| one.id.as_str()).collect(),
        _ => Vec::new(),
    }
}

pub(super) async fn completed(database: &Database) -> Vec<String> {
    let states = states(database).await.into_iter().filter(|(_, state)| *state == State::Completed);
    states.map(|(id, _)| id).collect()
}

#[tokio::test]
async fn what_waits_holds_up_what_asks_for_it_and_nothing_else() {
    let database = database().await;
    prepare(&database).await;
    insert_old(&database, 3).await;
    let old = old_release(&database).await;
    let schema = waiting(&database);
    let plan = schema.up().plan().await.unwrap();
    let planned: Vec<usize> = plan.moves.iter().map(|one| one.waits_for.len()).collect();
    assert_eq!(planned, [1, 1, 1, 0]);
    // Also with backfills, which would take from that service what it reads.
    for backfills in [false, true] {
        let report = schema.up().with_backfills(backfills).run().await.unwrap();
        assert_eq!(waits(&report), ["1-stored", "2-behind", "3-read"], "{report}");
        assert_eq!(report.exit_code(), 1);
        assert_eq!(completed(&database).await, ["4-free"]);
    }
    let report = schema.up().run().await.unwrap();
    assert!(report.to_string().contains("`2-behind` waits until `1-stored` is run"), "{report}");
    assert!(report.to_string().contains("there are some of version 1"), "{report}");
    assert!(report.to_string().contains("shop 1.0"), "{report}");

    old.leave().await.unwrap();
    let report = schema.up().run().await.unwrap();
    assert_eq!(waits(&report), ["1-stored", "2-behind"], "{report}");
    // Neither is out of order, for all that was run meanwhile.
    let report = schema.up().with_backfills(true).run().await.unwrap();
    assert!(report.is_done(), "{report}");
    assert_eq!(completed(&database).await.len(), 4);
    // On the way back nothing waits.
    insert_old_again(&database).await;
    let _old = old_release(&database).await;
    assert!(schema.down_all().run().await.unwrap().is_done());
}

async fn insert_old_again(database: &Database) {
    database
        .collection("parts")
        .insert_one(doc! { "_id": 77, "schemaVersion": 1, "name": "Nut" })
        .await
        .unwrap();
}

#[tokio::test]
async fn documents_that_are_there_are_not_waited_for() {
    let database = database().await;
    prepare(&database).await;
    VersionedCollection::<Part>::new(&database)
        .collection()
        .insert_one(Part { id: 1, title: "Nut".into() })
        .await
        .unwrap();
    assert!(waiting(&database).up().run().await.unwrap().is_done());
}

#[tokio::test]
async fn a_condition_that_can_never_be_met_is_refused() {
    let database = database().await;
    let schema = Schema::new(&database)
        .document::<Part>()
        .migration(Migration::new("a").after_version::<Part>(3))
        .migration(Migration::new("b").after_readers::<Label>(1));
    let SchemaError::Invalid { problems } = schema.check().unwrap_err() else { panic!() };
    let (id, documents) = ("a".to_owned(), "parts".to_owned());
    let unknown = Problem::UnknownVersion { id, documents, asked: 3, current: 2 };
    let (id, documents) = ("b".to_owned(), "labels".to_owned());
    assert_eq!(problems, [unknown, Problem::UnknownDocuments { id, documents }]);
    // Two types for the same documents.
    let both = Schema::new(&database).document::<Part>().document::<PartV1>();
    let SchemaError::Invalid { problems } = both.check().unwrap_err() else { panic!() };
    assert!(
        matches!(problems.as_slice(), [Problem::SameDocuments { collection, .. }] if collection == "parts")
    );
}
