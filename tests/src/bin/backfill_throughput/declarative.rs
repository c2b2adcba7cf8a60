//! The same products, and a step that says only what becomes of the fields: the server can do it by itself.

use mongodb::bson::{DateTime, Document, doc};
use schema_runtime::VersionedDocument;

use crate::product::ProductV1;

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ProductV1, removed(legacy_sku))]
#[serde(rename_all = "camelCase")]
pub struct Product {
    #[serde(rename = "_id")]
    id: i64,
    #[versioned(from = name)]
    title: String,
    #[versioned(from = category)]
    tag: String,
    price: String,
    #[versioned(added = 1)]
    quantity: i32,
    stock: i64,
    rating: f64,
    created_at: DateTime,
    description: String,
}

/// The same change as it is usually written.
pub fn pipeline() -> Vec<Document> {
    vec![
        doc! { "$set": { "schemaVersion": 2, "title": "$name", "tag": "$category", "quantity": 1 } },
        doc! { "$unset": ["name", "category", "legacySku"] },
    ]
}
