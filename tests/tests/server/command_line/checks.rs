//! Check: for hooks and pipelines.

use std::fs;

use serde_json::json;
use tokio::process::Command;

use super::program::{Ended, MIGRATIONS, SHOP, Shop, run, snapshot};

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
    let lock = scratch.path().join("schema.lock");
    let check = async |program: &str, options: &[&str]| {
        let mut command = Command::new(program);
        command.args(["check", "--lock", lock.to_str().unwrap()]).args(options).env_remove("MONGODB_URI");
        Ended::of(command.current_dir(scratch.path()).output().await.unwrap())
    };
    // Nothing is written.
    let missing = check(SHOP, &[]).await;
    assert!(
        missing.text(1).contains("version 3 of `products` (`Product`) is not in the file"),
        "{missing:?}"
    );
    assert!(!lock.exists());

    // The first two of this package's are of the orders.
    let ours = include_str!("../../../schema.lock");
    let ours: Vec<&str> = ours.split("[[version]]").collect();
    let orders = ours[..3].join("[[version]]");
    fs::write(&lock, &orders).unwrap();
    let sound = check(env!("CARGO_BIN_EXE_orders"), &[]).await;
    assert!(sound.text(0).starts_with("ok "), "{sound:?}");

    // A released version that is another one now, and a golden document that is none.
    let fingerprint = orders.lines().find(|line| line.starts_with("fingerprint")).unwrap();
    fs::write(&lock, orders.replacen(fingerprint, "fingerprint = \"0000000000000000\"", 1)).unwrap();
    fs::create_dir_all(scratch.path().join("tests/golden/orders")).unwrap();
    fs::write(scratch.path().join("tests/golden/orders/v1.json"), "no document").unwrap();
    let changed = check(env!("CARGO_BIN_EXE_orders"), &["--json"]).await.json(1);
    assert_eq!(changed["wrong"].as_object().map(|wrong| wrong.len()), Some(2), "{changed}");
    assert!(
        changed["passedBy"].as_array().unwrap().iter().any(|one| one.as_str().unwrap().contains("no server"))
    );
}
