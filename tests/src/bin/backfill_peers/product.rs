//! The document types, as a service would have them. None of them knows the field [`UNKNOWN`](crate::documents::UNKNOWN).

use std::num::ParseFloatError;

use mongodb::{
    Client,
    bson::{DateTime, oid::ObjectId},
};
use schema_runtime::{VersionedCollection, VersionedDocument};

use crate::{Outcome, documents};

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "products", version = 1)]
#[serde(rename_all = "camelCase")]
struct ProductV1 {
    #[serde(rename = "_id")]
    id: ObjectId,
    name: String,
    price: String,
    category: String,
    stock: i32,
    views: i32,
    rating: f64,
    created_at: DateTime,
    description: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ProductV1)]
#[serde(rename_all = "camelCase")]
struct Product {
    #[serde(rename = "_id")]
    id: ObjectId,
    #[versioned(from = name, with = |name| parts(&name).0)]
    first_name: String,
    #[versioned(from = name, with = |name| parts(&name).1)]
    last_name: String,
    #[versioned(try_with = number)]
    price: f64,
    #[versioned(added = "active".to_owned())]
    status: String,
    category: String,
    stock: i32,
    views: i32,
    rating: f64,
    created_at: DateTime,
    description: String,
}

fn parts(name: &str) -> (String, String) {
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    (first.to_owned(), last.to_owned())
}

fn number(price: String) -> Result<f64, ParseFloatError> {
    price.parse()
}

/// The whole of a process of ours: the job as it comes. What it ends with.
pub async fn job(uri: &str) -> Outcome<u8> {
    let database = Client::with_uri_str(uri).await?.database(documents::DATABASE);
    let report = VersionedCollection::<Product>::new(&database).backfill().run().await?;
    println!("{report}");
    Ok(report.exit_code())
}
