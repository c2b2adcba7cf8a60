//! The commands about a job, and what it does meanwhile.

use std::process::Output;

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::backfill::JobHandle;
use schema_tests::orders::{insert_old, stored, upgraded};
use serde_json::Value;
use tokio::process::Command;

use crate::support::{database, uri};

async fn orders(database: &Database, arguments: &[&str]) -> Output {
    let uri = uri().await;
    let place = ["--uri", uri, "--database", database.name()];
    command().args(place).args(arguments).output().await.expect("the program to run")
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
    command.env_remove("MONGODB_URI");
    command
}

/// The answer in JSON of a command that ends with this code.
async fn answer(database: &Database, code: i32, arguments: &[&str]) -> Value {
    let output = orders(database, &[arguments, &["--json"]].concat()).await;
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).expect("one line of JSON")
}

/// What a command says that ends with this code.
async fn text(database: &Database, code: i32, arguments: &[&str]) -> String {
    let output = orders(database, arguments).await;
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test]
async fn a_collection_is_looked_at_brought_up_and_taken_back() {
    let database = database().await;
    insert_old(&database, 300).await.expect("orders");

    assert!(text(&database, 0, &["census"]).await.contains("version 1"));
    assert!(text(&database, 0, &["plan-backfill"]).await.contains("300 of 300"));
    assert!(text(&database, 0, &["job"]).await.contains("never was a job"));
    assert_eq!(answer(&database, 0, &["backfill", "--dry-run"]).await["upgraded"], 300);
    assert_eq!(answer(&database, 1, &["verify"]).await["findings"]["not_current"], 300);
    assert_eq!(
        answer(&database, 0, &["backfill", "--keep-preimages", "1", "--workers", "2"]).await["upgraded"],
        300
    );
    assert_eq!(stored(&database).await.expect("orders"), upgraded(300));
    assert_eq!(answer(&database, 0, &["verify", "--preimages", "10"]).await["reconverted"], 10);
    assert_eq!(answer(&database, 0, &["job"]).await["state"], "finished");
    assert_eq!(answer(&database, 0, &["rollback"]).await["rolledBack"], 300);
    assert_eq!(answer(&database, 0, &["job", "--rollback"]).await["state"], "finished");
    assert_eq!(answer(&database, 0, &["census"]).await["versions"]["2"], Value::Null);
}

#[tokio::test]
async fn what_failed_is_listed_and_tried_again() {
    let database = database().await;
    insert_old(&database, 20).await.expect("orders");
    let collection = database.collection::<Document>("orders");
    let total = async |total: &str| {
        let update = doc! { "$set": { "total": total } };
        collection.update_one(doc! { "_id": 7 }, update).await.expect("an update");
    };

    total("much").await;
    assert_eq!(answer(&database, 1, &["backfill"]).await["failed"], 1);
    assert!(text(&database, 0, &["list-failed"]).await.starts_with("7: step:"));
    assert_eq!(answer(&database, 1, &["retry-failed"]).await["failed"], 1);
    total("21").await;
    assert_eq!(answer(&database, 0, &["retry-failed"]).await["upgraded"], 1);
    assert_eq!(text(&database, 0, &["list-failed"]).await, "none\n");
}

#[tokio::test]
async fn a_running_job_is_steered() {
    let database = database().await;
    insert_old(&database, 200).await.expect("orders");
    let slow = ["backfill", "--batch-size", "10", "--workers", "1", "--max-rate", "40"];
    let steer = async {
        let job = JobHandle::new(&database, "orders");
        while job.status().await.expect("a status").is_none_or(|status| status.tally.upgraded == 0) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        text(&database, 0, &["pause"]).await;
        let control = &answer(&database, 0, &["job"]).await["control"];
        assert_eq!(control["paused"], true);
        assert!(control["changedBy"].as_str().is_some_and(|by| by.contains('@')), "{control}");
        text(&database, 0, &["adjust", "--max-rate", "100000", "--batch-size", "50"]).await;
        assert_eq!(answer(&database, 0, &["job"]).await["control"]["batchSize"], 50);
        text(&database, 0, &["resume"]).await;
    };
    let (report, ()) = tokio::join!(answer(&database, 0, &slow), steer);
    assert_eq!(report["upgraded"], 200);

    insert_old_again(&database).await;
    let cancel = async {
        while orders(&database, &["cancel"]).await.status.code() != Some(0) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    let (report, ()) = tokio::join!(answer(&database, 6, &slow), cancel);
    assert!(report["remaining"].as_u64().is_some_and(|left| left > 0), "{report}");
}

/// Other orders, so that there is something to do for a second job.
async fn insert_old_again(database: &Database) {
    let orders = (1000..1200).map(|id| doc! { "_id": id, "total": "1" });
    database.collection::<Document>("orders").insert_many(orders).await.expect("orders");
}

#[tokio::test]
async fn what_is_wrong_is_said_with_a_code_and_without_the_password() {
    let error = async |arguments: &[&str]| {
        let output = command().args(arguments).output().await.expect("the program to run");
        let text = String::from_utf8(output.stderr).expect("text");
        assert!(!text.contains("hunter2"), "{text}");
        (output.status.code(), text)
    };
    let (code, text) = error(&["census"]).await;
    assert!(code == Some(2) && text.contains("--uri"), "{code:?} {text}");
    let (code, text) = error(&["census", "--uri", "mongodb://ada:hunter2@127.0.0.1:1/"]).await;
    assert!(code == Some(2) && text.contains("--database"), "{code:?} {text}");
    let (code, text) = error(&["census", "--uri", "ada:hunter2"]).await;
    assert!(code == Some(2) && text.contains("scheme"), "{code:?} {text}");
    let nobody = "mongodb://ada:hunter2@127.0.0.1:1/shop?serverSelectionTimeoutMS=100";
    let (code, text) = error(&["job", "--uri", nobody]).await;
    assert!(code == Some(3) && text.starts_with("error: the server does not answer: "), "{code:?} {text}");
    let database = database().await;
    let (code, text) = error(&["pause", "--uri", uri().await, "--database", database.name()]).await;
    assert!(code == Some(4) && text.contains("no backfill under way"), "{code:?} {text}");
    for wrong in [&["adjust"][..], &["backfill", "--max-lag", "soon"], &["rollback", "--of", "x"]] {
        assert_eq!(error(wrong).await.0, Some(2), "{wrong:?}");
    }
}
