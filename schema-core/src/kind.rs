//! Kinds: documents of several types in one collection, told apart by what each has under a key.

use std::{borrow::Cow, fmt};

use bson::{Bson, Document, RawDocument, doc};
use serde::de::Deserialize;

use crate::{
    deserialize::Tape,
    error::{DecodeErrorKind, PeekError},
    origin::Origin,
    peek::{Peeked, peek_text},
    tracked::Failure,
};

/// What tells the documents of a chain from the others in their collection: a text under a key of theirs.
///
/// Said by `#[versioned(kind(key = "type", value = "article"))]`, found at [`Chain::kind`](crate::Chain::kind).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kind {
    /// The key, a field of the document's top level.
    pub key: &'static str,
    /// What the documents of this chain have there.
    pub value: &'static str,
    /// Whether those are of this chain, too, that have nothing there, or null.
    pub or_missing: bool,
}

impl Kind {
    /// The filter that finds the documents of this kind.
    ///
    /// ```
    /// use schema_core::{VersionedDocument, bson::doc};
    ///
    /// #[derive(VersionedDocument)]
    /// #[versioned(version = 1, collection = "contents", kind(key = "type", value = "article"))]
    /// struct Article {
    ///     text: String,
    /// }
    ///
    /// let kind = Article::CHAIN.kind.ok_or("no kind")?;
    /// assert_eq!(kind.filter(), doc! { "type": "article" });
    /// # Ok::<(), &'static str>(())
    /// ```
    #[must_use]
    pub fn filter(&self) -> Document {
        if self.or_missing {
            // Null in a list is for what is missing, too.
            return doc! { self.key: { "$in": [self.value, Bson::Null] } };
        }
        doc! { self.key: self.value }
    }

    /// Whether a document is of this kind, by what it has under the key.
    #[must_use]
    pub fn has(&self, document: &RawDocument) -> bool {
        Found::in_bytes(document.as_bytes(), self.key).is_ok_and(|found| self.is(&found))
    }

    pub(crate) fn is(&self, found: &Found<'_>) -> bool {
        match found {
            Found::Text(value) => value == self.value,
            Found::Nothing => self.or_missing,
            Found::Other(_) => false,
        }
    }

    /// Whether a document that has this under the key is one of this kind.
    pub(crate) fn check(&self, found: &Found<'_>) -> Result<(), DecodeErrorKind> {
        if self.is(found) { Ok(()) } else { Err(found.other(self.key, vec![self.value])) }
    }
}

/// What a document has under the key of its kind.
#[derive(Debug)]
pub(crate) enum Found<'a> {
    Nothing,
    Text(Cow<'a, str>),
    /// What is no text, described for a person.
    Other(&'static str),
}

impl<'a> Found<'a> {
    #[inline]
    pub(crate) fn in_bytes(document: &'a [u8], key: &str) -> Result<Self, DecodeErrorKind> {
        match peek_text(document, key) {
            Ok(Peeked::Nothing) => Ok(Self::Nothing),
            Ok(Peeked::Text(text)) => Ok(Self::Text(text)),
            Ok(Peeked::Other(type_name)) => Ok(Self::Other(type_name)),
            Err(PeekError::Invalid(_) | PeekError::Malformed) => Err(DecodeErrorKind::Malformed),
        }
    }

    pub(crate) fn in_fields(tape: &'a Tape<'_>, key: &str) -> Self {
        match tape.get::<Failure>(key).map(Option::<String>::deserialize) {
            None | Some(Ok(None)) => Self::Nothing,
            Some(Ok(Some(text))) => Self::Text(text.into()),
            Some(Err(_)) => Self::Other("a value that is no text"),
        }
    }

    pub(crate) fn under(origin: Origin<'a>, key: &str) -> Result<Self, DecodeErrorKind> {
        match origin {
            Origin::Bytes(bytes) => Self::in_bytes(bytes, key),
            Origin::Fields(tape) => Ok(Self::in_fields(tape, key)),
            Origin::Tag(_) | Origin::Unseen => Ok(Self::Nothing),
        }
    }

    /// The error for a document that has this, and none of the values that are known.
    #[cold]
    pub(crate) fn other(&self, key: &'static str, known: Vec<&'static str>) -> DecodeErrorKind {
        DecodeErrorKind::OtherKind { key, found: self.to_string(), known }
    }
}

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            // A person needs the start of it, not a megabyte of it.
            Self::Text(text) => write!(f, "`{}`", text.chars().take(40).collect::<String>()),
            Self::Other(other) => f.write_str(other),
        }
    }
}
