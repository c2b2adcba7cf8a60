//! All of a database as the server has it, to be compared with another.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    bson::{Document, RawDocumentBuf, doc, serialize_to_vec},
};

/// The collections of a database, by name.
pub type Picture = BTreeMap<String, Collected>;

#[derive(Debug, PartialEq)]
pub struct Collected {
    /// What `listCollections` says, without the UUID, in bytes: documents that differ in order alone are equal.
    listed: Vec<u8>,
    indexes: Vec<Vec<u8>>,
    /// Sorted, unless the order is part of what the collection is.
    pub documents: Vec<Vec<u8>>,
}

pub async fn picture(database: &Database) -> Picture {
    let mut picture = Picture::new();
    for mut listed in ask(database, doc! { "listCollections": 1 }).await {
        let name = listed.get_str("name").expect("a name").to_owned();
        if name == "system.views" {
            continue;
        }
        listed.get_document_mut("info").expect("info").remove("uuid");
        let is_view = listed.get_str("type").is_ok_and(|kind| kind == "view");
        let mut indexes = match is_view {
            true => Vec::new(),
            false => ask(database, doc! { "listIndexes": &name }).await,
        };
        indexes.sort_by_key(|index| index.get_str("name").expect("a name").to_owned());
        let mut documents = if is_view { Vec::new() } else { bytes(database, &name).await };
        if !listed.get_document("options").expect("options").get_bool("capped").unwrap_or(false) {
            documents.sort();
        }
        let listed = serialize_to_vec(&listed).expect("bytes");
        let indexes = indexes.iter().map(|index| serialize_to_vec(index).expect("bytes")).collect();
        picture.insert(name, Collected { listed, indexes, documents });
    }
    picture
}

/// The documents in the order in which they lie there.
pub async fn bytes(database: &Database, collection: &str) -> Vec<Vec<u8>> {
    let documents: Vec<RawDocumentBuf> = raw(database, collection)
        .find(doc! {})
        .await
        .expect("a cursor")
        .try_collect()
        .await
        .expect("documents");
    documents.into_iter().map(RawDocumentBuf::into_bytes).collect()
}

pub fn raw(database: &Database, collection: &str) -> Collection<RawDocumentBuf> {
    database.collection(collection)
}

async fn ask(database: &Database, command: Document) -> Vec<Document> {
    database.run_cursor_command(command).await.expect("a cursor").try_collect().await.expect("an answer")
}

/// So many documents of about a kilobyte that hardly compress.
pub async fn fill(database: &Database, collection: &str, documents: i32) {
    let mut random = fastrand::Rng::with_seed(1);
    for from in (0..documents).step_by(1000) {
        let batch: Vec<Document> = (from..documents.min(from + 1000))
            .map(
                |id| doc! { "_id": id, "text": (0..1000).map(|_| random.alphanumeric()).collect::<String>() },
            )
            .collect();
        database.collection(collection).insert_many(batch).await.expect("documents");
    }
}
