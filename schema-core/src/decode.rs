//! Decode: peek at the stored version, decode at that version, one step at a time to the current type.

use bson::{RawDeserializer, RawDocument, RawDocumentBuf};

use crate::{
    chain::{Chain, Unversioned},
    document::{Decode, Observe, Unobserved, VersionedDocument},
    elements::filtered,
    error::{BodyError, DecodeError, DecodeErrorKind, PeekError},
    history::Version,
    kind::Found,
    locate::locate,
    origin::Origin,
    peek::peek,
    upgrade::UpgradeError,
};

/// Reads a stored document of any version of the chain as the current type.
///
/// Nothing is buffered: the version is read off the raw bytes, the struct of that version is decoded straight
/// from them (borrowing where it borrows), and each step moves its fields on.
///
/// # Errors
///
/// A [`DecodeError`] whose [kind](DecodeError::kind) tells a newer document from an older one, a wrong
/// version value, a body that does not fit and a failed step.
///
/// ```
/// use schema_core::{DecodeErrorKind, VersionedDocument, bson::rawdoc, decode};
///
/// #[derive(Debug, VersionedDocument)]
/// #[versioned(version = 1)]
/// struct User {
///     email: String,
/// }
///
/// let user: User = decode(&rawdoc! { "_id": 7, "schemaVersion": 1, "email": "a@example.org" })?;
/// assert_eq!(user.email, "a@example.org");
///
/// let error = decode::<User>(&rawdoc! { "_id": 7, "schemaVersion": 2 }).unwrap_err();
/// assert!(matches!(error.kind(), DecodeErrorKind::Newer { stored: 2 }));
/// # Ok::<(), schema_core::DecodeError>(())
/// ```
#[inline]
pub fn decode<'de, T: Decode<'de>>(document: &'de RawDocument) -> Result<T, DecodeError> {
    decode_bytes(document.as_bytes(), |error| error)
}

/// Reads a document of a newer version than this program knows, as far as the current type knows what is in it: fields that the newer version
/// has left as they were. What has another meaning by now, nobody can tell from here; and what is not there any more is an error, unless the
/// type has a default for it.
///
/// For reads that had better see something than nothing. It is not to be written back: what the newer version knows would be lost.
///
/// # Errors
///
/// That of [`decode`], if the document is not of a newer version, or does not fit the current type.
///
/// ```
/// use schema_core::{VersionedDocument, bson::rawdoc, decode_newer};
///
/// #[derive(Debug, VersionedDocument)]
/// #[versioned(version = 1)]
/// struct User {
///     email: String,
/// }
///
/// let newer = rawdoc! { "_id": 7, "schemaVersion": 2, "email": "a@example.org", "active": true };
/// assert_eq!(decode_newer::<User>(&newer)?.email, "a@example.org");
/// assert!(decode_newer::<User>(&rawdoc! { "schemaVersion": 2, "emails": [] }).is_err());
/// # Ok::<(), schema_core::DecodeError>(())
/// ```
pub fn decode_newer<'de, T: Decode<'de>>(document: &'de RawDocument) -> Result<T, DecodeError> {
    let error = match decode::<T>(document) {
        Err(error) if matches!(error.kind(), DecodeErrorKind::Newer { .. }) => error,
        other => return other,
    };
    let bytes = document.as_bytes();
    let unobserved = &mut Unobserved(Origin::Bytes(bytes));
    decode_as(T::CHAIN.version, bytes, unobserved, |_| ()).map_err(|()| error)
}

/// A document together with what it was before its upgrade.
#[derive(Debug)]
pub struct Decoded<T> {
    /// The document as the current type.
    pub document: T,
    /// The version it was stored at.
    pub stored_version: u32,
    /// Everything that the type of the stored version knows of the stored document, encoded again. What is
    /// in the stored document and not here is unknown to that type.
    pub stored: RawDocumentBuf,
}

/// Like [`decode`], and keeps what the stored version knew, for those who write the difference back.
///
/// # Errors
///
/// As for [`decode`]; a stored document that its own type cannot encode again is a
/// [`Body`](DecodeErrorKind::Body) error.
pub fn decode_stored<'de, T: Decode<'de>>(document: &'de RawDocument) -> Result<Decoded<T>, DecodeError> {
    let bytes = document.as_bytes();
    let mut keep = Keep { bytes, current: T::HISTORY, stored: None };
    let fail = |kind| failed(&T::CHAIN, bytes, kind);
    let stored_version = stored_version::<T>(bytes).map_err(fail)?;
    let value = decode_as(stored_version, bytes, &mut keep, fail)?;
    match keep.stored {
        Some(Ok(stored)) => Ok(Decoded { document: value, stored_version, stored }),
        Some(Err(error)) => Err(fail(DecodeErrorKind::Body { stored: stored_version, source: error.into() })),
        None => Err(fail(DecodeErrorKind::Malformed)),
    }
}

/// [`decode`] for bytes that claim to be a document. The error is made where it happens, and a document is
/// not moved out of one result into the next: on short documents that is what takes the time.
#[inline]
pub(crate) fn decode_bytes<'de, T: Decode<'de>, E>(
    bytes: &'de [u8],
    error: impl FnOnce(DecodeError) -> E,
) -> Result<T, E> {
    let fail = |kind| error(failed(&T::CHAIN, bytes, kind));
    match stored_version::<T>(bytes) {
        Ok(stored) => decode_as(stored, bytes, &mut Unobserved(Origin::Bytes(bytes)), fail),
        Err(kind) => Err(fail(kind)),
    }
}

#[inline]
pub(crate) fn stored_version<T: VersionedDocument>(bytes: &[u8]) -> Result<u32, DecodeErrorKind> {
    // The version of another kind says nothing here.
    if let Some(kind) = T::CHAIN.kind {
        kind.check(&Found::in_bytes(bytes, kind.key)?)?;
    }
    resolve(&T::CHAIN, peek(bytes, T::CHAIN.version_field))
}

#[inline]
fn decode_as<'de, T: Decode<'de>, O: Observe, E>(
    stored: u32,
    bytes: &'de [u8],
    observer: &mut O,
    fail: impl FnOnce(DecodeErrorKind) -> E,
) -> Result<T, E> {
    let body = match RawDeserializer::new(bytes) {
        Ok(body) => body,
        Err(error) => return Err(fail(DecodeErrorKind::Body { stored, source: error.into() })),
    };
    match T::decode_at(stored, body, observer) {
        Ok(value) => Ok(value),
        Err(fault) => Err(fail(fault.of::<T>(stored, bytes))),
    }
}

/// Out of line: an error may take its time, and what it needs should not stand in the way of the rest.
#[cold]
fn failed(chain: &Chain, bytes: &[u8], kind: DecodeErrorKind) -> DecodeError {
    DecodeError::of_bytes(*chain, bytes, kind)
}

/// The version to decode at, given what the version field said.
#[inline]
pub(crate) fn resolve(chain: &Chain, peeked: Result<Option<u32>, PeekError>) -> Result<u32, DecodeErrorKind> {
    match peeked {
        Ok(Some(version)) if chain.knows(version) => Ok(version),
        other => resolve_other(chain, other),
    }
}

/// Everything but a known version. An unversioned document comes here too and pays for the call.
#[cold]
fn resolve_other(chain: &Chain, peeked: Result<Option<u32>, PeekError>) -> Result<u32, DecodeErrorKind> {
    let stored = match peeked {
        Ok(Some(version)) => version,
        Ok(None) => match chain.unversioned {
            Unversioned::Version(version) => version,
            Unversioned::Reject => return Err(DecodeErrorKind::Unversioned),
        },
        Err(PeekError::Invalid(invalid)) => return Err(DecodeErrorKind::InvalidVersion(invalid)),
        Err(PeekError::Malformed) => return Err(DecodeErrorKind::Malformed),
    };
    if stored > chain.version {
        Err(DecodeErrorKind::Newer { stored })
    } else if stored < chain.oldest {
        Err(DecodeErrorKind::Older { stored })
    } else {
        Ok(stored)
    }
}

/// Why [`Decode::decode_at`] failed, with the format's own error for the body.
#[doc(hidden)]
#[derive(Debug)]
#[allow(missing_docs, reason = "only generated code names it")]
pub enum Fault<E> {
    Body(E),
    Step { from: u32, to: u32, source: UpgradeError },
}

/// The document of the stored version, as its struct has been read.
#[doc(hidden)]
#[inline]
pub fn decoded<T: VersionedDocument, O: Observe, E>(
    body: Result<T, E>,
    observer: &mut O,
) -> Result<T, Fault<E>> {
    let document = body.map_err(Fault::Body)?;
    observer.version(&document);
    Ok(document)
}

/// The document after the step from the version before.
#[doc(hidden)]
#[inline]
pub fn upgraded<T: VersionedDocument, O: Observe, E>(
    step: Result<T, UpgradeError>,
    observer: &mut O,
) -> Result<T, Fault<E>> {
    let to = T::CHAIN.version;
    let document = step.map_err(|source| Fault::Step { from: to.saturating_sub(1), to, source })?;
    observer.version(&document);
    Ok(document)
}

impl<E> Fault<E> {
    /// The error of a document of version `stored`; `locate` says where its body does not fit.
    #[cold]
    pub(crate) fn kind(self, stored: u32, locate: impl FnOnce(E) -> BodyError) -> DecodeErrorKind {
        match self {
            Self::Body(error) => DecodeErrorKind::Body { stored, source: locate(error) },
            Self::Step { from, to, source } => DecodeErrorKind::Step { stored, from, to, source },
        }
    }
}

impl Fault<bson::error::Error> {
    #[cold]
    pub(crate) fn of<'de, T: Decode<'de>>(self, stored: u32, bytes: &'de [u8]) -> DecodeErrorKind {
        self.kind(stored, |error| {
            let body = RawDeserializer::new(bytes).ok();
            locate::<T, _>(stored, body, Origin::Bytes(bytes), error.into())
        })
    }
}

/// Keeps the stored version, which is the first.
struct Keep<'a> {
    bytes: &'a [u8],
    current: &'static Version,
    stored: Option<Result<RawDocumentBuf, bson::error::Error>>,
}

impl Observe for Keep<'_> {
    fn version<T: VersionedDocument>(&mut self, document: &T) {
        let (stored, current) = (T::HISTORY, self.current);
        self.stored.get_or_insert_with(|| {
            let encoded = bson::serialize_to_raw_document_buf(document)?;
            if !stored.keeps_unknown() {
                return Ok(encoded);
            }
            // What the stored version only keeps is nobody's to remove because a later one does not keep it, and nobody's to
            // overwrite because a later one has a field of that name.
            let later = current.versions().take_while(|version| version.version > stored.version);
            let known = |name: &str| {
                T::CHAIN.is_stamp(name)
                    || stored.knows(name)
                    || (current.keeps_unknown() && !later.clone().any(|version| version.knows(name)))
            };
            filtered(encoded.as_bytes(), known).map_or(Ok(encoded), RawDocumentBuf::from_bytes)
        });
    }

    fn origin(&self) -> Origin<'_> {
        Origin::Bytes(self.bytes)
    }
}
