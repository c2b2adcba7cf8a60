//! Declared indexes beside those that a collection has.

mod converge;
mod duplicates;
mod every_option;
mod namespaces;
mod over_versions;
mod replaced;

use futures_util::TryStreamExt;
use mongodb::{
    Database,
    bson::{Document, doc},
};

/// What the server says of the indexes of a collection, without the one on `_id`, by their names.
async fn listed(database: &Database, collection: &str) -> Vec<Document> {
    let listed = database.run_cursor_command(doc! { "listIndexes": collection }).await.unwrap();
    let mut listed: Vec<Document> = listed.try_collect().await.unwrap();
    listed.retain(|index| index.get_str("name").unwrap() != "_id_");
    listed.sort_by_key(|index| index.get_str("name").unwrap().to_owned());
    listed
}

async fn names(database: &Database, collection: &str) -> Vec<String> {
    let listed = listed(database, collection).await;
    listed.iter().map(|index| index.get_str("name").unwrap().to_owned()).collect()
}

async fn create(database: &Database, collection: &str, indexes: impl IntoIterator<Item = Document>) {
    let indexes: Vec<Document> = indexes.into_iter().collect();
    database.run_command(doc! { "createIndexes": collection, "indexes": indexes }).await.unwrap();
}
