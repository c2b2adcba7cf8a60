//! The enum of all kinds that a collection holds.

use bson::RawDocument;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    chain::Chain,
    decode::decode_bytes,
    deserialize::decode_fields,
    document::DecodeOwned,
    error::{DecodeError, DecodeErrorKind},
    kind::Found,
    message::{Message, same_text},
    origin::Origin,
};

/// An enum of versioned documents, one variant for each kind that a collection holds.
///
/// Implemented by `#[derive(DocumentKinds)]`, which also implements serde's `Serialize` and `Deserialize` and `From` each of the
/// types. Reading looks at the key of the kinds and upgrades the document by the chain of its own.
///
/// ```
/// use schema_core::{DocumentKinds, VersionedDocument, bson::rawdoc, decode_kind};
///
/// #[derive(Debug, PartialEq, VersionedDocument)]
/// #[versioned(version = 1, kind(key = "type", value = "article"))]
/// struct Article {
///     text: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1, kind(key = "type", value = "video"))]
/// struct VideoV1 {
///     length: String,
/// }
///
/// #[derive(Debug, PartialEq, VersionedDocument)]
/// #[versioned(version = 2, previous = VideoV1)]
/// struct Video {
///     #[versioned(from = length, try_with = |text| text.parse::<u32>())]
///     seconds: u32,
/// }
///
/// #[derive(Debug, PartialEq, DocumentKinds)]
/// enum Content {
///     Article(Article),
///     Video(Video),
/// }
///
/// let stored = rawdoc! { "_id": 7, "schemaVersion": 1, "type": "video", "length": "90" };
/// let content: Content = decode_kind(&stored)?;
/// assert_eq!(content, Video { seconds: 90 }.into());
/// # Ok::<(), schema_core::DecodeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum of document kinds",
    label = "this type does not derive `DocumentKinds`",
    note = "write `#[derive(DocumentKinds)]` on an enum with a variant for each type, as in `Article(Article)`"
)]
pub trait DocumentKinds: Serialize + DeserializeOwned {
    /// The Rust name of the enum.
    const TYPE_NAME: &'static str;

    /// The chain of each kind, in the order of the variants.
    const CHAINS: &'static [Chain];

    /// Shows the type of each kind to `visitor`.
    #[doc(hidden)]
    fn visit<V: VisitKinds<Self>>(visitor: &mut V);
}

/// That an enum of kinds has a variant with a `T`. Implemented by `#[derive(DocumentKinds)]`, once for each kind.
#[diagnostic::on_unimplemented(
    message = "`{T}` is not one of the kinds of `{Self}`",
    label = "no variant of `{Self}` holds a `{T}`"
)]
pub trait HasKind<T>: From<T> {
    /// The document, if it is of this kind.
    fn as_kind(&self) -> Option<&T>;
}

/// Sees the type of each kind.
#[doc(hidden)]
#[allow(missing_docs, reason = "generated code and the runtime name it")]
pub trait VisitKinds<K> {
    fn kind<T: DecodeOwned + Send + Sync + 'static>(&mut self)
    where
        K: HasKind<T>;
}

/// Reads a stored document of any of the kinds, of any version of its chain.
///
/// # Errors
///
/// As for [`decode`](crate::decode()); a document of a kind that the enum does not have is an
/// [`OtherKind`](DecodeErrorKind::OtherKind).
pub fn decode_kind<K: DocumentKinds>(document: &RawDocument) -> Result<K, DecodeError> {
    read(Origin::Bytes(document.as_bytes()))
}

pub(crate) fn read<K: DocumentKinds>(origin: Origin<'_>) -> Result<K, DecodeError> {
    let found = Found::under(origin, key::<K>()).map_err(|kind| failed::<K>(origin, kind))?;
    let mut reading = Reading { origin, found, document: None };
    K::visit(&mut reading);
    let Reading { found, document, .. } = reading;
    document.unwrap_or_else(|| {
        let known = K::CHAINS.iter().filter_map(|chain| Some(chain.kind?.value));
        Err(failed::<K>(origin, found.other(key::<K>(), known.collect())))
    })
}

/// The key that all of them have.
fn key<K: DocumentKinds>() -> &'static str {
    K::CHAINS.iter().find_map(|chain| Some(chain.kind?.key)).unwrap_or_default()
}

/// The kind of a document is not known, and so none of the chains is its own.
#[cold]
fn failed<K: DocumentKinds>(origin: Origin<'_>, kind: DecodeErrorKind) -> DecodeError {
    let chain = K::CHAINS.first().copied().unwrap_or(Chain::unknown());
    let chain = Chain { type_name: K::TYPE_NAME, kind: None, ..chain };
    match origin {
        Origin::Bytes(bytes) => DecodeError::of_bytes(chain, bytes, kind),
        _ => DecodeError::without_id(chain, kind),
    }
}

/// Reads the document when its kind comes by.
struct Reading<'a, K> {
    origin: Origin<'a>,
    found: Found<'a>,
    document: Option<Result<K, DecodeError>>,
}

impl<K> VisitKinds<K> for Reading<'_, K> {
    fn kind<T: DecodeOwned + Send + Sync + 'static>(&mut self)
    where
        K: HasKind<T>,
    {
        if self.document.is_some() || !T::CHAIN.kind.is_some_and(|kind| kind.is(&self.found)) {
            return;
        }
        let document: Result<T, DecodeError> = match self.origin {
            Origin::Bytes(bytes) => decode_bytes(bytes, |error| error),
            Origin::Fields(tape) => decode_fields(tape),
            Origin::Tag(_) | Origin::Unseen => return,
        };
        self.document = Some(document.map(K::from));
    }
}

/// Ends the compilation where a kind of an enum cannot be told from those before it.
#[doc(hidden)]
#[track_caller]
#[expect(clippy::indexing_slicing, reason = "the index is compared with the length first")]
pub const fn assert_kind(type_name: &str, chain: &Chain, before: &[Chain]) {
    if chain.kind.is_none() && !chain.is_unknown() {
        Message::quoted(chain.type_name)
            .text(" does not say which documents it is for; write `kind(key = \"type\", value = \"..\")` on the type that ")
            .text("starts its chain")
            .fail()
    }
    let mut at = 0;
    while at < before.len() {
        assert_apart(type_name, &before[at], chain);
        at += 1;
    }
}

#[track_caller]
const fn assert_apart(type_name: &str, one: &Chain, other: &Chain) {
    let (Some(kind), Some(next)) = (&one.kind, &other.kind) else { return };
    let problem = if !same_text(kind.key, next.key) {
        " are told apart by different keys; all kinds of a collection have one"
    } else if same_text(kind.value, next.value) {
        " have the same value; each kind has its own"
    } else if kind.or_missing && next.or_missing {
        " both say `or_missing`; documents without the key are of one kind"
    } else if !same_collection(one, other) {
        " name different collections"
    } else {
        return;
    };
    Message::quoted(one.type_name)
        .text(" and `")
        .text(other.type_name)
        .text("`, kinds of `")
        .text(type_name)
        .text("`,")
        .text(problem)
        .fail()
}

const fn same_collection(one: &Chain, other: &Chain) -> bool {
    match (one.collection, other.collection) {
        (Some(one), Some(other)) => same_text(one, other),
        (None, None) => true,
        _ => false,
    }
}
