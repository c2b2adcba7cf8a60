//! Products in three versions.

use mongodb::bson::Decimal128;
use schema_runtime::VersionedDocument;

/// The type that the service works with. The next version changes this line.
pub(super) type Product = ProductV3;

/// Of the first release, from before there were versions.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "products")]
pub(super) struct ProductV1 {
    #[serde(rename = "_id")]
    id: String,
    name: String,
    category: String,
    price: String,
}

/// The category was a path, as in "kitchen/kettles", of which nobody ever used the order.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = ProductV1, reversible)]
pub(super) struct ProductV2 {
    #[serde(rename = "_id")]
    id: String,
    #[versioned(from = name)]
    title: String,
    #[versioned(from = category, with = tags, back_with = |tags: Vec<String>| tags.join("/"))]
    tags: Vec<String>,
    price: String,
}

/// A price in decimals comes back as the text that it was: "24.90" and not "24.9".
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 3, previous = ProductV2, reversible)]
pub(super) struct ProductV3 {
    #[serde(rename = "_id")]
    id: String,
    title: String,
    tags: Vec<String>,
    #[versioned(try_with = amount, back_with = |price: Decimal128| price.to_string())]
    price: Decimal128,
}

fn tags(category: String) -> Vec<String> {
    category.split('/').map(str::to_owned).collect()
}

/// Spaces and a decimal comma are no reason to refuse a price; anything else would be a guess.
fn amount(text: String) -> Result<Decimal128, NoAmount> {
    let digits = text.trim().replace(',', ".");
    let is_plain = digits.chars().all(|sign| sign.is_ascii_digit() || sign == '.');
    match digits.parse() {
        Ok(amount) if is_plain => Ok(amount),
        _ => Err(NoAmount(text)),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is no amount")]
struct NoAmount(String);
