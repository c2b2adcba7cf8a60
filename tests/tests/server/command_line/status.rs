//! Status, plan and history: what there is, and what is to be done.

use mongodb::bson::doc;
use serde_json::{Value, json};

use super::program::{MIGRATIONS, Shop, bare, run, snapshot, until};

/// The column of one table, by its header and in the order of the rows.
fn states(status: &Value) -> Vec<&str> {
    status["migrations"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn status_is_two_tables() {
    let shop = Shop::stocked().await;
    snapshot("status_at_first", &shop.text(0, &["status"]).await);
    let before = shop.json(0, &["status"]).await;
    assert_eq!(before["environment"], Value::Null);
    assert_eq!(states(&before), ["pending"; 5]);
    let products = &before["documents"][0];
    assert_eq!((&products["name"], &products["currentVersion"]), (&json!("products"), &json!(3)));
    assert_eq!(products["census"]["unversioned"], 21);
    assert_eq!(products["census"]["versions"], json!({ "2": 5, "3": 5 }));
    assert_eq!(products["missingIndexes"], json!(["by_title", "price_1"]));
    assert_eq!(before["documents"][1]["name"], "messages$notice");

    shop.run(&["backfill", "products"]).await.text(1);
    shop.run(&["up", "20260201-close-orders"]).await.text(0);
    shop.run(&["down"]).await.text(0);
    shop.mark("stop", "the orders of May are open").await;
    shop.run(&["up", "20260201-close-orders", "--environment", "staging"]).await.text(1);
    shop.run(&["floor", "messages$notice"]).await.text(0);
    snapshot("status_later", &shop.text(0, &["status", "--environment", "staging"]).await);
    let after = shop.json(0, &["status"]).await;
    assert_eq!(states(&after), ["completed", "failed", "pending", "pending", "pending"]);
    assert_eq!(after["documents"][0]["failed"], 1);
    assert_eq!(after["documents"][0]["backfill"]["state"], "finished");
    assert_eq!(after["documents"][1]["floor"], 1);
    let entry = &after["migrations"][0]["entry"];
    assert_eq!(entry["release"], "1.2.0");
    assert_eq!(
        (&entry["affected"], &after["migrations"][1]["entry"]["environment"]),
        (&json!(3), &json!("staging"))
    );
}

#[tokio::test]
async fn status_says_who_is_at_work() {
    let shop = Shop::stocked().await;
    shop.mark("wait", "").await;
    let child = shop.start(&["up", "20260201-close-orders"]).await;
    until(async || states(&shop.json(0, &["status"]).await)[1] == "running").await;
    let status = shop.json(0, &["status"]).await;
    let busy = status["busy"].as_str().expect("a process").to_owned();
    assert!(busy.contains(&format!(":{}:", child.id().expect("a process"))), "{busy}");
    assert_eq!(status["migrations"][1]["cutOff"], false);
    let text = shop.text(0, &["status"]).await;
    assert!(text.contains(&format!("`{busy}` is at work on the migrations")), "{text}");
    let plan = shop.json(1, &["plan"]).await;
    assert_eq!(plan["migrations"]["busy"], *busy);

    // Another one does not wait for it if it is told not to, and has done nothing then.
    let other = shop.json(1, &["up", "--no-wait"]).await;
    assert_eq!((&other["ending"]["ending"], &other["migrations"]), (&json!("busy"), &json!([])));
    let other = shop.run(&["mark-applied", MIGRATIONS[0]]).await;
    assert!(other.error(8).contains("is at work on the migrations"), "{other:?}");
    shop.unmark("wait").await;
    super::program::ended(child).await.text(0);
    assert_eq!(shop.json(0, &["status"]).await["busy"], Value::Null);
}

#[tokio::test]
async fn a_plan_says_what_is_to_be_done() {
    let shop = Shop::stocked().await;
    let text = shop.text(1, &["plan"]).await;
    snapshot("plan", &text);
    let plan = shop.json(1, &["plan"]).await;
    let moves: Vec<&str> = plan["migrations"]["moves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(moves, MIGRATIONS[..4]);
    assert_eq!(plan["migrations"]["moves"][2]["steps"][0]["destroys"], "collection `carts`");
    assert_eq!(plan["migrations"]["elsewhere"], json!([MIGRATIONS[4]]));
    assert_eq!(plan["olderDocuments"], json!({ "products": 26, "messages$notice": 1 }));

    shop.mend().await;
    shop.run(&["backfill", "products"]).await.text(0);
    shop.run(&["up", "--environment", "development"]).await.text(0);
    let text = shop.text(0, &["plan", "--environment", "development"]).await;
    assert!(text.starts_with("no migration is pending\ndocuments of `messages$notice`"), "{text}");
    shop.run(&["backfill", "messages$notice"]).await.text(0);
    assert_eq!(shop.text(0, &["plan", "--environment", "development"]).await, "no migration is pending\n");
}

/// What was run by another release is shown and left alone.
#[tokio::test]
async fn what_only_the_ledger_knows_is_told() {
    let shop = Shop::open().await;
    shop.migrated().await;
    let ledger = shop.database.collection::<mongodb::bson::Document>("schema_migrations");
    let mut entry = ledger.find_one(doc! { "_id": MIGRATIONS[0] }).await.unwrap().unwrap();
    entry.insert("_id", "20251224-gone");
    ledger.insert_one(entry).await.unwrap();
    let change = doc! { "$set": { "fingerprint": "0" } };
    ledger.update_one(doc! { "_id": MIGRATIONS[1] }, change).await.unwrap();

    let status = shop.text(0, &["status", "--environment", "development"]).await;
    for remark in ["not in this schema", "changed since it was run"] {
        assert!(status.contains(remark), "{status}");
    }
    let plan = shop.json(1, &["plan"]).await;
    assert_eq!(plan["migrations"]["missing"], json!(["20251224-gone"]));
    assert_eq!(plan["migrations"]["changed"], json!([MIGRATIONS[1]]));
}

/// Without a server.
#[tokio::test]
async fn the_history_is_markdown_or_a_page() {
    let markdown = run(&["history"]).await;
    snapshot("history", markdown.text(0));
    let html = run(&["history", "--format", "html"]).await;
    assert!(html.text(0).starts_with("<!DOCTYPE html>"), "{html:?}");
    let json = run(&["history", "--json"]).await.json(0);
    assert_eq!(json["markdown"].as_str().map(str::trim_end), Some(markdown.stdout.trim_end()));

    let hostile = "|<script>alert(1)</script>| <img src=x onerror=alert(1)>\n# of *all*";
    for (format, tag) in [("html", "<script"), ("html", "<img"), ("markdown", "|<script")] {
        let output =
            bare().args(["history", "--format", format]).env("SHOP_DESCRIPTION", hostile).output().await;
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(!text.contains(tag) && text.contains("alert(1)"), "{text}");
    }
}
