//! The commands about migrations.

use mongodb::bson::doc;
use serde_json::{Value, json};

use super::program::{Ended, MIGRATIONS, Shop, picture, snapshot};

/// The migrations that are in effect.
async fn in_effect(shop: &Shop) -> Vec<String> {
    let status = shop.json(0, &["status"]).await;
    let migrations = status["migrations"].as_array().unwrap().iter();
    let completed = migrations.filter(|one| one["state"] == "completed");
    completed.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn they_are_run_and_taken_back() {
    let shop = Shop::open().await;
    let dev = ["--environment", "development"];
    let up = shop.run(&[&["up"][..], &dev].concat()).await;
    snapshot("up", up.text(0));
    snapshot("up_as_it_goes", &up.stderr);
    assert_eq!(in_effect(&shop).await, MIGRATIONS);
    assert_eq!(shop.text(0, &["up", "--environment", "dev"]).await, "nothing to do\n");
    assert_eq!(shop.json(0, &["up", "--environment", "dev"]).await["ending"]["ending"], "nothingToDo");

    // The sample and the count have no way back.
    let stuck = shop.run(&["down"]).await;
    assert!(stuck.error(8).contains("there is no way back of code"), "{stuck:?}");
    shop.run(&["reset", "--environment", "dev", "--confirm", shop.database.name()]).await.text(0);
    assert_eq!(in_effect(&shop).await, MIGRATIONS);

    let shop = Shop::open().await;
    shop.run(&["up", MIGRATIONS[1]]).await.text(0);
    assert_eq!(in_effect(&shop).await, MIGRATIONS[..2]);
    let down = shop.json(0, &["down"]).await;
    assert_eq!(down["migrations"][0]["id"], MIGRATIONS[1]);
    assert_eq!(down["migrations"][0]["state"], "rolled-back");
    assert_eq!(in_effect(&shop).await, MIGRATIONS[..1]);
    shop.run(&["up", MIGRATIONS[1]]).await.text(0);
    assert_eq!(shop.json(0, &["down", "2"]).await["migrations"].as_array().unwrap().len(), 2);
    assert_eq!(in_effect(&shop).await, [""; 0]);
    assert_eq!(shop.text(0, &["down"]).await, "nothing to do\n");

    shop.run(&["to", MIGRATIONS[1]]).await.text(0);
    assert_eq!(in_effect(&shop).await, MIGRATIONS[..2]);
    shop.run(&["to", MIGRATIONS[0]]).await.text(0);
    assert_eq!(in_effect(&shop).await, MIGRATIONS[..1]);
    let redone = shop.json(0, &["redo"]).await;
    let ways: Vec<&Value> =
        redone["migrations"].as_array().unwrap().iter().map(|one| &one["direction"]).collect();
    assert_eq!(ways, ["down", "up"]);
    shop.run(&["only", MIGRATIONS[1]]).await.text(0);
    shop.run(&["only", MIGRATIONS[0], "--down"]).await.text(0);
    assert_eq!(in_effect(&shop).await, [MIGRATIONS[1]]);
    shop.run(&["down", "--all"]).await.text(0);
    assert_eq!(in_effect(&shop).await, [""; 0]);
    assert_eq!((shop.count("prices").await, shop.count("closed").await), (0, 0));
}

#[tokio::test]
async fn what_is_pending_before_others_is_asked_about() {
    let shop = Shop::open().await;
    shop.run(&["only", MIGRATIONS[1]]).await.text(0);
    let before = picture(&shop.database).await;
    let refused = shop.run(&["up", MIGRATIONS[1]]).await;
    assert!(refused.error(8).ends_with("(`--out-of-order` allows it)"), "{refused:?}");
    assert_eq!(picture(&shop.database).await, before);
    shop.run(&["up", MIGRATIONS[1], "--out-of-order"]).await.text(0);
    assert_eq!(in_effect(&shop).await, MIGRATIONS[..2]);
}

#[tokio::test]
async fn a_dry_run_does_nothing() {
    let shop = Shop::stocked().await;
    let before = picture(&shop.database).await;
    let refused = shop.json(1, &["up", "--dry-run"]).await;
    assert!(refused["refused"].as_str().unwrap().contains("destroys collection `carts`"), "{refused}");
    let allowed = ["up", "--dry-run", "--allow-destructive", "--no-backup"];
    let plan = shop.json(0, &allowed).await;
    assert_eq!((&plan["refused"], plan["moves"].as_array().unwrap().len()), (&Value::Null, 4));
    assert!(shop.text(0, &allowed).await.contains("(destroys collection `carts`)"));
    assert_eq!(picture(&shop.database).await, before);
}

/// The steps before the one that fails stay done, and of that one nothing is.
#[tokio::test]
async fn one_that_fails_half_way_says_where_and_is_gone_on_with() {
    let shop = Shop::open().await;
    shop.mark("stop", "the orders of May are open").await;
    let failed = shop.run(&["up", MIGRATIONS[1]]).await;
    snapshot("failed", failed.text(1));
    assert!(failed.stderr.lines().last().is_some_and(|line| line.contains("failed")), "{failed:?}");
    assert_eq!((shop.count("closed").await, shop.count("prices").await), (0, 3));
    let again = shop.run(&["up", MIGRATIONS[1], "--json"]).await;
    let report = again.json(1);
    assert_eq!(
        (&report["ending"]["ending"], &report["ending"]["id"]),
        (&json!("failed"), &json!(MIGRATIONS[1]))
    );
    let events = again.events();
    let kinds: Vec<&Value> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(kinds, ["started", "step", "finished"]);
    assert_eq!((&events[1]["step"], &events[2]["migration"]["state"]), (&json!(2), &json!("failed")));

    shop.unmark("stop").await;
    let mended = shop.json(0, &["up", MIGRATIONS[1]]).await;
    assert_eq!(mended["migrations"][0]["steps"], 1);
    assert_eq!(shop.count("closed").await, 1);
}

#[tokio::test]
async fn one_that_waits_for_documents_says_what_brings_them() {
    let shop = Shop::stocked().await;
    shop.mend().await;
    let up = ["up", "--environment", "development"];
    let waiting = shop.run(&up).await;
    snapshot("waiting", waiting.text(1));
    let report = shop.json(1, &up).await;
    let first = &report["ending"]["migrations"][0]["id"];
    assert_eq!((&report["ending"]["ending"], first), (&json!("waiting"), &json!(MIGRATIONS[3])));
    shop.run(&[&up[..], &["--with-backfills"]].concat()).await.text(0);
    assert_eq!(in_effect(&shop).await, MIGRATIONS);
    let counts = shop.database.collection::<mongodb::bson::Document>("counts");
    assert_eq!(counts.find_one(doc! {}).await.unwrap().unwrap().get_i64("count").unwrap(), 31);
}

#[tokio::test]
async fn they_are_asked_whether_they_hold() {
    let shop = Shop::open().await;
    assert_eq!(shop.text(0, &["validate"]).await, "no migration is in effect\n");
    shop.run(&["up", MIGRATIONS[1]]).await.text(0);
    snapshot("validate", &shop.text(0, &["validate"]).await);
    shop.insert("prices", [doc! { "_id": 100 }]).await;
    let text = shop.text(1, &["validate"]).await;
    assert!(text.contains("the price list has 4 prices, and not 3"), "{text}");
    let json = shop.json(1, &["validate"]).await;
    assert_eq!(json["unasked"], json!([MIGRATIONS[1]]));
    assert_eq!(json["unsound"][0][0], MIGRATIONS[0]);
}

#[tokio::test]
async fn the_ledger_is_kept_by_hand() {
    let shop = Shop::open().await;
    assert_eq!(shop.json(0, &["mark-applied", MIGRATIONS[2]]).await, json!({ "marked": 1 }));
    assert_eq!(
        shop.text(0, &["baseline", MIGRATIONS[2]]).await,
        "2 migrations are noted as applied; nothing was run\n"
    );
    assert_eq!(shop.json(0, &["baseline", MIGRATIONS[2]]).await, json!({ "marked": 0 }));
    assert_eq!(
        shop.text(0, &["mark-applied", MIGRATIONS[3]]).await,
        "`20260401-count-titles` is noted as applied; nothing was run\n"
    );
    assert_eq!(in_effect(&shop).await, MIGRATIONS[..4]);
    assert_eq!((shop.count("prices").await, shop.count("closed").await), (0, 0));
}

#[tokio::test]
async fn a_changed_one_is_refused_until_it_is_marked() {
    let shop = Shop::open().await;
    shop.run(&["up", MIGRATIONS[0]]).await.text(0);
    let ledger = shop.database.collection::<mongodb::bson::Document>("schema_migrations");
    ledger.update_one(doc! {}, doc! { "$set": { "fingerprint": "0" } }).await.unwrap();
    let refused: Ended = shop.run(&["up", MIGRATIONS[1]]).await;
    assert!(refused.error(8).contains("`mark-applied`"), "{refused:?}");
    shop.run(&["mark-applied", MIGRATIONS[0]]).await.text(0);
    shop.run(&["up", MIGRATIONS[1]]).await.text(0);
}
