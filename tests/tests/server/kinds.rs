//! Documents of several kinds in one collection. The jobs of one kind see, count and change no documents of the others.

mod backfill;
mod books;
mod job;
mod looked_at;
mod retire;
mod rollback;
mod single;
mod together;

use mongodb::{
    Database,
    bson::{Bson, Document, doc},
};
use proptest::{collection::vec, prelude::*, sample::select};
use schema_runtime::{VersionedCollection, VersionedDocument};

use crate::support::{TestDatabase, database};

/// What all documents of the collection were before there were kinds. The server upgrades the second version by itself and not the
/// first.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "contents", version = 1, kind(key = "type", value = "article", or_missing))]
struct ArticleV1 {
    #[serde(rename = "_id")]
    id: i32,
    name: String,
    words: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ArticleV1, reversible)]
struct ArticleV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = name)]
    title: String,
    #[versioned(try_with = |words| words.parse::<i64>(), back_with = |words| words.to_string())]
    words: i64,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = ArticleV2, reversible)]
struct Article {
    #[serde(rename = "_id")]
    id: i32,
    title: String,
    words: i64,
    #[versioned(added)]
    tags: Vec<String>,
}

/// The server upgrades all versions by itself.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "contents", version = 1, kind(key = "type", value = "video"))]
struct VideoV1 {
    #[serde(rename = "_id")]
    id: i32,
    name: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = VideoV1, reversible)]
struct VideoV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = name)]
    title: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = VideoV2, reversible)]
struct Video {
    #[serde(rename = "_id")]
    id: i32,
    title: String,
    #[versioned(added)]
    seconds: i32,
}

fn articles(database: &Database) -> VersionedCollection<Article> {
    VersionedCollection::new(database)
}

fn videos(database: &Database) -> VersionedCollection<Video> {
    VersionedCollection::new(database)
}

/// A database with these documents.
async fn with(documents: impl IntoIterator<Item = Document>) -> TestDatabase {
    let database = database().await;
    database.collection("contents").insert_many(documents).await.expect("documents to be inserted");
    database
}

/// As the version writes it, but for what says the kind.
fn article(id: i32, version: i32) -> Document {
    let mut article = doc! { "_id": id, "schemaVersion": version };
    article.extend(match version {
        1 => doc! { "name": "Kettles", "words": "20" },
        2 => doc! { "title": "Kettles", "words": 20_i64 },
        _ => doc! { "title": "Kettles", "words": 20_i64, "tags": [] },
    });
    article
}

/// One that cannot be upgraded.
fn broken_article(id: i32) -> Document {
    let mut article = article(id, 1);
    article.insert("words", "many");
    article
}

fn video(id: i32, version: i32) -> Document {
    let mut video = doc! { "_id": id, "schemaVersion": version, "type": "video" };
    video.extend(match version {
        1 => doc! { "name": "Tea" },
        2 => doc! { "title": "Tea" },
        _ => doc! { "title": "Tea", "seconds": 0 },
    });
    video
}

/// One that no type of this program knows, with a version of its own.
fn podcast(id: i32, version: i32) -> Document {
    doc! { "_id": id, "schemaVersion": version, "type": "podcast", "name": "Tea", "words": "20" }
}

/// Ten of everything: of each version of the two kinds, and of others.
fn some_of_each() -> Vec<Document> {
    let of_kind = |id: i32| match (id % 7, id / 7 % 3 + 1) {
        (0, version) => article(id, version),
        (1, version) => with_kind(article(id, version), Bson::Null),
        (2, version) => with_kind(article(id, version), "article"),
        (3 | 4, version) => video(id, version),
        (5, version) => podcast(id, version),
        (_, version) => with_kind(article(id, version), 5),
    };
    (0..210).map(of_kind).collect()
}

fn with_kind(mut document: Document, kind: impl Into<Bson>) -> Document {
    document.insert("type", kind);
    document
}

/// Whether an article is one of each of the two handles' documents.
fn is_article(document: &Document) -> bool {
    matches!(document.get("type"), None | Some(Bson::Null))
        || document.get_str("type").ok() == Some("article")
}

fn is_video(document: &Document) -> bool {
    document.get_str("type").ok() == Some("video")
}

fn is_current(document: &Document) -> bool {
    document.get_i32("schemaVersion").ok() == Some(3)
}

/// Any mixture: of each kind, of each version or without one, some of them broken, with what no type knows anywhere in them.
fn mixture() -> impl Strategy<Value = Vec<Document>> {
    (1..60i32).prop_flat_map(|count| (0..count).map(any_document).collect::<Vec<_>>())
}

fn any_document(id: i32) -> impl Strategy<Value = Document> {
    let kinds =
        [Bson::from("article"), Bson::Null, "video".into(), "podcast".into(), "Article".into(), 5.into()];
    let lists = [Bson::from(vec!["podcast"]), Bson::from(doc! { "article": 1 })];
    let kind = prop_oneof![
        2 => Just(None),
        8 => select(kinds.to_vec()).prop_map(Some),
        1 => select(lists.to_vec()).prop_map(Some),
    ];
    let unknown = vec(("[x-z]", any::<i32>(), 0..6usize), 0..2);
    (kind, 1..4i32, any::<bool>(), 0..8u8, 0..6usize, unknown).prop_map(
        move |(kind, version, stamped, luck, place, unknown)| {
            let is_video = kind == Some("video".into());
            let document = match (is_video, luck) {
                (true, _) => video(id, version),
                (false, 0) => broken_article(id),
                (false, _) => article(id, version),
            };
            let mut fields: Vec<(String, Bson)> =
                document.into_iter().filter(|(name, _)| name != "type").collect();
            if version == 1 && !stamped {
                fields.retain(|(name, _)| name != "schemaVersion");
            }
            // The `_id` stays first.
            let kind = kind.into_iter().map(|kind| ("type".to_owned(), kind, place));
            let unknown = unknown.into_iter().map(|(name, value, place)| (name, value.into(), place));
            for (name, value, place) in kind.chain(unknown) {
                fields.insert((1 + place).min(fields.len()), (name, value));
            }
            fields.into_iter().collect()
        },
    )
}
