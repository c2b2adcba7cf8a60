//! What is stored, to see that nothing was written.

use mongodb::{
    Database,
    bson::{Document, RawDocumentBuf, doc},
};
use schema_tests::stored::all;

/// All that a write would change: the collections with their options and a hash of the documents of each.
pub async fn state(database: &Database) -> Vec<Document> {
    let listed = database.run_command(doc! { "listCollections": 1 }).await.expect("a list of collections");
    let hashes = database.run_command(doc! { "dbHash": 1 }).await.expect("hashes");
    let of = |answer: &Document, field: &str| answer.get_document(field).expect("a document").clone();
    vec![of(&listed, "cursor"), of(&hashes, "collections")]
}

/// The documents of a collection, in the order of their ids.
pub async fn dump(database: &Database, collection: &str) -> Vec<Document> {
    all(&database.collection(collection)).await.expect("documents")
}

/// The documents of a collection, byte for byte and in the order of their ids.
pub async fn bytes(database: &Database, collection: &str) -> Vec<RawDocumentBuf> {
    all(&database.collection(collection)).await.expect("documents")
}
