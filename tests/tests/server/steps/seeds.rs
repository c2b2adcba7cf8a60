//! Seeds.

use mongodb::bson::{Document, doc};
use schema_runtime::{
    VersionedDocument,
    migration::{Direction, Step, steps},
};
use serde::Serialize;

use super::{down, insert, refusal, there_and_back, up};
use crate::{state::dump, support::database};

#[derive(VersionedDocument)]
#[versioned(version = 3, oldest, collection = "roles")]
struct RoleV3 {
    #[serde(rename = "_id")]
    id: String,
    level: u8,
}

#[tokio::test]
async fn what_is_missing_is_inserted_and_deleted() {
    let database = database().await;
    insert(&database, "c", [doc! { "_id": 2, "theirs": true }]).await;
    let seeds = || {
        [
            doc! { "_id": 1, "a": 1 },
            doc! { "_id": 2, "a": 2 },
            doc! { "a": [3, { "b": 1_i64 }], "_id": "three" },
        ]
    };
    there_and_back(&database, || steps::seed("c", seeds())).await;
    let expected = [
        doc! { "_id": 1, "a": 1 },
        doc! { "_id": 2, "theirs": true },
        doc! { "_id": "three", "a": [3, { "b": 1_i64 }] },
    ];
    assert_eq!(dump(&database, "c").await, expected);
}

#[tokio::test]
async fn the_way_back_leaves_what_was_changed() {
    let database = database().await;
    let step = || steps::seed("c", [1, 2, 3, 4].map(|id| doc! { "_id": id, "a": 1 }));
    assert_eq!(up(&database, step()).await, Ok(4));
    let collection = database.collection::<Document>("c");
    collection.replace_one(doc! { "_id": 2 }, doc! { "a": 1_i64 }).await.unwrap();
    collection.replace_one(doc! { "_id": 3 }, doc! { "a": 1, "b": 1 }).await.unwrap();
    collection.delete_one(doc! { "_id": 4 }).await.unwrap();
    assert_eq!(down(&database, step()).await, Ok(1));
    assert_eq!(
        dump(&database, "c").await,
        [doc! { "_id": 2, "a": 1_i64 }, doc! { "_id": 3, "a": 1, "b": 1 }]
    );
}

#[tokio::test]
async fn documents_are_told_by_other_fields() {
    #[derive(Serialize)]
    struct Setting {
        tenant: i32,
        name: &'static str,
        value: Option<f64>,
    }
    let settings = || {
        [(1, "theme"), (1, "layout"), (2, "theme")].map(|(tenant, name)| Setting {
            tenant,
            name,
            value: Some(0.5),
        })
    };
    let step = || steps::seed("settings", settings()).by("tenant").by("name");
    let database = database().await;
    insert(&database, "settings", [doc! { "_id": 1, "tenant": 1, "name": "theme" }]).await;
    assert_eq!(up(&database, step()).await, Ok(2));
    let settings = database.collection::<Document>("settings");
    let generated = settings.count_documents(doc! { "_id": { "$type": "objectId" } }).await.unwrap();
    assert_eq!(generated, 2);
    assert_eq!(down(&database, step()).await, Ok(2));
    assert_eq!(dump(&database, "settings").await, [doc! { "_id": 1, "tenant": 1, "name": "theme" }]);
}

#[tokio::test]
async fn a_versioned_type_has_its_stamp() {
    let database = database().await;
    up(&database, steps::seed("roles", [RoleV3 { id: "admin".into(), level: 9 }])).await.unwrap();
    assert_eq!(dump(&database, "roles").await, [doc! { "_id": "admin", "schemaVersion": 3, "level": 9 }]);
}

#[tokio::test]
async fn what_cannot_be_seeded_is_told_before_anything_is_written() {
    let database = database().await;
    insert(&database, "c", [doc! { "_id": 1 }]).await;
    for (step, expected) in [
        (steps::seed("c", [doc! { "_id": 2 }, doc! { "a": 1 }]), "document 2 has no `_id`; give it one"),
        (steps::seed("c", [doc! { "a": 1 }, doc! { "a": 1 }]).by("a"), "documents 1 and 2 have the same `a`"),
        (steps::seed("c", [u64::MAX]), "document 1 cannot be written"),
    ] {
        let said = refusal(&database, Direction::Up, step).await;
        assert!(said.contains("collection `c` cannot be seeded") && said.contains(expected), "{said}");
    }
}

#[tokio::test]
async fn all_of_them_are_inserted_or_none() {
    let database = database().await;
    let unique =
        doc! { "createIndexes": "c", "indexes": [{ "key": { "a": 1 }, "name": "a", "unique": true }] };
    database.run_command(unique).await.unwrap();
    insert(&database, "c", [doc! { "_id": 1, "a": 1 }]).await;
    let said = refusal(
        &database,
        Direction::Up,
        steps::seed("c", [doc! { "_id": 2, "a": 2 }, doc! { "_id": 3, "a": 1 }]),
    )
    .await;
    assert!(said.contains("dup key: { a: 1 }"), "{said}");
}

#[test]
fn seeds_that_differ_have_different_descriptions() {
    let described = |value: i32| steps::seed("c", [doc! { "_id": 1, "a": value }]).describe();
    assert_ne!(described(1), described(2));
}
