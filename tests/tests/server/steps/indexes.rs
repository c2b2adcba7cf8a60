//! Indexes.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use schema_runtime::migration::{
    Direction, Step,
    steps::{self, IndexSpec},
};

use super::{down, indexes_of, insert, refusal, there_and_back, up};
use crate::support::database;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn every_option() -> Vec<IndexSpec> {
    vec![
        IndexSpec::on(doc! { "a": 1 }),
        IndexSpec::on(doc! { "a": 1, "b.c": -1 }).name("mine"),
        IndexSpec::on(doc! { "a": 1 }).unique(true).sparse(true),
        IndexSpec::on(doc! { "a": 1 }).hidden(true),
        IndexSpec::on(doc! { "a": 1 }).unique(true).partial(doc! { "b": { "$gt": 5_i64 } }),
        IndexSpec::on(doc! { "at": 1 }).expire_after(DAY),
        IndexSpec::on(doc! { "a": 1 }).collation(doc! { "locale": "en", "strength": 2 }),
        IndexSpec::on(doc! { "c": 1, "a": "text", "b": "text" }).option("weights", doc! { "a": 10, "b": 1 }),
        IndexSpec::on(doc! { "a": "text" }).option("default_language", "german"),
        IndexSpec::on(doc! { "a": "hashed" }),
        IndexSpec::on(doc! { "a": "2dsphere" }),
        IndexSpec::on(doc! { "$**": 1 }).option("wildcardProjection", doc! { "a": 1 }),
        IndexSpec::on(doc! { "a": 1.0, "b": -1_i64 }),
    ]
}

#[tokio::test]
async fn an_index_of_every_kind_is_created_and_dropped() {
    for index in every_option() {
        let database = database().await;
        insert(&database, "c", [doc! { "_id": 1, "b": 1 }]).await;
        there_and_back(&database, || steps::create_index("c", index.clone())).await;
        down(&database, steps::create_index("c", index.clone())).await.unwrap();

        let created = steps::create_index("c", index.clone());
        up(&database, created).await.unwrap();
        assert_eq!(indexes_of(&database, "c").await.len(), 2, "{index:?}");
        let database = self::database().await;
        up(&database, steps::create_index("c", index.clone())).await.unwrap();
        let all = indexes_of(&database, "c").await;
        // As another migration.
        let dropped = steps::drop_index("c", index.clone());
        database.collection::<Document>("schema_migrations").delete_many(doc! {}).await.unwrap();
        there_and_back(&database, || dropped.clone()).await;
        down(&database, dropped).await.unwrap();
        assert_eq!(indexes_of(&database, "c").await, all, "{index:?}");
    }
}

#[tokio::test]
async fn one_that_is_there_under_another_name_will_do() {
    let database = database().await;
    let named = doc! { "createIndexes": "c", "indexes": [{ "key": { "a": 1 }, "name": "theirs" }] };
    database.run_command(named).await.unwrap();
    up(&database, steps::create_index("c", doc! { "a": 1 })).await.unwrap();
    assert_eq!(indexes_of(&database, "c").await.len(), 2);
}

#[tokio::test]
async fn another_one_is_told_apart() {
    let database = database().await;
    let there = doc! { "key": { "a": 1 }, "name": "a_1", "unique": true, "expireAfterSeconds": 60 };
    database.run_command(doc! { "createIndexes": "c", "indexes": [there] }).await.unwrap();
    let said =
        refusal(&database, Direction::Up, steps::create_index("c", doc! { "a": 1 }).sparse(true)).await;
    for part in
        ["`a_1`", "it has no sparse", "it has unique true", "it has expireAfterSeconds 60", "`change_index`"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = refusal(&database, Direction::Up, steps::drop_index("c", doc! { "a": 1 })).await;
    assert!(said.contains("it has unique true"), "{said}");
}

#[tokio::test]
async fn doubles_are_in_the_way_of_a_unique_one() {
    let database = database().await;
    insert(&database, "c", [doc! { "_id": 1, "a": "x" }, doc! { "_id": 2, "a": "x" }]).await;
    let said =
        refusal(&database, Direction::Up, steps::create_index("c", doc! { "a": 1 }).unique(true)).await;
    assert!(said.contains("have the same key") && said.contains("dup key: { a: \"x\" }"), "{said}");
}

/// What an index is changed from and to: in place, side by side, and one after the other.
fn changes() -> Vec<[IndexSpec; 2]> {
    let a = || IndexSpec::on(doc! { "a": 1 });
    vec![
        [a(), a().hidden(true)],
        [a().expire_after(DAY), a().expire_after(DAY * 2).hidden(true)],
        [a(), a().expire_after(DAY)],
        [a(), a().unique(true)],
        [a(), a().unique(true).name("a_unique")],
        [a(), a().name("renamed")],
        [a().sparse(true), a().expire_after(DAY).name("living")],
        [a(), IndexSpec::on(doc! { "a": 1, "b": 1 })],
        [a().name("mine"), IndexSpec::on(doc! { "b": -1 }).name("mine")],
        [IndexSpec::on(doc! { "a": "text" }), IndexSpec::on(doc! { "a": "text", "b": "text" })],
    ]
}

#[tokio::test]
async fn an_index_is_changed_and_changed_back() {
    for [from, to] in changes() {
        let database = database().await;
        insert(&database, "c", [doc! { "_id": 1, "a": "x" }]).await;
        up(&database, steps::create_index("c", from.clone())).await.unwrap();
        database.collection::<Document>("schema_migrations").delete_many(doc! {}).await.unwrap();
        there_and_back(&database, || steps::change_index("c", from.clone(), to.clone())).await;
        let there = indexes_of(&database, "c").await;
        assert_eq!(there.len(), 2, "{from:?} to {to:?}: {there:?}");
    }
}

#[tokio::test]
async fn the_old_index_stays_if_the_new_one_cannot_be_created() {
    let database = database().await;
    insert(&database, "c", [doc! { "_id": 1, "a": "x" }, doc! { "_id": 2, "a": "x" }]).await;
    up(&database, steps::create_index("c", doc! { "a": 1 })).await.unwrap();
    database.collection::<Document>("schema_migrations").delete_many(doc! {}).await.unwrap();
    for unique in
        [IndexSpec::on(doc! { "a": 1 }).unique(true), IndexSpec::on(doc! { "a": 1 }).unique(true).name("b")]
    {
        let said = refusal(&database, Direction::Up, steps::change_index("c", doc! { "a": 1 }, unique)).await;
        assert!(said.contains("have the same key"), "{said}");
        database.collection::<Document>("schema_migrations").delete_many(doc! {}).await.unwrap();
    }
    let hashed = IndexSpec::on(doc! { "a": 1 }).sparse(true);
    let said = refusal(&database, Direction::Up, steps::change_index("c", hashed, doc! { "b": 1 })).await;
    assert!(said.contains("it has no sparse"), "{said}");
}

#[tokio::test]
async fn documents_are_given_a_time_to_live() {
    let database = database().await;
    database.run_command(doc! { "create": "c" }).await.unwrap();
    let before = there_and_back(&database, || steps::time_to_live("c", "at", DAY)).await;
    assert!(format!("{before:?}").contains("\"expireAfterSeconds\": 86400"), "{before:?}");
    database.collection::<Document>("schema_migrations").delete_many(doc! {}).await.unwrap();
    let said = refusal(&database, Direction::Up, steps::time_to_live("c", "at", DAY * 2)).await;
    assert!(said.contains("its expireAfterSeconds is 86400, not 172800"), "{said}");
    database.collection::<Document>("schema_migrations").delete_many(doc! {}).await.unwrap();
    let longer = || steps::time_to_live("c", "at", DAY * 2).replacing(DAY);
    let after = there_and_back(&database, longer).await;
    assert!(format!("{after:?}").contains("\"expireAfterSeconds\": 172800"), "{after:?}");
    // Only what shortens lives destroys.
    assert!(steps::time_to_live("c", "at", DAY).destroys(Direction::Up).is_some());
    assert!(longer().destroys(Direction::Up).is_none() && longer().destroys(Direction::Down).is_some());
}
