//! The few documents that the servers get to keep.

use mongodb::bson::{Document, doc};
use mongodb::{Client, Collection};

use crate::Outcome;

pub(crate) fn things(client: &Client) -> Collection<Document> {
    client.database("test").collection("things")
}

pub(crate) async fn insert(client: &Client, id: i32) -> Outcome {
    things(client).insert_one(doc! { "_id": id }).await?;
    Ok(())
}

pub(crate) async fn count(client: &Client) -> Result<u64, mongodb::error::Error> {
    things(client).count_documents(doc! {}).await
}
