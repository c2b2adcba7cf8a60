//! Values: converted, to other types, to lists; and ids.

use mongodb::bson::{Bson, Document, bson, doc, oid::ObjectId};
use schema_runtime::migration::{
    Direction, Step,
    steps::{self, ValueType},
};

use super::{down, insert, refusal, there_again, there_and_back, up};
use crate::{state::dump, support::database};

async fn forget(database: &mongodb::Database) {
    database.collection::<Document>("schema_migrations").delete_many(doc! {}).await.unwrap();
}

fn of<const N: usize>(values: [Bson; N]) -> [Document; N] {
    let mut id = 0;
    values.map(|value| {
        id += 1;
        doc! { "_id": id, "a": { "b": value } }
    })
}

async fn values(database: &mongodb::Database) -> Vec<Bson> {
    let documents = dump(database, "c").await;
    documents
        .into_iter()
        .map(|document| document.get_document("a").unwrap().get("b").unwrap().clone())
        .collect()
}

#[tokio::test]
async fn values_become_others_and_come_back() {
    let database = database().await;
    insert(&database, "c", of([bson!("A"), bson!("B"), bson!("C"), bson!(["A"]), bson!(null), bson!(1)]))
        .await;
    let pairs = [(bson!("A"), bson!("active")), (bson!("B"), bson!(null)), (bson!(1), bson!({ "n": "$1" }))];
    // The null that was there cannot be told from the one that B has become.
    database.collection::<Document>("c").delete_many(doc! { "_id": 5 }).await.unwrap();
    there_and_back(&database, || steps::convert_values("c", "a.b", pairs.clone())).await;
    let expected = [bson!("active"), bson!(null), bson!("C"), bson!(["A"]), bson!({ "n": "$1" })];
    assert_eq!(values(&database).await, expected);
}

#[tokio::test]
async fn values_that_change_places_do_so_once() {
    let step = || steps::convert_values("c", "a.b", [("A", "B"), ("B", "C"), ("C", "A")]);
    assert!(!step().is_repeatable(Direction::Up) && step().is_reversible());
    let database = database().await;
    insert(&database, "c", of([bson!("A"), bson!("B"), bson!("C")])).await;
    assert_eq!(up(&database, step()).await, Ok(3));
    assert_eq!(values(&database).await, [bson!("B"), bson!("C"), bson!("A")]);
    assert_eq!(down(&database, step()).await, Ok(3));
    assert_eq!(values(&database).await, [bson!("A"), bson!("B"), bson!("C")]);
}

#[tokio::test]
async fn two_values_that_become_one_do_not_come_back() {
    let step = || steps::convert_values("c", "a.b", [("A", "x"), ("B", "x")]);
    assert_eq!(step().destroys(Direction::Up).unwrap(), "which of several values `a.b` of `c` had");
    let database = database().await;
    insert(&database, "c", of([bson!("A"), bson!("B")])).await;
    there_again(&database, step).await;
    assert_eq!(values(&database).await, [bson!("x"), bson!("x")]);
    assert!(down(&database, step()).await.unwrap_err().contains("no way back"));
    forget(&database).await;
    let twice = steps::convert_values("c", "a.b", [(bson!(1), "x"), (bson!(1.0), "y")]);
    assert!(refusal(&database, Direction::Up, twice).await.contains("1.0 is to become two values at once"));
}

#[tokio::test]
async fn numbers_are_converted_where_nothing_is_lost() {
    let stored = [bson!("12"), bson!(12), bson!(12_i64), bson!(12.0), bson!(null), bson!("-3"), bson!(true)];
    let database = database().await;
    insert(&database, "c", of(stored)).await;
    there_again(&database, || steps::convert_type("c", "a.b", ValueType::Int64)).await;
    let expected = [
        bson!(12_i64),
        bson!(12_i64),
        bson!(12_i64),
        bson!(12_i64),
        bson!(null),
        bson!(-3_i64),
        bson!(1_i64),
    ];
    assert_eq!(values(&database).await, expected);
}

#[tokio::test]
async fn a_type_comes_back_if_it_is_said() {
    let id = "65a1b2c3d4e5f60718293a4b";
    for (value, to, back) in [
        (bson!("12.50"), ValueType::Decimal, ValueType::Text),
        (bson!(0.1), ValueType::Decimal, ValueType::Double),
        (bson!(id), ValueType::ObjectId, ValueType::Text),
        (bson!(1_700_000_000_000_i64), ValueType::Date, ValueType::Int64),
        (bson!(7), ValueType::Text, ValueType::Int32),
        (bson!(true), ValueType::Int32, ValueType::Boolean),
        (bson!("2026-11-22T10:00:00.000Z"), ValueType::Date, ValueType::Text),
    ] {
        let database = database().await;
        insert(&database, "c", of([value])).await;
        there_and_back(&database, || steps::convert_type("c", "a.b", to).back_to(back)).await;
    }
    assert!(!steps::convert_type("c", "a", ValueType::Text).is_reversible());
}

#[tokio::test]
async fn nothing_is_converted_if_something_cannot_be() {
    let long = (1_i64 << 53) + 1;
    for (value, to) in [
        (bson!("twelve"), ValueType::Int32),
        (bson!(""), ValueType::Double),
        (bson!(1.5), ValueType::Int32),
        (bson!(5_000_000_000_i64), ValueType::Int32),
        (bson!(long), ValueType::Double),
        (bson!([1]), ValueType::Text),
        (bson!({ "x": 1 }), ValueType::Int64),
        (bson!("false"), ValueType::Boolean),
        (bson!("no id"), ValueType::ObjectId),
    ] {
        let database = database().await;
        insert(
            &database,
            "c",
            [doc! { "_id": 1, "a": 1 }, doc! { "_id": 2, "a": "1" }, doc! { "_id": 3, "a": value.clone() }],
        )
        .await;
        let said = refusal(&database, Direction::Up, steps::convert_type("c", "a", to)).await;
        let (first, rest) = (format!("`a` cannot become a value of type `{to}`"), "mend their values");
        assert!(said.contains(&first) && said.contains(rest), "{value}: {said}");
    }
}

#[tokio::test]
async fn single_values_become_lists_and_come_back() {
    let database = database().await;
    let values = [bson!("x"), bson!({ "d": 1 }), bson!(null), bson!(ObjectId::new())];
    insert(&database, "c", of(values.clone())).await;
    insert(&database, "c", [doc! { "_id": 0 }, doc! { "_id": 9, "a": {} }]).await;
    there_and_back(&database, || steps::to_list("c", "a.b")).await;
    database.collection::<Document>("c").delete_many(doc! { "_id": { "$in": [0, 9] } }).await.unwrap();
    let [text, document, _, id] = values;
    let expected = [bson!([text]), bson!([document]), bson!([]), bson!([id])];
    assert_eq!(self::values(&database).await, expected);
}

#[tokio::test]
async fn lists_stay_and_longer_ones_do_not_become_single_values() {
    let database = database().await;
    insert(&database, "c", of([bson!(["x", "y"]), bson!("z")])).await;
    let step = || steps::to_list("c", "a.b");
    assert_eq!(up(&database, step()).await, Ok(1));
    assert_eq!(values(&database).await, [bson!(["x", "y"]), bson!(["z"])]);
    let said = refusal(&database, Direction::Down, step()).await;
    assert!(said.contains("in one document of collection `c`, that with the `_id` 1"), "{said}");
}

#[tokio::test]
async fn a_document_gets_another_id() {
    let database = database().await;
    let unique =
        doc! { "createIndexes": "c", "indexes": [{ "key": { "name": 1 }, "name": "name", "unique": true }] };
    database.run_command(unique).await.unwrap();
    insert(&database, "c", [doc! { "_id": "old", "name": "n", "x": 1.0 }, doc! { "_id": 2, "name": "m" }])
        .await;
    let step = || steps::change_id("c", "old", doc! { "new": 1 });
    there_and_back(&database, step).await;
    let expected = [doc! { "_id": 2, "name": "m" }, doc! { "_id": { "new": 1 }, "name": "n", "x": 1.0 }];
    assert_eq!(dump(&database, "c").await, expected);
    insert(&database, "c", [doc! { "_id": "old", "name": "o" }]).await;
    let said = refusal(&database, Direction::Down, step()).await;
    assert!(said.contains("collection `c` has other documents under 1 of the ids"), "{said}");
}
