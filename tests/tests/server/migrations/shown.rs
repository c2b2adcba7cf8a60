//! What a status, a plan and a report look like, for people and for programs.

use mongodb::{
    Database,
    bson::{DateTime, Document, doc},
};
use schema_runtime::{
    Environment, Schema,
    ledger::LEDGER,
    migration::{Context, Migration, StepError},
};
use schema_tests::marks::{Mark, Trouble, Way, prepare};

use super::waits::{Part, insert_old};
use crate::support::database;

async fn nothing(_: Context) -> Result<(), StepError> {
    Ok(())
}

fn schema(database: &Database, trouble: &Trouble) -> Schema {
    let mark = |name: &str, way| Mark::new(name, way).failing_in(trouble);
    Schema::new(database)
        .document::<Part>()
        .environment(Environment::Staging)
        .release("2.1")
        .migration(
            Migration::new("20261101-first")
                .description("The first of all")
                .author("ada")
                .date("2026-11-01")
                .step(mark("one", Way::InTransaction))
                .step(mark("two", Way::Repeatable)),
        )
        .migration(
            Migration::new("20261102-half")
                .step(mark("three", Way::InTransaction))
                .step(mark("four", Way::Outside)),
        )
        .migration(Migration::new("20261103-carts").up(nothing).destroys("all carts"))
        .migration(Migration::new("20261104-index").after_version::<Part>(2).up(nothing))
        .migration(Migration::new("20261105-elsewhere").environments([Environment::Production]).up(nothing))
}

/// Times, people and machines are of the day.
async fn with_fixed_times(database: &Database) {
    let ledger = database.collection::<Document>(LEDGER);
    let at = DateTime::from_millis(1_795_000_000_000);
    let fixed = doc! { "startedAt": at, "by": "ada@anvil", "host": "anvil:4711", "durationMs": 1234_i64 };
    ledger.update_many(doc! { "by": { "$type": "string" } }, doc! { "$set": fixed }).await.unwrap();
    ledger.update_many(doc! { "state": "completed" }, doc! { "$set": { "appliedAt": at } }).await.unwrap();
}

fn shown(database: &Database, text: &impl std::fmt::Display, json: &impl serde::Serialize) -> String {
    let json = serde_json::to_string_pretty(json).unwrap();
    format!("{text}\n{json}").replace(database.name(), "shop")
}

#[tokio::test]
async fn a_plan_a_report_and_a_status() {
    let database = database().await;
    prepare(&database).await;
    insert_old(&database, 2).await;
    let trouble = Trouble::default();
    let schema = schema(&database, &trouble);
    let plan = schema.up().plan().await.unwrap();
    insta::assert_snapshot!("plan", shown(&database, &plan, &plan));

    trouble.lock().unwrap().insert("four".to_owned());
    let mut report = schema.up().allow_destructive(true).run().await.unwrap();
    for one in &mut report.migrations {
        one.duration = std::time::Duration::from_millis(1234);
    }
    insta::assert_snapshot!("report", shown(&database, &report, &report));

    with_fixed_times(&database).await;
    let status = schema.status().await.unwrap();
    insta::assert_snapshot!("status", shown(&database, &status, &status));

    let plan = schema.up().plan().await.unwrap();
    insta::assert_snapshot!("plan_cut_off", plan.to_string());
    trouble.lock().unwrap().clear();
    let report = schema.up().retry(true).allow_destructive(true).run().await.unwrap();
    let waiting = report.to_string();
    insta::assert_snapshot!("report_waiting", waiting.lines().last().unwrap());
}
