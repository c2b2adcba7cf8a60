//! What is killed, or asked to end: it says so, and nothing is half done.
#![cfg(unix)]

use mongodb::bson::doc;
use serde_json::json;

use super::program::{MIGRATIONS, Shop, ended, signal, until};

/// At work on the step that waits.
async fn running(shop: &Shop) -> bool {
    let status = shop.json(0, &["status"]).await;
    status["migrations"][1]["entry"]["begun"] == 1 && status["busy"].is_string()
}

#[tokio::test]
async fn a_run_that_is_asked_to_end_does_so_behind_its_step() {
    for name in ["-TERM", "-INT"] {
        let shop = Shop::open().await;
        shop.mark("wait", "").await;
        let child = shop.start(&["up", MIGRATIONS[1], "--json"]).await;
        until(async || running(&shop).await).await;
        signal(&child, name).await;
        // It is in the middle of a step, and does not leave that.
        assert!(running(&shop).await);
        shop.unmark("wait").await;
        let ended = ended(child).await;
        let report = ended.json(5);
        assert_eq!(report["ending"]["ending"], "interrupted");
        let reason = report["ending"]["reason"].as_str().unwrap();
        assert!(reason.contains(&name.replace('-', "SIG")), "{reason}");
        assert_eq!((shop.count("prices").await, shop.count("closed").await), (3, 0));
        let status = shop.json(0, &["status"]).await;
        assert_eq!((&status["migrations"][1]["entry"]["done"], &status["busy"]), (&json!(1), &json!(null)));
        let next = shop.json(0, &["up", MIGRATIONS[1]]).await;
        assert_eq!(next["migrations"][0]["steps"], 1);
    }
}

/// Its lease lapses; then the next one goes on, as the step says that it may be repeated.
#[tokio::test]
async fn a_run_that_is_killed_is_gone_on_with() {
    let shop = Shop::open().await;
    shop.mark("wait", "").await;
    let mut child = shop.start(&["up", MIGRATIONS[1]]).await;
    until(async || running(&shop).await).await;
    child.kill().await.unwrap();
    shop.unmark("wait").await;
    // As if that time had passed.
    let leases = shop.database.collection::<mongodb::bson::Document>("schema_leases");
    let past = doc! { "$set": { "lease.until": mongodb::bson::DateTime::from_millis(0) } };
    leases.update_one(doc! { "_id": "migrations" }, past).await.unwrap();
    let text = shop.text(0, &["status"]).await;
    assert!(text.contains("cut off") && text.contains("its process has died in step 1"), "{text}");
    let next = shop.json(0, &["up", MIGRATIONS[1]]).await;
    assert_eq!((&next["migrations"][0]["steps"], &next["ending"]["ending"]), (&json!(2), &json!("done")));
    assert_eq!(shop.count("closed").await, 1);
}

/// While it waits for another process.
#[tokio::test]
async fn one_that_waits_ends_at_once() {
    let shop = Shop::open().await;
    shop.mark("wait", "").await;
    let first = shop.start(&["up", MIGRATIONS[1]]).await;
    until(async || running(&shop).await).await;
    let second = shop.start(&["up", MIGRATIONS[1], "--json"]).await;
    // It listens to signals as soon as it waits, and nothing says when: one that it has missed ends it as well.
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    signal(&second, "-TERM").await;
    let report = ended(second).await.json(5);
    assert_eq!(report["migrations"], json!([]));
    shop.unmark("wait").await;
    ended(first).await.text(0);
}

#[tokio::test]
async fn a_backup_that_is_asked_to_end_leaves_nothing() {
    let shop = Shop::open().await;
    let noise = || (0..600).map(|_| fastrand::alphanumeric()).collect::<String>();
    shop.insert("large", (0..40_000).map(|id| doc! { "_id": id, "noise": noise() })).await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("backup");
    let child = shop.start(&["backup", folder.to_str().unwrap()]).await;
    until(async || std::fs::read_dir(scratch.path()).unwrap().count() > 0).await;
    signal(&child, "-TERM").await;
    let ended = ended(child).await;
    assert_eq!(ended.error(5), "error: stopped: SIGTERM was received");
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_backfill_that_is_asked_to_end_can_be_gone_on_with() {
    let shop = Shop::open().await;
    let old = (0..400).map(|id| doc! { "_id": id, "name": "Kettle", "price": "1" });
    shop.insert("products", old).await;
    let slow = ["backfill", "products", "--batch-size", "10", "--workers", "1", "--max-rate", "50", "--json"];
    let child = shop.start(&slow).await;
    until(async || {
        shop.database
            .collection::<mongodb::bson::Document>("products")
            .count_documents(doc! { "schemaVersion": 3 })
            .await
            .unwrap()
            > 0
    })
    .await;
    signal(&child, "-TERM").await;
    let report = ended(child).await.json(5);
    assert_eq!(report["ending"]["interrupted"], "SIGTERM was received");
    let rest = shop.json(0, &["backfill", "products"]).await;
    let upgraded = |report: &serde_json::Value| report["upgraded"].as_u64().unwrap();
    assert_eq!(upgraded(&report) + upgraded(&rest), 400);
}
