//! Contacts in two versions.

use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

/// The type that the service works with. The next version changes this line.
pub(super) type Contact = ContactV2;

/// Of the first release, from before there were versions.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "contacts")]
pub(super) struct ContactV1 {
    #[serde(rename = "_id")]
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

/// The address in its parts.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = ContactV1, reversible)]
pub(super) struct ContactV2 {
    #[serde(rename = "_id")]
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[versioned(with = |text: Option<String>| text.map(parts), back_with = |parts: Option<Address>| parts.map(line))]
    address: Option<Address>,
}

/// What was behind the second comma is a postcode; what was never said is not there.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Address {
    street: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postcode: Option<String>,
}

fn parts(line: String) -> Address {
    let mut parts = line.splitn(3, ", ").map(str::to_owned);
    let street = parts.next().unwrap_or_default();
    Address { street, city: parts.next(), postcode: parts.next() }
}

fn line(parts: Address) -> String {
    let parts = [Some(parts.street), parts.city, parts.postcode];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
