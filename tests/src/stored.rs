//! What a collection holds.

use futures_util::TryStreamExt;
use mongodb::{Collection, bson::doc, error::Result};
use serde::de::DeserializeOwned;

/// All documents, in the order of their ids.
///
/// # Errors
///
/// Those of the database, and of a document that is no `T`.
pub async fn all<T: DeserializeOwned + Send + Sync>(collection: &Collection<T>) -> Result<Vec<T>> {
    collection.find(doc! {}).sort(doc! { "_id": 1 }).await?.try_collect().await
}
