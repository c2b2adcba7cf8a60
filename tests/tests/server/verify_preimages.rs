//! Verification by pre-images: what was upgraded is upgraded again, and compared.

use std::time::Duration;

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{VersionedCollection, VersionedDocument, backfill::PREIMAGES};
use schema_tests::orders::{Order, OrderV1, insert_old};

use crate::{
    model::{Article, fixed_samples},
    state::state,
    support::database,
};

const HOUR: Duration = Duration::from_secs(3600);

/// The release after a mistake: the step makes something else of the same documents.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = OrderV1)]
struct DoubledOrder {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(try_with = |total| total.parse::<i64>().map(|total| total * 2))]
    total: i64,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = OrderV1)]
struct StrictOrder {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(try_with = |total| total.parse::<i64>().map_err(Box::from).and_then(small))]
    total: i64,
}

fn small(total: i64) -> Result<i64, Box<dyn std::error::Error + Send + Sync>> {
    if total < 15 { Ok(total) } else { Err(format!("{total} is too much").into()) }
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = DoubledOrder)]
struct NextOrder {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = total)]
    sum: i64,
}

async fn change(database: &Database, collection: &str, filter: Document, change: Document) {
    let raw = database.collection::<Document>(collection);
    raw.update_many(filter, doc! { "$set": change }).await.unwrap();
}

#[tokio::test]
async fn the_same_chain_makes_the_same_of_all_that_nobody_has_touched() {
    let database = database().await;
    let samples = fixed_samples(300).into_iter().map(|sample| sample.stored);
    database.collection::<Document>("articles").insert_many(samples).await.unwrap();
    let articles = VersionedCollection::<Article>::new(&database);
    let upgraded = articles.backfill().keep_preimages(HOUR).run().await.unwrap().upgraded;
    let preimages = database.collection::<Document>(PREIMAGES);
    let one = preimages.find_one(doc! {}).await.unwrap().unwrap();
    let id = one.get_document("_id").unwrap().get("document");
    change(&database, "articles", doc! { "_id": id }, doc! { "title": "Mine" }).await;

    let before = state(&database).await;
    let verification = articles.verify().preimages(1000).run().await.unwrap();
    assert!(verification.is_clean(), "{verification}");
    assert_eq!(
        (verification.preimages, verification.reconverted),
        (upgraded, upgraded - 1),
        "{verification}"
    );
    let some = articles.verify().preimages(7).run().await.unwrap();
    assert_eq!(some.preimages, 7);
    assert_eq!(articles.verify().run().await.unwrap().preimages, 0);
    assert_eq!(state(&database).await, before);
}

#[tokio::test]
async fn a_step_that_has_changed_is_found() {
    let database = database().await;
    insert_old(&database, 10).await.unwrap();
    let orders = VersionedCollection::<Order>::new(&database);
    orders.backfill().keep_preimages(HOUR).run().await.unwrap();
    // Nobody can tell of one that was changed since; and twice nothing is nothing.
    let doubled = VersionedCollection::<DoubledOrder>::new(&database);
    change(&database, "orders", doc! { "_id": 9 }, doc! { "total": 54_i64 }).await;

    let verification = doubled.verify().preimages(100).run().await.unwrap();
    assert_eq!(verification.findings.get("reconversion"), Some(&8), "{verification}");
    assert_eq!((verification.preimages, verification.reconverted), (10, 9));
    let found = &verification.first_findings[0];
    assert_eq!((found.path.as_deref(), found.stored_version), (Some("total"), Some(2)), "{found:?}");

    let strict = VersionedCollection::<StrictOrder>::new(&database);
    let verification = strict.verify().preimages(100).run().await.unwrap();
    assert_eq!(verification.findings.get("reconversion"), Some(&4), "{verification}");
    let found = &verification.first_findings[0];
    assert!(
        found.error.starts_with("it could not be upgraded any more: ") && found.error.contains("too much")
    );

    // Of another version, they say nothing about what is stored.
    let next = VersionedCollection::<NextOrder>::new(&database);
    let verification = next.verify().preimages(100).run().await.unwrap();
    assert_eq!((verification.preimages, verification.reconverted), (10, 0), "{verification}");
}
