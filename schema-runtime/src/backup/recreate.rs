//! Makes a collection or a view what another was: its options before the documents come, its indexes after.

use bson::{Bson, Document, doc};
use mongodb::Database;

use super::{
    catalog::{Entry, FUNCTIONS, indexes, place},
    error::{BackupError, Doing},
};
use crate::retry::with_retries;

pub(super) async fn create(database: &Database, entry: &Entry) -> Result<(), BackupError> {
    let mut command = doc! { "create": entry.name.as_str() };
    command.extend(entry.options.clone());
    command.insert("writeConcern", doc! { "w": "majority" });
    database.run_command(command).await.map(drop).doing("create", place(database, &entry.name))
}

/// In place of what there is by that name.
pub(super) async fn create_anew(database: &Database, entry: &Entry) -> Result<(), BackupError> {
    let collection = database.collection::<Document>(&entry.name);
    if entry.name == FUNCTIONS {
        // The server does not let this one be dropped.
        let deleted = with_retries(|| collection.delete_many(doc! {})).await.map(drop);
        return deleted.doing("delete the documents of", place(database, &entry.name));
    }
    with_retries(|| collection.drop()).await.doing("drop", place(database, &entry.name))?;
    create(database, entry).await
}

/// Builds what there is not yet. An index that has the name of one that is there stays as it is.
pub(super) async fn build_indexes(database: &Database, entry: &Entry) -> Result<(), BackupError> {
    let there = indexes(database, &entry.name).await?;
    let names: Vec<_> = there.iter().filter_map(|index| index.get_str("name").ok()).collect();
    let is_there = |index: &Document| index.get_str("name").is_ok_and(|name| names.contains(&name));
    let missing: Vec<Bson> = entry
        .indexes
        .iter()
        .filter(|index| !is_there(index) && !comes_by_itself(index))
        .map(|index| specification(index, entry).into())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    // All at once: the server goes through the documents once.
    let command = doc! {
        "createIndexes": entry.name.as_str(),
        "indexes": missing,
        "writeConcern": { "w": "majority" },
    };
    with_retries(|| database.run_command(command.clone()))
        .await
        .map(drop)
        .doing("build the indexes of", place(database, &entry.name))
}

/// Of every collection, or of one that is kept in the order of `_id`.
fn comes_by_itself(index: &Document) -> bool {
    index.get_str("name").is_ok_and(|name| name == "_id_") || index.get_bool("clustered").unwrap_or(false)
}

fn specification(index: &Document, entry: &Entry) -> Document {
    let mut index = index.clone();
    // Servers before version 4.4 say it, and later ones do not take it.
    index.remove("ns");
    // An index that compares byte by byte is listed without a collation, and made without one it would get that of the collection.
    if entry.options.contains_key("collation") && !index.contains_key("collation") {
        index.insert("collation", doc! { "locale": "simple" });
    }
    index
}
