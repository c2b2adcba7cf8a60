//! A team's migrations, of which one cannot be taken back.

use mongodb::bson::{DateTime, Document, doc};
use schema_examples::histories::workflow::{HISTORY, schema};
use schema_runtime::{Environment, schema::SchemaError, startup::Startup};

use super::{answer, begun, bytes, expected, old, refused, stored};
use crate::support::TestDatabase;

const REMOVED: &str = "20260203-140000-remove-deprecated-fields";
const IN_PRODUCTION: [&str; 2] = ["--environment", "production"];

async fn in_production(database: &TestDatabase, code: i32, arguments: &[&str]) -> serde_json::Value {
    answer(&HISTORY, database, code, &[arguments, &IN_PRODUCTION].concat()).await
}

/// Where all is done that is done in production.
async fn newest() -> TestDatabase {
    let database = begun(&HISTORY).await;
    let allowed = ["up", "--allow-destructive", "--no-backup"];
    let report = in_production(&database, 1, &allowed).await;
    assert_eq!(report["ending"]["id"], "20260219-163000-dates-of-stores");
    HISTORY.repair(&database).await.unwrap();
    in_production(&database, 0, &["up"]).await;
    database
}

fn users() -> Vec<Document> {
    vec![
        doc! { "_id": "ada", "email": "ada@example.org", "preferences": { "theme": "light", "newsletter": false } },
        doc! { "_id": "bob", "email": "bob@example.org", "preferences": { "theme": "dark" } },
    ]
}

fn plan(id: &str, title: &str, members: i32) -> Document {
    doc! { "_id": id, "schemaVersion": 1, "title": title, "members": members }
}

#[tokio::test]
async fn the_newest_state_is_what_the_migrations_say() {
    let database = newest().await;
    let day = |text: &str| DateTime::parse_rfc3339_str(format!("{text}T00:00:00Z")).unwrap();
    let stores = vec![
        doc! { "_id": "s1", "name": "Harbour", "owner": "ada", "openedAt": day("2019-04-01") },
        doc! { "_id": "s2", "name": "Station", "owner": "bob", "openedAt": null },
        doc! { "_id": "s3", "name": "Market", "owner": "ada" },
        doc! { "_id": "s4", "name": "Bridge", "owner": "ada", "openedAt": day("2026-05-01") },
    ];
    let plans = vec![plan("free", "Free", 1), plan("team", "Team", 20)];
    // No store for trying out.
    let expected = expected([("users", users()), ("stores", stores), ("plans", plans)]);
    assert_eq!(stored::<Document>(&database).await, expected);
    let mut names = database.collection::<Document>("stores").list_index_names().await.unwrap();
    names.sort();
    assert_eq!(names, ["_id_", "owner_1_openedAt_-1"]);

    let status = in_production(&database, 0, &["status"]).await;
    let demo = &status["migrations"][6];
    assert_eq!(
        (demo["elsewhere"].as_bool(), demo["state"].as_str()),
        (Some(true), Some("pending")),
        "{demo}"
    );
    assert_eq!(status["migrations"][0]["author"], "ada");
    let started =
        schema(&database).environment(Environment::Production).startup(Startup::Validate).run().await;
    assert!(started.is_ok(), "{started:?}");
}

#[tokio::test]
async fn nothing_is_lost_by_a_start_or_unsaid() {
    let database = begun(&HISTORY).await;
    for environment in [Environment::Production, Environment::Staging] {
        let schema = schema(&database).environment(environment);
        for startup in [Startup::UpgradeUpTo(u64::MAX), Startup::Background] {
            let started = schema.startup(startup).run().await;
            assert!(matches!(started, Err(SchemaError::Destructive { .. })), "{started:?}");
        }
    }
    let said = refused(&HISTORY, &database, &["up"]).await;
    assert!(said.contains(REMOVED) && said.contains("legacyToken"), "{said}");
    let said = refused(&HISTORY, &database, &["up", "--allow-destructive"]).await;
    assert!(said.contains("backup"), "{said}");
    assert_eq!(bytes(&database).await, old(&HISTORY));
}

#[tokio::test]
async fn back_as_far_as_there_is_a_way() {
    let database = newest().await;
    let there = bytes(&database).await;
    let said = refused(&HISTORY, &database, &["down", "--all"]).await;
    assert!(said.contains(REMOVED) && said.contains("no way back"), "{said}");
    assert_eq!(bytes(&database).await, there);

    let plans = database.collection::<Document>("plans");
    plans.update_one(doc! { "_id": "team" }, doc! { "$set": { "members": 25 } }).await.unwrap();
    in_production(&database, 0, &["to", REMOVED]).await;
    let shops = vec![
        // A date says more than the text did.
        doc! { "_id": "s1", "name": "Harbour", "owner": "ada", "openedAt": "2019-04-01T00:00:00.000Z" },
        doc! { "_id": "s2", "name": "Station", "owner": "bob", "openedAt": null },
        doc! { "_id": "s3", "name": "Market", "owner": "ada" },
        doc! { "_id": "s4", "name": "Bridge", "owner": "ada", "openedAt": "2026-05-01T00:00:00.000Z" },
    ];
    let plans = vec![plan("team", "Team", 25)];
    let expected = expected([("users", users()), ("shops", shops), ("plans", plans)]);
    assert_eq!(stored::<Document>(&database).await, expected);
    assert_eq!(database.collection::<Document>("shops").list_index_names().await.unwrap(), ["_id_"]);
}

#[tokio::test]
async fn a_plan_that_somebody_has_changed_is_not_seeded_again() {
    let database = newest().await;
    let plans = database.collection::<Document>("plans");
    plans.update_one(doc! { "_id": "team" }, doc! { "$set": { "members": 25 } }).await.unwrap();
    in_production(&database, 0, &["to", REMOVED]).await;
    in_production(&database, 0, &["up"]).await;
    let now = stored::<Document>(&database).await;
    assert_eq!(now["plans"], [plan("free", "Free", 1), plan("team", "Team", 25)]);
}
