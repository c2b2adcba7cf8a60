//! What is changed: products of about 300 bytes, of which four fields change.

use mongodb::{
    Database,
    bson::{DateTime, Document, doc},
    error::Result,
};
use schema_runtime::VersionedDocument;

pub const COLLECTION: &str = "products";

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "products", version = 1)]
#[serde(rename_all = "camelCase")]
pub struct ProductV1 {
    #[serde(rename = "_id")]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) category: String,
    pub(crate) price: String,
    pub(crate) legacy_sku: String,
    pub(crate) stock: i64,
    pub(crate) rating: f64,
    pub(crate) created_at: DateTime,
    pub(crate) description: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ProductV1, removed(legacy_sku))]
#[serde(rename_all = "camelCase")]
pub struct Product {
    #[serde(rename = "_id")]
    id: i64,
    #[versioned(from = name)]
    title: String,
    #[versioned(from = category, with = |category| vec![category])]
    tags: Vec<String>,
    #[versioned(try_with = |price| price.parse::<f64>())]
    price: f64,
    #[versioned(added = 1)]
    quantity: i32,
    stock: i64,
    rating: f64,
    created_at: DateTime,
    description: String,
}

/// A product as version 1 stored it.
fn stored(id: i64) -> Document {
    doc! {
        "_id": id, "schemaVersion": 1, "name": format!("Product number {id}"), "category": "tools",
        "price": format!("{}.5", id % 1000), "legacySku": "ABC-123", "stock": id % 7, "rating": 4.0,
        "createdAt": DateTime::from_millis(1_700_000_000_000 + id), "description": "x".repeat(120),
    }
}

pub async fn insert(database: &Database, collection: &str, documents: i64) -> Result<()> {
    let collection = database.collection::<Document>(collection);
    for first in (0..documents).step_by(10_000) {
        collection.insert_many((first..documents.min(first + 10_000)).map(stored)).await?;
    }
    Ok(())
}
