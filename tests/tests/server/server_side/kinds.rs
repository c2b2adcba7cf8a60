//! Documents of a kind, among others: what decides it may be missing, null, another or nothing that decides anything.

use mongodb::bson::{Bson, Document, RawDocumentBuf, doc, rawdoc};
use proptest::{prelude::*, sample::select};
use schema_runtime::VersionedDocument;

use super::{for_any_documents, run_server_side};
use crate::support::database;

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "contents", version = 1, kind(key = "type", value = "video"))]
struct VideoV1 {
    name: String,
    seconds: Option<i32>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = VideoV1)]
struct VideoV2 {
    #[versioned(from = name)]
    title: String,
    seconds: Option<i32>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = VideoV2)]
struct Video {
    title: String,
    seconds: Option<i32>,
    #[versioned(added)]
    tags: Vec<String>,
}

/// What all documents of the collection were before there were kinds.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "contents", version = 1, kind(key = "type", value = "article", or_missing))]
struct ArticleV1 {
    name: String,
    words: i64,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ArticleV1)]
struct Article {
    #[versioned(from = name)]
    title: String,
    words: i64,
    #[versioned(added = "en".to_owned())]
    language: String,
}

fn video(version: u32, id: i32) -> BoxedStrategy<Document> {
    let parts = ("[a-z¿]{0,4}", any::<Option<i32>>());
    let document = parts.prop_map(move |(name, seconds)| {
        let name_of_name = if version == 1 { "name" } else { "title" };
        doc! { "_id": id, "type": "video", name_of_name: name, "seconds": seconds }
    });
    document.boxed()
}

fn article(_: u32, id: i32) -> BoxedStrategy<Document> {
    let kind = select(vec![Some(Bson::from("article")), Some(Bson::Null), None]);
    let document = (kind, "[a-z¿]{0,4}", any::<i64>()).prop_map(move |(kind, name, words)| {
        let mut document = doc! { "_id": id };
        document.extend(kind.map(|kind| ("type".to_owned(), kind)));
        document.extend(doc! { "name": name, "words": words });
        document
    });
    document.boxed()
}

#[test]
fn documents_of_a_kind_are_upgraded_as_by_the_client() {
    for_any_documents::<Video>(video);
}

#[test]
fn documents_without_the_key_are_upgraded_as_by_the_client() {
    for_any_documents::<Article>(article);
}

#[tokio::test]
async fn what_is_missing_is_written_behind_the_version() {
    let database = database().await;
    let contents = database.collection::<RawDocumentBuf>("contents");
    let stored = [
        rawdoc! { "_id": 1, "name": "a", "words": 1_i64 },
        rawdoc! { "_id": 2, "schemaVersion": 1, "name": "a", "words": 1_i64, "type": null },
        rawdoc! { "_id": 3, "name": "a", "type": "article", "words": 1_i64 },
        rawdoc! { "_id": 4, "type": "Article", "name": "a", "words": 1_i64 },
        rawdoc! { "_id": 5, "type": ["article"], "name": "a", "words": 1_i64 },
        rawdoc! { "_id": 6, "type": "video", "name": "a", "words": 1_i64 },
    ];
    contents.insert_many(&stored).await.unwrap();
    assert_eq!(run_server_side::<Article>(&contents).await, 3);
    let after: Vec<RawDocumentBuf> = super::dump(&contents).await;
    let expected = [
        rawdoc! { "_id": 1, "words": 1_i64, "schemaVersion": 2, "type": "article", "title": "a", "language": "en" },
        rawdoc! { "_id": 2, "schemaVersion": 2, "words": 1_i64, "type": "article", "title": "a", "language": "en" },
        rawdoc! { "_id": 3, "type": "article", "words": 1_i64, "schemaVersion": 2, "title": "a", "language": "en" },
    ];
    assert_eq!(after[..3], expected);
    assert_eq!(after[3..], stored[3..]);
}
