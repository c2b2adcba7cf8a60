//! The commands about documents, in words and in JSON.

use serde_json::{Value, json};

use super::program::{Shop, snapshot};

#[tokio::test]
async fn documents_are_counted_planned_brought_up_and_taken_back() {
    let shop = Shop::stocked().await;
    snapshot("census", &shop.text(0, &["census", "--all"]).await);
    let census = shop.json(0, &["census", "--all"]).await;
    assert_eq!(census["products"]["versions"], json!({ "2": 5, "3": 5 }));
    assert_eq!(census["messages$notice"]["unversioned"], 1);
    let plan = shop.json(0, &["plan-backfill", "products", "--each"]).await;
    let tried = plan["trial"]["versions"].as_array().unwrap().iter();
    let failing: Vec<u64> = tried.filter_map(|version| version["failures"]["step"].as_u64()).collect();
    assert_eq!((&plan["trial"]["complete"], failing), (&json!(true), vec![1]));
    assert!(shop.text(0, &["plan-backfill", "products"]).await.contains("31"));

    let dry = shop.json(1, &["backfill", "products", "--dry-run"]).await;
    assert_eq!((&dry["upgraded"], &dry["failed"], &dry["dryRun"]), (&json!(25), &json!(1), &json!(true)));
    let verified = shop.json(1, &["verify", "--all"]).await;
    assert_eq!(verified["products"]["findings"]["not_current"], 26);
    snapshot("verify", &shop.text(1, &["verify", "products"]).await);

    let all = shop.run(&["backfill", "--all", "--keep-preimages", "1"]).await;
    snapshot("backfill", all.text(1));
    snapshot("backfill_as_it_goes", &all.stderr);
    snapshot("list_failed", &shop.text(0, &["list-failed", "products"]).await);
    let failures = shop.json(0, &["list-failed", "products", "--limit", "1"]).await;
    assert_eq!(failures.as_array().map(Vec::len), Some(1));
    assert_eq!(shop.text(0, &["list-failed", "messages$notice"]).await, "none\n");
    assert_eq!(shop.json(1, &["retry-failed", "products"]).await["failed"], 1);
    shop.mend().await;
    assert_eq!(shop.json(0, &["retry-failed", "products"]).await["upgraded"], 1);
    assert_eq!(shop.json(0, &["list-failed", "products"]).await, json!([]));
    snapshot("job", &shop.text(0, &["job", "products"]).await);
    assert_eq!(shop.text(0, &["job", "products", "--rollback"]).await, "there never was a job\n");
    assert_eq!(shop.json(0, &["job", "products", "--rollback"]).await, Value::Null);
    shop.run(&["verify", "--all"]).await.text(0);

    let back = shop.json(0, &["rollback", "messages$notice"]).await;
    assert_eq!(back["rolledBack"], 1);
    let back = shop.json(0, &["rollback", "products", "--to-version", "1"]).await;
    assert_eq!((&back["rolledBack"], &back["targetVersion"]), (&json!(31), &json!(1)));
}

#[tokio::test]
async fn indexes_are_compared_created_and_dropped() {
    let shop = Shop::stocked().await;
    let found = shop.json(1, &["indexes", "products"]).await;
    assert_eq!(found["declared"].as_array().map(Vec::len), Some(2));
    snapshot("indexes", &shop.text(1, &["indexes", "products"]).await);
    snapshot("indexes_created", &shop.text(0, &["indexes", "--all", "--create"]).await);
    shop.run(&["indexes", "--all"]).await.text(0);
    assert_eq!(shop.json(0, &["status"]).await["documents"][0]["missingIndexes"], json!([]));
    shop.run(&["indexes", "products", "--drop", "by_title"]).await.error(2);
    let ended = shop.run(&["indexes", "products", "--drop", "nothing"]).await;
    assert!(ended.error(2).ends_with("what can be are: none"), "{ended:?}");
    shop.run(&["indexes", "products"]).await.text(0);
}

#[tokio::test]
async fn floors_members_and_retirement() {
    let shop = Shop::stocked().await;
    shop.mend().await;
    shop.run(&["backfill", "--all"]).await.text(0);
    snapshot("floor", &shop.text(0, &["floor", "--all"]).await);
    assert_eq!(shop.json(0, &["floor", "products"]).await["version"], 3);
    assert_eq!(shop.text(0, &["members", "products"]).await, "none has joined\n");
    assert_eq!(shop.json(0, &["members", "--all"]).await, json!({ "products": [], "messages$notice": [] }));
    snapshot("retire", &shop.text(0, &["retire", "products"]).await);
    shop.run(&["retire", "products", "--below", "9"]).await.error(4);
    let stocked = Shop::stocked().await;
    let refused = stocked.run(&["retire", "products"]).await;
    snapshot("retire_refused", refused.error(4));
}

/// Each of them needs a job that is under way.
#[tokio::test]
async fn a_job_that_is_not_there_cannot_be_steered() {
    let shop = Shop::stocked().await;
    for command in [&["pause"][..], &["resume"], &["cancel"], &["adjust", "--workers", "2"]] {
        let ended = shop.run(&[command, &["products"]].concat()).await;
        assert!(ended.error(4).contains("no backfill under way"), "{ended:?}");
        let ended = shop.run(&[command, &["products", "--rollback"]].concat()).await;
        assert!(ended.error(4).contains("no rollback under way"), "{ended:?}");
    }
}
