//! A server without transactions.

use std::time::Duration;

use mongodb::{
    Client,
    bson::{Document, doc},
};
use schema_runtime::{
    local::LocalServer,
    migration::{Direction, steps},
};
use tokio::time::sleep;

use super::{go, refusal, there_and_back};
use crate::state::dump;

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_no_transaction_is_done_without_one() {
    let server = LocalServer::builder().start().await.unwrap();
    let database = Client::with_uri_str(server.uri()).await.unwrap().database("alone");
    let documents = (0..1_200).map(|id| doc! { "_id": id, "n": 0, "state": "A" });
    database.collection("from").insert_many(documents).await.unwrap();
    for name in ["to", "seeds"] {
        database.run_command(doc! { "create": name }).await.unwrap();
    }
    there_and_back(&database, || steps::move_documents("from", doc! { "_id": { "$gt": 600 } }, "to")).await;
    let ledger = database.collection::<Document>("schema_migrations");
    ledger.delete_many(doc! {}).await.unwrap();
    there_and_back(&database, || steps::seed("seeds", [doc! { "_id": 1 }])).await;
    ledger.delete_many(doc! {}).await.unwrap();
    let said = refusal(&database, Direction::Up, steps::change_id("from", 1, -1)).await;
    assert!(said.contains("asks for a transaction for change the `_id` 1 in `from` to -1"), "{said}");
}

/// Documents are copied and then deleted; what was changed in between is copied once more.
#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_meanwhile_is_not_lost() {
    const DOCUMENTS: i32 = 3_000;
    let server = LocalServer::builder().start().await.unwrap();
    let database = Client::with_uri_str(server.uri()).await.unwrap().database("alone");
    let documents = (0..DOCUMENTS).map(|id| doc! { "_id": id, "n": 0 });
    database.collection("from").insert_many(documents).await.unwrap();
    let from = database.collection::<Document>("from");
    let others = tokio::spawn(async move {
        let mut written = 0;
        while from.find_one(doc! {}).await.unwrap().is_some() {
            let id = doc! { "_id": fastrand::i32(0..DOCUMENTS) };
            written += from.update_one(id, doc! { "$inc": { "n": 1 } }).await.unwrap().modified_count;
        }
        written
    });
    sleep(Duration::from_millis(50)).await;
    go(&database, Direction::Up, steps::move_documents("from", doc! {}, "to")).await.unwrap();
    let written = others.await.unwrap();
    let moved = dump(&database, "to").await;
    let counted: i32 = moved.iter().map(|document| document.get_i32("n").unwrap()).sum();
    assert_eq!((moved.len(), u64::try_from(counted).unwrap()), (3_000, written));
}
