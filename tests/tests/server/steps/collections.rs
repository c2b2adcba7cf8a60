//! Collections, views and validators.

use mongodb::{
    Database,
    bson::{Document, doc},
    options::{ValidationAction, ValidationLevel},
};
use schema_runtime::migration::{
    Direction, Step,
    steps::{self, ValidationRule},
};

use super::{down, insert, refusal, there_again, there_and_back, up};
use crate::{state::dump, support::database};

async fn forget(database: &Database) {
    database.collection::<Document>("schema_migrations").delete_many(doc! {}).await.unwrap();
}

#[tokio::test]
async fn a_collection_is_created_with_its_options() {
    let created = [
        steps::create_collection("c"),
        steps::create_collection("c").option("capped", true).option("size", 5000).option("max", 100),
        steps::create_collection("c").option("collation", doc! { "locale": "de" }),
        steps::create_collection("c")
            .option("validator", doc! { "a": { "$gt": 1 } })
            .option("validationLevel", "moderate"),
        steps::create_collection("c").option("timeseries", doc! { "timeField": "at" }),
    ];
    for step in created {
        let database = database().await;
        there_and_back(&database, || step.clone()).await;
    }
}

#[tokio::test]
async fn a_collection_that_is_another_one_or_in_use_is_left() {
    let database = database().await;
    insert(&database, "c", [doc! { "_id": 1 }]).await;
    let capped = || steps::create_collection("c").option("capped", true).option("size", 4096);
    let said = refusal(&database, Direction::Up, capped()).await;
    assert!(said.contains("it has no capped; it has no size"), "{said}");
    forget(&database).await;
    up(&database, steps::create_collection("c")).await.unwrap();
    let said = refusal(&database, Direction::Down, steps::create_collection("c")).await;
    assert!(said.contains("has one document") && said.contains("delete them first"), "{said}");
    forget(&database).await;
    up(&database, steps::create_view("v", "c", [])).await.unwrap();
    forget(&database).await;
    let said = refusal(&database, Direction::Up, steps::create_collection("v")).await;
    assert!(said.contains("it is a view"), "{said}");
}

async fn with_indexes(database: &Database) {
    let create =
        doc! { "create": "old", "validator": { "n": { "$gte": 0 } }, "collation": { "locale": "en" } };
    database.run_command(create).await.unwrap();
    let documents = (0..50).map(|n| doc! { "_id": n, "text": "t".repeat(n as usize), "n": n });
    database.collection("old").insert_many(documents).await.unwrap();
    let indexes = [
        doc! { "key": { "n": 1 }, "name": "by n", "unique": true },
        doc! { "key": { "text": "text" }, "name": "words", "collation": { "locale": "simple" } },
    ];
    database.run_command(doc! { "createIndexes": "old", "indexes": indexes.to_vec() }).await.unwrap();
}

#[tokio::test]
async fn a_collection_is_renamed_with_all_that_it_has() {
    let database = database().await;
    with_indexes(&database).await;
    let there = there_and_back(&database, || steps::rename_collection("old", "new")).await;
    assert_eq!(there.0.len(), 1);
    assert_eq!((there.0[0].1.len(), there.0[0].2.len()), (3, 50));
}

#[tokio::test]
async fn a_collection_is_not_renamed_over_another() {
    let database = database().await;
    with_indexes(&database).await;
    up(&database, steps::create_collection("new")).await.unwrap();
    forget(&database).await;
    let said = refusal(&database, Direction::Up, steps::rename_collection("old", "new")).await;
    assert!(said.contains("both are there, with 0 documents in the latter"), "{said}");
    insert(&database, "new", [doc! { "_id": 1 }]).await;
    let said = refusal(&database, Direction::Up, steps::rename_collection("old", "new")).await;
    assert!(said.contains("both are there, with one document in the latter"), "{said}");
    let said = refusal(&database, Direction::Up, steps::rename_collection("old", "old"));
    forget(&database).await;
    assert!(said.await.contains("has that name already"));
}

#[tokio::test]
async fn where_there_is_nothing_there_is_nothing_to_do() {
    let database = database().await;
    for step in 0..7 {
        forget(&database).await;
        let done = match step {
            0 => up(&database, steps::rename_collection("old", "new")).await,
            1 => up(&database, steps::copy_collection("old", "new")).await,
            2 => up(&database, steps::drop_collection("old")).await,
            3 => up(&database, steps::drop_view("old", "new", [])).await,
            4 => up(&database, steps::rename_field("old", "a", "b")).await,
            5 => up(&database, steps::move_documents("old", doc! {}, "new")).await,
            _ => up(&database, steps::drop_index("old", doc! { "a": 1 })).await,
        };
        assert_eq!(done, Ok(0), "{step}");
    }
    assert_eq!(super::content(&database).await, super::Content(Vec::new()));
}

#[tokio::test]
async fn a_collection_is_copied_with_all_that_it_has() {
    let database = database().await;
    with_indexes(&database).await;
    let there = there_and_back(&database, || steps::copy_collection("old", "new")).await;
    let [new, old] = there.0.try_into().unwrap_or_else(|_| panic!("two collections"));
    assert_eq!((&new.1, &new.2), (&old.1, &old.2));
    assert_eq!(new.0.get_document("options").unwrap(), old.0.get_document("options").unwrap());
}

#[tokio::test]
async fn what_is_invalid_by_now_is_copied_as_well() {
    let database = database().await;
    with_indexes(&database).await;
    let stricter = doc! { "collMod": "old", "validator": { "n": { "$gt": 25 } } };
    database.run_command(stricter).await.unwrap();
    assert_eq!(up(&database, steps::copy_collection("old", "new")).await, Ok(50));
    assert_eq!(dump(&database, "new").await, dump(&database, "old").await);
}

#[tokio::test]
async fn a_copy_that_was_begun_is_finished_and_another_collection_is_no_copy() {
    let database = database().await;
    with_indexes(&database).await;
    let create = || doc! { "create": "new", "collation": { "locale": "en" } };
    database.run_command(create()).await.unwrap();
    insert(&database, "new", [doc! { "_id": 7, "text": "ttttttt", "n": 7 }]).await;
    up(&database, steps::copy_collection("old", "new")).await.unwrap();
    assert_eq!(dump(&database, "new").await.len(), 50);
    for other in [doc! { "_id": 7, "n": 8 }, doc! { "_id": "another" }] {
        forget(&database).await;
        database.collection::<Document>("new").drop().await.unwrap();
        database.run_command(create()).await.unwrap();
        insert(&database, "new", [other]).await;
        let said = refusal(&database, Direction::Up, steps::copy_collection("old", "new")).await;
        assert!(said.contains("has other documents under 1 of the ids"), "{said}");
    }
    forget(&database).await;
    database.collection::<Document>("new").drop().await.unwrap();
    database.run_command(doc! { "create": "new" }).await.unwrap();
    let said = refusal(&database, Direction::Up, steps::copy_collection("old", "new")).await;
    assert!(said.contains("its collation is simple, not { \"locale\": \"en\""), "{said}");
}

#[tokio::test]
async fn a_collection_is_dropped_for_good() {
    let database = database().await;
    with_indexes(&database).await;
    let step = || steps::drop_collection("old");
    assert_eq!(step().destroys(Direction::Up).unwrap(), "collection `old` with all that is in it");
    assert!(!step().is_reversible());
    let there = there_again(&database, step).await;
    assert!(there.0.is_empty());
    let said = down(&database, step()).await.unwrap_err();
    assert!(said.contains("there is no way back of drop collection `old`"), "{said}");
    forget(&database).await;
    up(&database, steps::create_view("v", "c", [])).await.unwrap();
    forget(&database).await;
    let said = refusal(&database, Direction::Up, steps::drop_collection("v")).await;
    assert!(said.contains("`drop_view`"), "{said}");
}

#[tokio::test]
async fn a_view_is_created_and_dropped() {
    let database = database().await;
    insert(&database, "c", [doc! { "_id": 1, "a": 1 }, doc! { "_id": 2, "a": 2 }]).await;
    let pipeline = || [doc! { "$match": { "a": { "$gt": 1_i64 } } }, doc! { "$project": { "_id": 1 } }];
    there_and_back(&database, || steps::create_view("v", "c", pipeline())).await;
    assert_eq!(dump(&database, "v").await, [doc! { "_id": 2 }]);
    forget(&database).await;
    there_and_back(&database, || steps::drop_view("v", "c", pipeline())).await;
    down(&database, steps::drop_view("v", "c", pipeline())).await.unwrap();
    forget(&database).await;
    for said in [
        refusal(&database, Direction::Up, steps::create_view("v", "c", [])).await,
        refusal(&database, Direction::Up, steps::create_view("v", "d", pipeline())).await,
    ] {
        assert!(said.contains("it shows [{ \"$match\""), "{said}");
    }
    forget(&database).await;
    let said = refusal(&database, Direction::Up, steps::drop_view("c", "d", [])).await;
    assert!(said.contains("it is a collection"), "{said}");
}

#[tokio::test]
async fn a_validator_is_set_and_set_back() {
    let first = || ValidationRule::new(doc! { "a": { "$gt": 1 } }).level(ValidationLevel::Moderate);
    let second = || ValidationRule::new(doc! { "a": { "$gt": 2_i64 } }).action(ValidationAction::Warn);
    let database = database().await;
    insert(&database, "c", [doc! { "_id": 1 }]).await;
    up(&database, steps::validator("c", first())).await.unwrap();
    forget(&database).await;
    there_and_back(&database, || steps::validator("c", second()).replacing(first())).await;
    forget(&database).await;
    let removed = || steps::validator("c", doc! {}).replacing(second());
    there_and_back(&database, removed).await;
    insert(&database, "c", [doc! { "_id": 2, "a": 0 }]).await;
}

#[tokio::test]
async fn a_validator_makes_the_collection_that_is_not_there() {
    let database = database().await;
    let step = || steps::validator("c", doc! { "a": 1 });
    up(&database, step()).await.unwrap();
    let collection = database.collection::<Document>("c");
    collection.insert_one(doc! { "a": 2 }).await.unwrap_err();
    down(&database, step()).await.unwrap();
    collection.insert_one(doc! { "a": 2 }).await.unwrap();
}

#[tokio::test]
async fn a_validator_that_nobody_has_told_of_is_not_replaced() {
    let database = database().await;
    up(&database, steps::validator("c", doc! { "theirs": true })).await.unwrap();
    forget(&database).await;
    let said = refusal(&database, Direction::Up, steps::validator("c", doc! { "ours": true })).await;
    assert!(said.contains(r#"is { "theirs": true } (level strict, action error), and not none"#), "{said}");
    let other = steps::validator("c", doc! { "ours": true }).replacing(doc! { "else": true });
    forget(&database).await;
    let said = refusal(&database, Direction::Up, other).await;
    assert!(said.contains(r#"and not { "else": true }"#) && said.contains("`replacing`"), "{said}");
}
