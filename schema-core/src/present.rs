//! An absent field, a null and a value, told apart: for `#[serde(with = "..")]` on an `Option<Option<T>>`.
//!
//! serde reads both an absent field and a null as the `None` of an `Option`. Where the difference counts (a patch
//! that may clear a field, a field that other programs look for with `$exists`), the outer `Option` says whether the field is
//! there and the inner one whether it is null:
//!
//! | stored | in Rust |
//! | --- | --- |
//! | absent | `None` |
//! | null | `Some(None)` |
//! | a value | `Some(Some(value))` |
//!
//! All three of serde's attributes are needed:
//!
//! ```
//! use schema_core::{VersionedDocument, bson::rawdoc, decode, encode};
//!
//! #[derive(VersionedDocument)]
//! #[versioned(version = 1)]
//! struct Contact {
//!     #[serde(default, skip_serializing_if = "Option::is_none", with = "schema_core::present")]
//!     phone: Option<Option<String>>,
//! }
//!
//! for (stored, phone) in [
//!     (rawdoc! { "schemaVersion": 1 }, None),
//!     (rawdoc! { "schemaVersion": 1, "phone": null }, Some(None)),
//!     (rawdoc! { "schemaVersion": 1, "phone": "112" }, Some(Some("112".to_owned()))),
//! ] {
//!     let contact: Contact = decode(&stored)?;
//!     assert_eq!(contact.phone, phone);
//!     assert_eq!(encode(&contact)?, stored);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error};

/// Writes a null or a value.
///
/// # Errors
///
/// For an absent field, which has no value to be written: `skip_serializing_if = "Option::is_none"` is missing.
pub fn serialize<T: Serialize, S: Serializer>(
    field: &Option<Option<T>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match field {
        Some(value) => value.serialize(serializer),
        None => Err(S::Error::custom(
            "an absent field would be written as null; add `skip_serializing_if = \"Option::is_none\"` beside \
             `with = \"..::present\"`",
        )),
    }
}

/// Reads a field that is there.
///
/// # Errors
///
/// Those of the value. That the field is absent is for `default` to say; without it serde reports the field as missing.
pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
