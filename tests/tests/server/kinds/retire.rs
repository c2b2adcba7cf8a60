//! Retirement: each kind has a rule of its own in the one validator of the collection.

use mongodb::{
    Database,
    bson::{Bson, Document, doc},
};
use schema_runtime::{
    Error, VersionedCollection, VersionedDocument,
    versions::{CannotRetire, Validator},
};

use super::{article, articles, podcast, video, videos, with, with_kind};
use crate::state::dump;

/// The collection before it had kinds.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "contents", version = 2, oldest)]
struct Whole {
    title: String,
}

async fn validator(database: &Database) -> Option<Document> {
    let answer =
        database.run_command(doc! { "listCollections": 1, "filter": { "name": "contents" } }).await.unwrap();
    let listed = answer.get_document("cursor").unwrap().get_array("firstBatch").unwrap()[0].clone();
    listed.as_document()?.get_document("options").unwrap().get_document("validator").ok().cloned()
}

async fn rules(database: &Database) -> Vec<Bson> {
    let validator = validator(database).await.unwrap();
    validator.get_array("$and").cloned().unwrap_or_else(|_| vec![validator.into()])
}

/// Whether the server takes it. It is not there afterwards.
async fn is_taken(database: &Database, document: &Document) -> bool {
    let raw = database.collection::<Document>("contents");
    let inserted = raw.insert_one(document).await.is_ok();
    if inserted {
        raw.delete_one(doc! { "_id": document.get("_id") }).await.unwrap();
    }
    inserted
}

fn titled(mut document: Document, title: impl Into<Bson>) -> Document {
    document.insert("title", title);
    document
}

#[tokio::test]
async fn each_kind_is_held_to_its_own_rule() {
    let mixed = [
        article(1, 3),
        with_kind(article(2, 3), Bson::Null),
        with_kind(article(3, 3), "article"),
        video(4, 3),
        podcast(5, 1),
    ];
    let database = with(mixed).await;
    let retired = articles(&database).retire().validator(Validator::Shape).run().await.unwrap();
    assert_eq!((retired.documents, retired.floor), (3, 3), "{retired}");
    assert!(
        retired.to_string().contains("with `collection`, `kind` and `version_field` as they were"),
        "{retired}"
    );
    // Those of the other kind are not held to it.
    assert!(is_taken(&database, &video(9, 1)).await);
    let own_rule = |rules: Vec<Bson>| rules.into_iter().next().unwrap();
    let of_articles = own_rule(rules(&database).await);

    let videos = videos(&database);
    videos.retire().below(2).validator(Validator::Stamp).run().await.unwrap();
    assert_eq!(rules(&database).await.len(), 2);
    assert!(is_taken(&database, &video(9, 2)).await && !is_taken(&database, &video(9, 1)).await);
    // Its own rule is replaced, and the other's is not.
    videos.retire().validator(Validator::Stamp).run().await.unwrap();
    let both = rules(&database).await;
    assert_eq!(both.len(), 2);
    assert!(both.contains(&of_articles));

    let unstamped = |mut document: Document| {
        document.remove("schemaVersion");
        document
    };
    let is_refused = [
        article(9, 2),
        unstamped(article(9, 3)),
        titled(article(9, 3), 5),
        with_kind(article(9, 2), Bson::Null),
        with_kind(article(9, 1), "article"),
        with_kind(titled(article(9, 3), 5), "article"),
        video(9, 1),
        video(9, 2),
        unstamped(video(9, 3)),
    ];
    for document in &is_refused {
        assert!(!is_taken(&database, document).await, "{document}");
    }
    let is_taken_as_it_is = [
        article(9, 3),
        with_kind(article(9, 3), Bson::Null),
        with_kind(article(9, 3), "article"),
        // What a newer release writes.
        with_kind(titled(article(9, 4), 5), "article"),
        video(9, 3),
        // Only the shape of articles was asked for.
        titled(video(9, 3), 5),
        podcast(9, 1),
        unstamped(podcast(9, 1)),
        with_kind(article(9, 1), 5),
        with_kind(article(9, 1), "Article"),
    ];
    for document in &is_taken_as_it_is {
        assert!(is_taken(&database, document).await, "{document}");
    }
    // The types write what the server takes.
    let report = videos.backfill().run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert!(articles(&database).verify().run().await.unwrap().is_clean());
}

#[tokio::test]
async fn older_documents_of_the_kind_are_in_the_way_and_no_others() {
    // The first of the older documents is nobody's.
    let database = with([podcast(0, 1), article(1, 3), video(2, 2), video(3, 3)]).await;
    let before = dump(&database, "contents").await;
    articles(&database).retire().validator(Validator::Stamp).run().await.unwrap();
    let error = videos(&database).retire().validator(Validator::Stamp).run().await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("the versions below 3 of collection `contents$video` cannot be retired"),
        "{text}"
    );
    let Error::CannotRetire { reasons, .. } = error else { panic!("{text}") };
    let [CannotRetire::OlderDocuments { versions, id: Some(id), .. }] = reasons.as_slice() else {
        panic!("{text}")
    };
    assert_eq!((versions.len(), id), (1, &Bson::from(2)), "{text}");
    assert_eq!(rules(&database).await.len(), 1);
    assert_eq!(dump(&database, "contents").await, before);
}

/// The kind that is everything without the key has been all of the collection.
#[tokio::test]
async fn a_rule_for_the_whole_collection_is_replaced_by_that_of_its_heir() {
    let database = with([article(1, 2)]).await;
    let others = doc! { "title": { "$ne": "" } };
    let command = doc! { "collMod": "contents", "validator": &others };
    database.run_command(command).await.unwrap();
    VersionedCollection::<Whole>::new(&database).retire().validator(Validator::Stamp).run().await.unwrap();
    assert!(!is_taken(&database, &video(9, 1)).await);
    videos(&database).retire().validator(Validator::Stamp).run().await.unwrap();
    assert_eq!(rules(&database).await.len(), 3);
    articles(&database).backfill().run().await.unwrap();
    articles(&database).retire().validator(Validator::Stamp).run().await.unwrap();
    // That of the others, of videos and of articles.
    let rules = rules(&database).await;
    assert_eq!((rules.len(), rules.first()), (3, Some(&Bson::from(others))), "{rules:?}");
    assert!(is_taken(&database, &podcast(9, 1)).await);
    assert!(!is_taken(&database, &article(9, 2)).await && !is_taken(&database, &video(9, 2)).await);
}
