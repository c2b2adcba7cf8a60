//! Orders in two versions, for the suites that kill what works on them.

use mongodb::{
    Database,
    bson::{Document, doc},
    error::Result,
    options::WriteConcern,
};
use schema_runtime::VersionedDocument;

use crate::stored::all;

/// An order as it once was.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "orders", version = 1)]
pub struct OrderV1 {
    #[serde(rename = "_id")]
    /// Which one.
    pub id: i32,
    /// A number in words, which nobody knows to be one.
    pub total: String,
}

/// An order as it is.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = OrderV1, reversible)]
pub struct Order {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(try_with = |total| total.parse::<i64>(), back_with = |total: i64| total.to_string())]
    total: i64,
}

/// Stores orders of version 1, with a field that no version knows.
pub async fn insert_old(database: &Database, count: i32) -> Result<()> {
    let orders = (0..count).map(|id| doc! { "_id": id, "total": (id * 3).to_string(), "note": "kept" });
    let concern = WriteConcern::majority();
    database.collection::<Document>("orders").insert_many(orders).write_concern(concern).await?;
    Ok(())
}

/// What is to become of those orders.
pub fn upgraded(count: i32) -> Vec<Document> {
    let order = |id| doc! { "_id": id, "total": i64::from(id * 3), "note": "kept", "schemaVersion": 2 };
    (0..count).map(order).collect()
}

/// The orders as they are stored.
pub async fn stored(database: &Database) -> Result<Vec<Document>> {
    all(&database.collection("orders")).await
}
