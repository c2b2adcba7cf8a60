//! What can be wrong with a stored document: each outcome is its own variant with the values an operator needs,
//! and where only text can be handed on, the text says the same.

mod kinds;
mod messages;
mod paths;
mod stamps;
mod text;

use schema_runtime::{
    DecodeError, VersionedDocument,
    bson::{Document, serialize_to_raw_document_buf},
    decode,
};
use serde::{Deserialize, Serialize};

/// Versions 1 and 2 have been retired; version 5 is the current one.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, oldest, collection = "people")]
struct PersonV3 {
    name: String,
    addresses: Vec<AddressV3>,
}

#[derive(Debug, Serialize, Deserialize)]
struct AddressV3 {
    zip: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 4, previous = PersonV3)]
struct PersonV4 {
    name: String,
    addresses: Vec<AddressV4>,
}

#[derive(Debug, Serialize, Deserialize, schema_runtime::Upgrade)]
#[versioned(previous = AddressV3)]
struct AddressV4 {
    #[versioned(try_with = |zip: String| zip.parse::<u32>())]
    zip: u32,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 5, previous = PersonV4, removed(addresses))]
struct PersonV5 {
    #[versioned(try_with = |name: String| if name.is_empty() { Err("a person needs a name") } else { Ok(name) })]
    name: String,
}

/// The same with every document expected to carry its version.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 6, previous = PersonV5, unversioned = "reject")]
struct PersonV6 {
    name: String,
}

fn refused<T: std::fmt::Debug + for<'de> schema_runtime::Decode<'de>>(document: &Document) -> DecodeError {
    let bytes = serialize_to_raw_document_buf(document).unwrap();
    decode::<T>(&bytes).unwrap_err()
}
