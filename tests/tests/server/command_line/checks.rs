//! Check: for hooks and pipelines.

use std::{fs, process::Stdio};

use serde_json::json;

use super::program::{MIGRATIONS, Shop, bare, run, snapshot};

#[tokio::test]
async fn pending_and_changed_migrations_are_found_on_a_server() {
    let shop = Shop::open().await;
    snapshot("check_pending", &shop.text(1, &["check"]).await);
    let check = shop.json(1, &["check", "--environment", "development"]).await;
    assert_eq!(check["wrong"]["migrations"].as_array().map(Vec::len), Some(5));
    shop.migrated().await;
    let check = shop.json(0, &["check", "--environment", "development"]).await;
    assert_eq!((&check["sound"], &check["wrong"]), (&json!(["migrations"]), &json!({})));
    let ledger = shop.database.collection::<mongodb::bson::Document>("schema_migrations");
    let change = mongodb::bson::doc! { "$set": { "fingerprint": "0" } };
    ledger.update_one(mongodb::bson::doc! { "_id": MIGRATIONS[0] }, change).await.unwrap();
    let check = shop.json(1, &["check", "--environment", "development"]).await;
    let changed = check["wrong"]["migrations"][0].as_str().unwrap();
    assert_eq!(changed, "`20260101-price-list` was changed since it was run");
}

/// The lock file and the golden documents need no server.
#[tokio::test]
async fn files_are_looked_at_without_a_server() {
    let nothing = run(&["check"]).await;
    snapshot("check_nothing", nothing.text(0));

    let scratch = tempfile::tempdir().unwrap();
    let (lock, golden) = (scratch.path().join("schema.lock"), scratch.path().join("golden"));
    fs::create_dir_all(golden.join("products")).unwrap();
    let files = ["check", "--lock", lock.to_str().unwrap(), "--golden", golden.to_str().unwrap()];
    // Nothing is written unless that is asked for.
    let missing = run(&files).await;
    assert_eq!(missing.code, Some(1), "{missing:?}");
    assert!(!lock.exists(), "{missing:?}");
    let written = bare().args(files).env("SCHEMA_LOCK", "add").stdout(Stdio::null()).status().await.unwrap();
    assert!(lock.exists() && written.code().is_some());
    let text = fs::read_to_string(&lock).unwrap();
    assert!(text.contains("document = \"products\"") && text.contains("messages"), "{text}");
    let sound = run(&["check", "--lock", files[2], "--golden", "/nowhere"]).await;
    assert_eq!(sound.code, Some(0), "{sound:?}");

    // A released version that is another one now.
    let fingerprint = text.lines().find(|line| line.starts_with("fingerprint")).unwrap();
    fs::write(&lock, text.replacen(fingerprint, "fingerprint = \"0000000000000000\"", 1)).unwrap();
    let changed = run(&["check", "--lock", files[2], "--json"]).await.json(1);
    assert_eq!(changed["wrong"].as_object().map(|wrong| wrong.len()), Some(1), "{changed}");
    assert!(
        changed["passedBy"].as_array().unwrap().iter().any(|one| one.as_str().unwrap().contains("no server"))
    );
}
