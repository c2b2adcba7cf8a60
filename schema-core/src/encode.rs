//! Encode: the current type as a stored document, stamped.

use bson::RawDocumentBuf;

use crate::{document::VersionedDocument, error::EncodeError};

/// Writes a document as BSON, the version stamp first.
///
/// The same bytes as any other way through `Serialize`; this one has an error that names the type.
///
/// # Errors
///
/// [`EncodeError`] when a field has no BSON form, such as an unsigned number above `i64::MAX`.
///
/// ```
/// use schema_core::{VersionedDocument, bson::rawdoc, encode};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1)]
/// struct User {
///     email: String,
/// }
///
/// let bytes = encode(&User { email: "a@example.org".into() })?;
/// assert_eq!(bytes, rawdoc! { "schemaVersion": 1, "email": "a@example.org" });
/// # Ok::<(), schema_core::EncodeError>(())
/// ```
pub fn encode<T: VersionedDocument>(document: &T) -> Result<RawDocumentBuf, EncodeError> {
    bson::serialize_to_raw_document_buf(document)
        .map_err(|source| EncodeError { type_name: T::CHAIN.type_name, source })
}
