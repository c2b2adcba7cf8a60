//! Two versions of a document, bytes in, the current type out. No server.
//!
//!     cargo run --example quickstart

use schema_runtime::{
    VersionedDocument,
    bson::{doc, rawdoc, serialize_to_document},
    decode,
};

/// The shape that the first release stored. It stays in the code for as long as such documents exist.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "products")]
struct ProductV1 {
    name: String,
    price: String,
    legacy_sku: Option<String>,
}

/// The shape of today. Each field says where it comes from; a field of version 1 that is neither used nor removed
/// does not compile.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ProductV1, removed(legacy_sku))]
struct ProductV2 {
    #[versioned(from = name)]
    title: String,
    #[versioned(try_with = |text: String| text.parse::<f64>())]
    price: f64,
    #[versioned(added = 1)]
    quantity: i32,
}

type Product = ProductV2;

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Bytes as the first release wrote them, before anybody thought of versions.
    let stored = rawdoc! { "name": "Kettle", "price": "24.90", "legacy_sku": "K-7" };

    // Any version reads as the current type.
    let product: Product = decode(&stored)?;
    println!("read     {product:?}");
    assert_eq!((product.title.as_str(), product.price, product.quantity), ("Kettle", 24.9, 1));

    // A write carries the version, so the next read knows without guessing.
    let written = serialize_to_document(&product)?;
    println!("written  {written}");
    assert_eq!(written, doc! { "schemaVersion": 2, "title": "Kettle", "price": 24.9, "quantity": 1 });

    // A document that does not convert is an error that names the field, never a guess.
    let broken = rawdoc! { "schemaVersion": 1, "name": "Kettle", "price": "ask", "legacy_sku": null };
    if let Err(error) = decode::<Product>(&broken) {
        println!("refused  {}", error.one_line());
    }

    // So is one that a newer release wrote.
    if let Err(error) = decode::<Product>(&rawdoc! { "schemaVersion": 3, "title": "Kettle" }) {
        println!("refused  {}", error.one_line());
    }
    Ok(())
}
