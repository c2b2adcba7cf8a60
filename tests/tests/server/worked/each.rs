//! What holds of every history.

use mongodb::bson::Document;
use schema_examples::histories::{History, all};
use schema_runtime::{schema::SchemaError, startup::Startup};
use serde_json::{Value, json};

use super::{
    HERE, WAYS, Way, answer, arrived, begun, bytes, go, has_documents, id, old, one, run, schema, start,
    stored,
};
use crate::support::{TestDatabase, database};

/// Nothing is left to do: every part says so.
async fn is_newest(history: &History, database: &TestDatabase) {
    let name = history.name;
    let status = answer(history, database, 0, &[&["status"], &HERE[..]].concat()).await;
    for migration in status["migrations"].as_array().unwrap() {
        assert_eq!(migration["state"], "completed", "{name}: {migration}");
    }
    for documents in status["documents"].as_array().unwrap() {
        let current = documents["currentVersion"].to_string();
        let versions = documents["census"]["versions"].as_object().unwrap();
        assert!(versions.keys().all(|version| *version == current), "{name}: {documents}");
        assert_eq!(documents["census"]["unversioned"], 0, "{name}: {documents}");
        assert_eq!(documents["missingIndexes"], json!([]), "{name}: {documents}");
        assert_eq!(documents["failed"], 0, "{name}: {documents}");
    }
    let checked = answer(history, database, 0, &[&["check"], &HERE[..]].concat()).await;
    assert_eq!(checked["wrong"], json!({}), "{name}");
    assert!(checked["sound"].as_array().unwrap().contains(&json!("migrations")), "{name}: {checked}");
    assert!(schema(history, database).validate().await.unwrap().is_sound(), "{name}");
    assert!(start(history, database, Startup::Validate).await.is_ok(), "{name}");
}

/// Doing it again changes nothing, and says so.
async fn again_is_nothing(history: &History, database: &TestDatabase) {
    let before = bytes(database).await;
    let report = answer(history, database, 0, &[&["up"], &HERE[..]].concat()).await;
    assert_eq!(report["ending"]["ending"], "nothingToDo", "{}", history.name);
    if has_documents(history) {
        let reports = answer(history, database, 0, &["backfill", "--all"]).await;
        let upgraded: Vec<&Value> =
            reports.as_object().unwrap().values().map(|one| &one["upgraded"]).collect();
        assert!(upgraded.iter().all(|count| **count == 0), "{}: {reports}", history.name);
    }
    for way in WAYS {
        go(history, database, way).await;
    }
    assert_eq!(bytes(database).await, before, "{}", history.name);
}

#[tokio::test]
async fn an_empty_server_comes_to_the_newest_version() {
    for history in all() {
        let mut ends = Vec::new();
        for way in WAYS {
            let database = database().await;
            assert!(
                start(&history, &database, Startup::Validate).await.is_err() == has_work(&history),
                "{way:?}"
            );
            go(&history, &database, way).await;
            is_newest(&history, &database).await;
            again_is_nothing(&history, &database).await;
            ends.push(bytes(&database).await);
        }
        assert!(ends.iter().all(|end| *end == ends[0]), "{}: {ends:?}", history.name);
    }
}

/// Whether even an empty database is not yet what the schema says: a migration is pending, or an index is not there.
fn has_work(history: &History) -> bool {
    history.name != "catalogue"
}

#[tokio::test]
async fn every_way_ends_in_the_same_documents() {
    for history in all() {
        let mut ends = Vec::new();
        for way in WAYS {
            let database = arrived(&history, way).await;
            is_newest(&history, &database).await;
            again_is_nothing(&history, &database).await;
            ends.push(stored::<Document>(&database).await);
        }
        assert!(ends.iter().all(|end| *end == ends[0]), "{}: {ends:?}", history.name);
    }
}

/// Somebody has stopped behind each of the migrations, and another way is taken from there.
#[tokio::test]
async fn a_database_behind_any_migration_goes_on_from_there() {
    for history in all() {
        let end = stored::<Document>(&*arrived(&history, Way::Before).await).await;
        let empty = database().await;
        let status = schema(&history, &empty).status().await.unwrap();
        for (place, migration) in status.migrations.iter().enumerate() {
            let database = begun(&history).await;
            let up = schema(&history, &database);
            // Where something is in the way it ends before that.
            let _ = up.up_to(&migration.id).with_backfills(true).run().await.unwrap();
            let way = WAYS[place % WAYS.len()];
            go(&history, &database, way).await;
            history.repair(&database).await.unwrap();
            go(&history, &database, way).await;
            let came_to = stored::<Document>(&database).await;
            assert_eq!(came_to, end, "{} from {}", history.name, migration.id);
        }
    }
}

/// The release before is still writing: some documents come in behind the first time.
#[tokio::test]
async fn documents_that_come_in_later_are_brought_up_as_well() {
    for history in all().into_iter().filter(|history| ["catalogue", "conversations"].contains(&history.name))
    {
        let end = stored::<Document>(&*arrived(&history, Way::Before).await).await;
        for way in WAYS {
            let seed = fastrand::u64(..);
            let mut random = fastrand::Rng::with_seed(seed);
            let database = database().await;
            let mut later = Vec::new();
            for (collection, documents) in (history.old)() {
                let collection = database.collection(collection);
                for document in documents {
                    if random.bool() {
                        later.push((collection.clone(), document));
                    } else {
                        collection.insert_one(document).await.unwrap();
                    }
                }
            }
            go(&history, &database, way).await;
            for (collection, document) in later {
                collection.insert_one(document).await.unwrap();
            }
            go(&history, &database, way).await;
            history.repair(&database).await.unwrap();
            go(&history, &database, way).await;
            is_newest(&history, &database).await;
            let came_to = stored::<Document>(&database).await;
            assert_eq!(came_to, end, "{} {way:?}, seed {seed}", history.name);
        }
    }
}

#[tokio::test]
async fn what_is_not_as_it_should_be_is_told_and_left_as_it_was() {
    for history in all() {
        for way in WAYS {
            let database = begun(&history).await;
            let before = old(&history);
            go(&history, &database, way).await;
            let told = run(&history, &database, &[&["up"], &HERE[..]].concat()).await;
            let mut told = String::from_utf8([told.stdout, told.stderr].concat()).unwrap();
            if has_documents(&history) {
                let failed = run(&history, &database, &["list-failed", "--all"]).await;
                told.push_str(&String::from_utf8(failed.stdout).unwrap());
            }
            for repair in (history.repairs)() {
                let as_it_was = before.values().flatten().find(|old| id(old) == repair.id);
                let now = one(&database, repair.collection, repair.id).await;
                assert_eq!(Some(&now), as_it_was, "{} {way:?}", history.name);
                assert!(told.contains(repair.id), "{} {way:?}: {} in {told}", history.name, repair.id);
            }
            let before: usize = before.values().map(Vec::len).sum();
            let ours = old(&history);
            let now = bytes(&database).await;
            let kept = now
                .values()
                .flatten()
                .filter(|document| ours.values().flatten().any(|old| id(old) == id(document)));
            assert!(kept.count() >= before, "{} {way:?}: {now:?}", history.name);
        }
    }
}

#[tokio::test]
async fn a_service_that_changes_nothing_refuses_old_documents() {
    for history in all() {
        let database = begun(&history).await;
        let Err(SchemaError::NotReady { reasons }) = start(&history, &database, Startup::Validate).await
        else {
            panic!("{} serves", history.name);
        };
        assert!(!reasons.is_empty());
        assert_eq!(bytes(&database).await, old(&history), "{}", history.name);
    }
}

/// A start that may not take long leaves the documents as they are, which are read in any version.
#[tokio::test]
async fn too_many_documents_for_a_start_are_left() {
    let history = schema_examples::histories::catalogue::HISTORY;
    let database = begun(&history).await;
    let brought = start(&history, &database, Startup::UpgradeUpTo(1)).await.unwrap();
    assert_eq!(brought.len(), 3, "{brought:?}");
    assert_eq!(bytes(&database).await, old(&history));
}
