//! Fields: added, removed, renamed.

use mongodb::bson::{Document, doc};
use schema_runtime::migration::{Direction, Step, steps};

use super::{down, insert, refusal, there_again, there_and_back, up};
use crate::{state::dump, support::database};

async fn forget(database: &mongodb::Database) {
    database.collection::<Document>("schema_migrations").delete_many(doc! {}).await.unwrap();
}

#[tokio::test]
async fn a_field_is_added_where_it_is_missing() {
    let database = database().await;
    let documents = [
        doc! { "_id": 1 },
        doc! { "_id": 2, "a": null },
        doc! { "_id": 3, "a": 5 },
        doc! { "_id": 4, "a": [] },
    ];
    insert(&database, "c", documents).await;
    there_and_back(&database, || steps::add_field("c", "a", doc! { "x": [1, "$y"] })).await;
    assert_eq!(
        dump(&database, "c").await,
        [
            doc! { "_id": 1, "a": { "x": [1, "$y"] } },
            doc! { "_id": 2, "a": null },
            doc! { "_id": 3, "a": 5 },
            doc! { "_id": 4, "a": [] },
        ]
    );
}

#[tokio::test]
async fn the_way_back_leaves_what_has_been_changed_since() {
    let database = database().await;
    insert(&database, "c", [1, 2, 3, 4].map(|id| doc! { "_id": id })).await;
    let step = || steps::add_field("c", "a", 1);
    assert_eq!(up(&database, step()).await, Ok(4));
    let collection = database.collection::<Document>("c");
    for (id, value) in [(2, doc! { "a": 2 }), (3, doc! { "a": [1] }), (4, doc! { "a": 1_i64 })] {
        collection.update_one(doc! { "_id": id }, doc! { "$set": value }).await.unwrap();
    }
    assert_eq!(down(&database, step()).await, Ok(1));
    assert_eq!(
        dump(&database, "c").await,
        [
            doc! { "_id": 1 },
            doc! { "_id": 2, "a": 2 },
            doc! { "_id": 3, "a": [1] },
            doc! { "_id": 4, "a": 1_i64 },
        ]
    );
}

#[tokio::test]
async fn a_nested_field_is_added_to_documents_only() {
    let database = database().await;
    insert(&database, "c", [doc! { "_id": 1, "a": { "b": {} } }, doc! { "_id": 2 }]).await;
    up(&database, steps::add_field("c", "a.b.c", true)).await.unwrap();
    let nested = |id: i32| doc! { "_id": id, "a": { "b": { "c": true } } };
    assert_eq!(dump(&database, "c").await, [nested(1), nested(2)]);
    for other in [
        doc! { "_id": 3, "a": [] },
        doc! { "_id": 3, "a": [{ "b": {} }] },
        doc! { "_id": 3, "a": { "b": null } },
        doc! { "_id": 3, "a": 1 },
    ] {
        forget(&database).await;
        insert(&database, "c", [other.clone(), doc! { "_id": 4 }]).await;
        let said = refusal(&database, Direction::Up, steps::add_field("c", "a.b.c", true)).await;
        for part in [
            "in one document of collection `c`",
            "the `_id` 3",
            "`a.b.c` is no document",
            "nothing was written",
        ] {
            assert!(said.contains(part), "{other}: {said}");
        }
        database.collection::<Document>("c").delete_many(doc! { "_id": { "$gte": 3 } }).await.unwrap();
    }
}

#[tokio::test]
async fn a_field_is_removed_for_good() {
    let database = database().await;
    let documents = [
        doc! { "_id": 1, "a": { "b": 1, "c": 1 } },
        doc! { "_id": 2, "a": { "b": null } },
        doc! { "_id": 3, "a": 7 },
    ];
    insert(&database, "c", documents).await;
    let step = || steps::remove_field("c", "a.b");
    assert_eq!(step().destroys(Direction::Up).unwrap(), "field `a.b` of `c` with all its values");
    there_again(&database, step).await;
    let expected =
        [doc! { "_id": 1, "a": { "c": 1 } }, doc! { "_id": 2, "a": {} }, doc! { "_id": 3, "a": 7 }];
    assert_eq!(dump(&database, "c").await, expected);
    assert!(down(&database, step()).await.unwrap_err().contains("no way back"));
    forget(&database).await;
    insert(&database, "c", [doc! { "_id": 4, "a": [{ "b": 1 }] }, doc! { "_id": 5, "a": { "b": 1 } }]).await;
    let said = refusal(&database, Direction::Up, step()).await;
    assert!(said.contains("the `_id` 4") && said.contains("`a.b` is a list"), "{said}");
}

#[tokio::test]
async fn a_field_is_renamed_and_renamed_back() {
    let database = database().await;
    let documents =
        [doc! { "_id": 1, "b": 1, "a": null }, doc! { "_id": 2 }, doc! { "_id": 3, "a": [{ "a": 1 }] }];
    insert(&database, "c", documents).await;
    there_and_back(&database, || steps::rename_field("c", "a", "z")).await;
    let expected =
        [doc! { "_id": 1, "b": 1, "z": null }, doc! { "_id": 2 }, doc! { "_id": 3, "z": [{ "a": 1 }] }];
    assert_eq!(dump(&database, "c").await, expected);
}

#[tokio::test]
async fn a_field_goes_into_a_document_and_out_of_it() {
    let database = database().await;
    insert(&database, "c", [doc! { "_id": 1, "a": 1, "d": { "x": 1 } }, doc! { "_id": 2, "d": 5 }]).await;
    let step = || steps::rename_field("c", "a", "d.e.a");
    up(&database, step()).await.unwrap();
    let expected = [doc! { "_id": 1, "d": { "x": 1, "e": { "a": 1 } } }, doc! { "_id": 2, "d": 5 }];
    assert_eq!(dump(&database, "c").await, expected);
    down(&database, step()).await.unwrap();
    let emptied = [doc! { "_id": 1, "d": { "x": 1, "e": {} }, "a": 1 }, doc! { "_id": 2, "d": 5 }];
    assert_eq!(dump(&database, "c").await, emptied);
}

#[tokio::test]
async fn nothing_is_overwritten_by_a_new_name() {
    let database = database().await;
    insert(
        &database,
        "c",
        [doc! { "_id": 1, "a": 1 }, doc! { "_id": 2, "a": 1, "b": null }, doc! { "_id": 3, "b": 1 }],
    )
    .await;
    let said = refusal(&database, Direction::Up, steps::rename_field("c", "a", "b")).await;
    assert!(
        said.contains("one document of collection `c` have both `a` and `b`, that with the `_id` 2"),
        "{said}"
    );
}

#[tokio::test]
async fn lists_are_not_gone_through() {
    for (document, from, to, found) in [
        (doc! { "_id": 2, "a": [{ "b": 1 }] }, "a.b", "c", "is a list"),
        (doc! { "_id": 2, "c": 1, "a": [{}] }, "c", "a.b", "is no document"),
        (doc! { "_id": 2, "c": 1, "a": "text" }, "c", "a.b", "is no document"),
    ] {
        let database = database().await;
        insert(&database, "c", [doc! { "_id": 1, "a": { "b": 1 } }, doc! { "_id": 3, "c": 1 }, document])
            .await;
        let said = refusal(&database, Direction::Up, steps::rename_field("c", from, to)).await;
        assert!(said.contains(found) && said.contains("the `_id` 2"), "{said}");
    }
}

#[tokio::test]
async fn fields_are_forced_where_a_filter_finds_them() {
    let database = database().await;
    insert(
        &database,
        "c",
        [doc! { "_id": "theme", "value": "old" }, doc! { "_id": "layout", "value": "old" }],
    )
    .await;
    let step =
        || steps::set_where("c", doc! { "_id": "theme" }, doc! { "value": "new", "meta.forced": true });
    assert_eq!(
        step().destroys(Direction::Up).unwrap(),
        "the values of `value`, `meta.forced` in documents of `c`"
    );
    there_again(&database, step).await;
    assert_eq!(
        dump(&database, "c").await,
        [
            doc! { "_id": "layout", "value": "old" },
            doc! { "_id": "theme", "value": "new", "meta": { "forced": true } },
        ]
    );
}

#[tokio::test]
async fn documents_are_deleted_for_good() {
    let database = database().await;
    insert(&database, "c", [1, 2, 3].map(|id| doc! { "_id": id })).await;
    let step = || steps::delete_documents("c", doc! { "_id": { "$gt": 1 } });
    assert_eq!(
        step().destroys(Direction::Up).unwrap(),
        r#"documents of `c` that are { "_id": { "$gt": 1 } }"#
    );
    there_again(&database, step).await;
    assert_eq!(dump(&database, "c").await, [doc! { "_id": 1 }]);
}
