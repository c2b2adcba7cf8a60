//! Versioned document types: the history of a stored document as a chain of Rust types.
//!
//! Every shape a document ever had stays in the code as a plain struct. `#[derive(VersionedDocument)]`
//! on each one writes the conversion from the version before it, reads any stored version as the
//! current type, and stamps the version on every write. This crate is synchronous and does no I/O; the
//! MongoDB side (collections, backfill) is `schema-runtime`, which re-exports everything here.
//!
//! ```
//! use schema_core::{VersionedDocument, bson::doc};
//!
//! #[derive(Debug, VersionedDocument)]
//! #[versioned(version = 1, collection = "products")]
//! struct ProductV1 {
//!     name: String,
//!     price: String,
//! }
//!
//! #[derive(Debug, VersionedDocument)]
//! #[versioned(version = 2, previous = ProductV1)]
//! struct ProductV2 {
//!     #[versioned(from = name)]
//!     title: String,
//!     #[versioned(try_with = |text| text.parse::<f64>())]
//!     price: f64,
//! }
//!
//! // Version 1 as it was stored, before anybody thought of versions:
//! let stored = doc! { "name": "Kettle", "price": "24.90" };
//! let product: ProductV2 = bson::deserialize_from_document(stored)?;
//! assert_eq!((product.title.as_str(), product.price), ("Kettle", 24.9));
//!
//! // Writing stamps the current version, as the first field.
//! let written = bson::serialize_to_document(&product)?;
//! assert_eq!(written, doc! { "schemaVersion": 2, "title": "Kettle", "price": 24.9 });
//! # use schema_core::bson;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | read bytes with typed errors | [`decode`] |
//! | read what is known of a newer document | [`decode_newer`] |
//! | read one of several kinds of documents | [`decode_kind`] |
//! | learn the stored version only | [`peek`] |
//! | write bytes | [`encode`] |
//! | write bytes that an older release reads | [`encode_at`] |
//! | learn the stored shape of a type, with all nested types | [`shape`] |
//! | keep what a type does not know | [`Unknown`] |
//! | tell an absent field from a null | [`present`] |
//! | give a step what no document holds | [`context`] |
//! | see which indexes a version declares | [`index`] |
//! | see what a type knows of its history | [`VersionedDocument::CHAIN`], [`VersionedDocument::HISTORY`] |

// The derive names this crate by its public path, also in our own tests.
extern crate self as schema_core;

mod account;
mod call;
mod carry;
mod chain;
pub mod context;
mod decode;
mod deserialize;
mod document;
mod downgrade;
mod elements;
mod encode;
mod error;
pub mod history;
pub mod index;
mod kind;
mod kinds;
mod locate;
mod message;
mod origin;
mod peek;
pub mod present;
mod refused;
mod replay;
mod serialize;
pub mod shape;
mod step;
mod stored;
mod tracked;
mod unknown;
mod upgrade;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use bson;
pub use chain::{Chain, Unversioned};
pub use decode::{Decoded, decode, decode_newer, decode_stored};
pub use document::{Decode, DecodeOwned, VersionedDocument};
pub use downgrade::{DowngradeError, DowngradeErrorKind, encode_at};
pub use encode::encode;
pub use error::{BodyError, DecodeError, DecodeErrorKind, EncodeError, PeekError};
pub use kind::Kind;
#[doc(hidden)]
pub use kinds::VisitKinds;
pub use kinds::{DocumentKinds, HasKind, decode_kind};
pub use peek::peek;
pub use replay::replay;
#[cfg(feature = "derive")]
pub use schema_macros::{DocumentKinds, Upgrade, VersionedDocument};
pub use stored::InvalidVersion;
pub use unknown::Unknown;
pub use upgrade::{FieldPath, UpgradeError};
