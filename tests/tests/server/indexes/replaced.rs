//! Indexes that are not as they are declared.

use mongodb::bson::{Document, doc, serialize_to_document};
use schema_runtime::{Error, VersionedCollection, VersionedDocument, indexes::IndexReport};

use super::{create, listed, names};
use crate::support::database;

#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    collection = "visits",
    index(keys(at), expire_after = 60),
    index(keys(user), hidden),
    index(keys(page), unique),
    index(keys(text(page)))
)]
struct Visit {
    at: i64,
    user: String,
    page: String,
}

fn others() -> [Document; 4] {
    [
        doc! { "key": { "at": 1 }, "name": "at_1" },
        doc! { "key": { "user": 1 }, "name": "by_user" },
        doc! { "key": { "page": 1 }, "name": "page_1", "sparse": true },
        doc! { "key": { "body": "text" }, "name": "words" },
    ]
}

/// The changes as they are serialized.
fn changes(report: &IndexReport) -> Vec<(String, String)> {
    let report = serialize_to_document(report).unwrap();
    let changes = report.get_array("changes").unwrap().iter().map(|change| {
        let change = change.as_document().unwrap();
        (change.get_str("change").unwrap().to_owned(), change.get_str("name").unwrap().to_owned())
    });
    changes.collect()
}

#[tokio::test]
async fn they_are_left_unless_somebody_asks() {
    let database = database().await;
    create(&database, "visits", others()).await;
    let before = listed(&database, "visits").await;
    let visits = VersionedCollection::<Visit>::new(&database);
    let report = visits.indexes().create().await.unwrap();
    assert_eq!(report.changes, []);
    assert!(!report.is_clean());
    assert_eq!(listed(&database, "visits").await, before);
    assert_eq!(
        report.to_string(),
        "`visits` at schema version 1: 0 of 4 declared indexes are there\n  \
         different     at_1  `at_1` has no `expireAfterSeconds` instead of 60\n  \
         different     user_1  `by_user` has no `hidden` instead of true\n  \
         different     page_1  `page_1` has no `unique` instead of true, `sparse` true, which is not declared\n  \
         different     page_text  `words` has `weights` { \"body\": 1 } instead of { \"page\": 1 }\n"
    );
}

#[tokio::test]
async fn they_are_changed_in_place_or_built_again() {
    let database = database().await;
    create(&database, "visits", others()).await;
    create(&database, "visits", [doc! { "key": { "else": 1 }, "name": "else" }]).await;
    let visits = VersionedCollection::<Visit>::new(&database);
    let report = visits.indexes().replace_changed(true).create().await.unwrap();
    let expected = [
        ("modified", "at_1"),
        ("modified", "by_user"),
        ("dropped", "page_1"),
        ("dropped", "words"),
        ("created", "page_1"),
        ("created", "page_text"),
    ];
    assert_eq!(changes(&report), expected.map(|(change, name)| (change.to_owned(), name.to_owned())));
    assert!(report.is_clean(), "{report}");
    assert_eq!(names(&database, "visits").await, ["at_1", "by_user", "else", "page_1", "page_text"]);
    let other_name = report.declared.iter().find(|index| index.name == "user_1").unwrap();
    assert_eq!(
        serialize_to_document(other_name).unwrap(),
        doc! { "name": "user_1", "state": "otherName", "existing": "by_user", "lacking": [] }
    );
    assert!(report.to_string().contains("  other name    user_1  it is called `by_user`\n"), "{report}");
}

#[tokio::test]
async fn what_cannot_be_replaced_is_as_it_was() {
    for locale in ["simple", "en"] {
        let database = database().await;
        let visits = doc! { "create": "visits", "collation": { "locale": locale } };
        database.run_command(visits).await.unwrap();
        let mut others = others();
        // Not that of the collection.
        for index in &mut others[2..] {
            index.insert("collation", doc! { "locale": "simple" });
        }
        create(&database, "visits", others).await;
        let before = listed(&database, "visits").await;
        let visit = |id: i32| doc! { "_id": id, "schemaVersion": 1, "page": "start" };
        database.collection("visits").insert_many((0..3).map(visit)).await.unwrap();
        let visits = VersionedCollection::<Visit>::new(&database);
        let error = visits.indexes().replace_changed(true).create().await.unwrap_err();
        assert!(matches!(error, Error::DuplicateKeys { .. }), "{error}");
        let after = listed(&database, "visits").await;
        // But for those that were changed in place.
        assert_eq!(after.len(), before.len());
        assert_eq!(after[2..], before[2..]);
    }
}
