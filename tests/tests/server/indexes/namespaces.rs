//! What is behind the name of a collection, and who else is in it.

use mongodb::bson::{Document, doc};
use schema_runtime::{Error, VersionedCollection, VersionedDocument};

use super::{create, names};
use crate::support::database;

#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    collection = "contents",
    kind(key = "type", value = "article"),
    index(keys("type", title)),
    index(keys(slug), unique, partial = doc! { "type": "article" }),
)]
struct Article {
    title: String,
    slug: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "video"), index(keys(seconds)))]
struct Video {
    seconds: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "events", index(keys("at", "kind")))]
#[serde(tag = "kind")]
enum Event {
    Opened { at: i64 },
    Closed { at: i64 },
}

#[tokio::test]
async fn kinds_share_the_indexes_of_their_collection() {
    let database = database().await;
    let articles = VersionedCollection::<Article>::new(&database);
    let videos = VersionedCollection::<Video>::new(&database);
    assert!(articles.indexes().create().await.unwrap().is_clean());
    let report = videos.indexes().create().await.unwrap();
    assert!(report.is_clean(), "{report}");
    let undeclared: Vec<_> = report.undeclared.iter().map(|index| index.name.as_str()).collect();
    assert_eq!(undeclared, ["type_1_title_1", "slug_1"]);
    let stored = |id: i32, kind: &str| doc! { "_id": id, "type": kind, "slug": "a" };
    let contents = database.collection::<Document>("contents");
    contents.insert_many([stored(1, "article"), stored(2, "video"), stored(3, "video")]).await.unwrap();
    contents.insert_one(stored(4, "article")).await.unwrap_err();
}

#[tokio::test]
async fn the_stored_paths_of_an_enum_are_as_written() {
    let database = database().await;
    let events = VersionedCollection::<Event>::new(&database);
    assert!(events.indexes().create().await.unwrap().is_clean());
    assert_eq!(names(&database, "events").await, ["at_1_kind_1"]);
}

#[tokio::test]
async fn a_view_has_none() {
    let database = database().await;
    create(&database, "others", [doc! { "key": { "a": 1 }, "name": "a_1" }]).await;
    database.run_command(doc! { "create": "events", "viewOn": "others", "pipeline": [] }).await.unwrap();
    let events = VersionedCollection::<Event>::new(&database);
    for result in [events.indexes().compare().await, events.indexes().create().await] {
        let error = result.unwrap_err();
        let Error::Database { action: "list its indexes", source, .. } = &error else { panic!("{error}") };
        assert!(source.to_string().contains("is a view, not a collection"), "{source}");
    }
}

#[tokio::test]
async fn the_order_of_a_clustered_collection_is_not_told() {
    let database = database().await;
    let order = doc! { "key": { "_id": 1 }, "unique": true, "name": "by_id" };
    database.run_command(doc! { "create": "events", "clusteredIndex": order }).await.unwrap();
    let events = VersionedCollection::<Event>::new(&database);
    let report = events.indexes().replace_changed(true).create().await.unwrap();
    assert!(report.is_clean() && report.undeclared.is_empty(), "{report}");
}
