//! Replay: a stored document as it is at each version on its way to the current one.

use bson::{RawDeserializer, RawDocument, RawDocumentBuf};

use crate::{
    decode::stored_version,
    document::{Decode, Observe, VersionedDocument},
    error::{DecodeError, DecodeErrorKind},
    origin::Origin,
};

/// The document at its stored version and at each one after it, every one as that version writes it.
///
/// For tests and tools that compare steps one by one; [`decode`](crate::decode()) goes the same way and keeps only the end.
///
/// # Errors
///
/// As for [`decode`](crate::decode()); a document that its type cannot encode again is a
/// [`Body`](DecodeErrorKind::Body) error.
///
/// ```
/// use schema_core::{VersionedDocument, bson::rawdoc, replay};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1)]
/// struct UserV1 {
///     name: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 2, previous = UserV1)]
/// struct UserV2 {
///     #[versioned(from = name)]
///     full_name: String,
/// }
///
/// let versions = replay::<UserV2>(&rawdoc! { "name": "Ada" })?;
/// assert_eq!(versions[0], (1, rawdoc! { "schemaVersion": 1, "name": "Ada" }));
/// assert_eq!(versions[1], (2, rawdoc! { "schemaVersion": 2, "full_name": "Ada" }));
/// # Ok::<(), schema_core::DecodeError>(())
/// ```
pub fn replay<'de, T: Decode<'de>>(
    document: &'de RawDocument,
) -> Result<Vec<(u32, RawDocumentBuf)>, DecodeError> {
    let fail = |kind| DecodeError::new(T::CHAIN, document, kind);
    let stored = stored_version::<T>(document.as_bytes()).map_err(fail)?;
    let bytes = document.as_bytes();
    let body = |error: bson::error::Error| fail(DecodeErrorKind::Body { stored, source: error.into() });
    let deserializer = RawDeserializer::new(bytes).map_err(body)?;
    let mut seen = Seen { bytes, versions: Vec::new() };
    T::decode_at(stored, deserializer, &mut seen).map_err(|fault| fail(fault.of::<T>(stored, bytes)))?;
    let encoded = seen.versions.into_iter().map(|(version, document)| Ok((version, document?)));
    encoded.collect::<Result<_, _>>().map_err(body)
}

struct Seen<'a> {
    bytes: &'a [u8],
    versions: Vec<(u32, Result<RawDocumentBuf, bson::error::Error>)>,
}

impl Observe for Seen<'_> {
    fn version<T: VersionedDocument>(&mut self, document: &T) {
        self.versions.push((T::CHAIN.version, bson::serialize_to_raw_document_buf(document)));
    }

    fn origin(&self) -> Origin<'_> {
        Origin::Bytes(self.bytes)
    }
}
