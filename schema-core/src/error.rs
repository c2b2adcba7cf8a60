//! What can go wrong between stored bytes and a current document. Each outcome is its own variant, because
//! the next move of the person who reads it differs.

use std::{error::Error, fmt};

use bson::{Bson, RawDocument, error::ErrorKind};

use crate::{
    chain::Chain,
    context::{MissingContext, missing_in},
    stored::InvalidVersion,
    upgrade::{FieldPath, UpgradeError},
};

/// The version field could not be read off the bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeekError {
    /// The field holds something that is no version.
    #[error(transparent)]
    Invalid(InvalidVersion),
    /// The bytes are not a BSON document.
    #[error("the bytes are not a BSON document")]
    Malformed,
}

/// A stored document that could not be read as its current type. Nothing is lost: the stored bytes are as
/// they were.
///
/// The message names the type, its collection, the document's `_id` where the bytes have one, and what to
/// do; the cause is in [`source`](Error::source).
#[derive(Debug)]
pub struct DecodeError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    chain: Chain,
    id: Option<Bson>,
    kind: DecodeErrorKind,
    missing_context: Option<MissingContext>,
}

/// What was wrong with a stored document.
#[derive(Debug)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// Its version is newer than this program knows: it was written by a newer release.
    Newer {
        /// The version it has.
        stored: u32,
    },
    /// Its version is older than the oldest type that is still in the code.
    Older {
        /// The version it has.
        stored: u32,
    },
    /// It is of another kind than the type that was asked for: it belongs to another chain of the same collection.
    OtherKind {
        /// The key that says the kind.
        key: &'static str,
        /// What is there, described for a person: `` `video` ``, nothing, an array.
        found: String,
        /// What should be there; one of these.
        known: Vec<&'static str>,
    },
    /// Its version field holds something that is no version.
    InvalidVersion(InvalidVersion),
    /// It has no version field, and the chain says `unversioned = "reject"`.
    Unversioned,
    /// Its bytes are not BSON.
    Malformed,
    /// It does not have the shape of the version it says it has.
    Body {
        /// The version it has.
        stored: u32,
        /// Which field, and why.
        source: BodyError,
    },
    /// A step of the chain refused it.
    Step {
        /// The version it has.
        stored: u32,
        /// The version the failed step starts from.
        from: u32,
        /// The version the failed step leads to.
        to: u32,
        /// Which field, and why.
        source: UpgradeError,
    },
}

impl DecodeErrorKind {
    /// A short name for reports and metrics; part of the stored format of failure records.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "newer",
            Self::Older { .. } => "older",
            Self::OtherKind { .. } => "other_kind",
            Self::InvalidVersion(_) => "invalid_version",
            Self::Unversioned => "unversioned",
            Self::Malformed => "malformed",
            Self::Body { .. } => "body",
            Self::Step { .. } => "step",
        }
    }

    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Body { source, .. } => Some(source),
            Self::Step { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// What of a document does not fit its type, and where.
#[derive(Debug)]
pub struct BodyError {
    path: FieldPath,
    reason: String,
}

impl BodyError {
    pub(crate) fn new(path: FieldPath, reason: impl Into<String>) -> Self {
        Self { path, reason: reason.into() }
    }

    pub(crate) fn at(self, path: FieldPath) -> Self {
        Self { path, ..self }
    }

    /// The field that does not fit, by its stored name; a missing one, too. Empty where no single field can be
    /// named, and shorter than it could be where serde reads from a buffer of its own: within `flatten`, and
    /// within enums that are `untagged` or tagged internally.
    #[must_use]
    pub fn path(&self) -> &FieldPath {
        &self.path
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "field `{}`: ", self.path)?;
        }
        f.write_str(&self.reason)
    }
}

impl Error for BodyError {}

/// What bson says, without the words around it that say that it was bson.
impl From<bson::error::Error> for BodyError {
    fn from(error: bson::error::Error) -> Self {
        let reason = match error {
            bson::error::Error {
                kind: ErrorKind::Deserialization { .. }, message: Some(message), ..
            } => message,
            other => other.to_string(),
        };
        Self::new(FieldPath::default(), reason)
    }
}

impl DecodeError {
    pub(crate) fn new(chain: Chain, document: &RawDocument, kind: DecodeErrorKind) -> Self {
        let id = document.get("_id").ok().flatten().and_then(|id| Bson::try_from(id).ok());
        Self::of(chain, id, kind)
    }

    /// For bytes that claim to be a document.
    pub(crate) fn of_bytes(chain: Chain, bytes: &[u8], kind: DecodeErrorKind) -> Self {
        match RawDocument::from_bytes(bytes) {
            Ok(document) => Self::new(chain, document, kind),
            Err(_) => Self::without_id(chain, kind),
        }
    }

    /// For documents that are not at hand as bytes.
    pub(crate) fn without_id(chain: Chain, kind: DecodeErrorKind) -> Self {
        Self::of(chain, None, kind)
    }

    fn of(chain: Chain, id: Option<Bson>, kind: DecodeErrorKind) -> Self {
        let missing_context = kind.source().and_then(missing_in);
        Self(Box::new(Inner { chain, id, kind, missing_context }))
    }

    /// What was wrong.
    #[must_use]
    pub fn kind(&self) -> &DecodeErrorKind {
        &self.0.kind
    }

    /// The chain of the type that was asked for; of an enum of [kinds](crate::DocumentKinds), that of the first, by the enum's name.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.0.chain
    }

    /// The document's `_id`, if the bytes have one.
    #[must_use]
    pub fn id(&self) -> Option<&Bson> {
        self.0.id.as_ref()
    }

    /// The version the document says it has, where it says one.
    #[must_use]
    pub fn stored_version(&self) -> Option<u32> {
        match *self.kind() {
            DecodeErrorKind::Newer { stored }
            | DecodeErrorKind::Older { stored }
            | DecodeErrorKind::Body { stored, .. }
            | DecodeErrorKind::Step { stored, .. } => Some(stored),
            _ => None,
        }
    }

    /// The field that does not fit its type, or that a step could not convert.
    #[must_use]
    pub fn path(&self) -> Option<&FieldPath> {
        match self.kind() {
            DecodeErrorKind::Body { source, .. } => Some(source.path()),
            DecodeErrorKind::Step { source, .. } => Some(source.path()),
            _ => None,
        }
    }

    /// The [context](crate::context) that a conversion asked for in vain, if that is all that was wrong: there need be nothing wrong
    /// with the document.
    #[must_use]
    pub fn missing_context(&self) -> Option<MissingContext> {
        self.0.missing_context
    }

    /// The error and its causes as one line, for the places that take only text.
    #[must_use]
    pub fn one_line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        line
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { chain, id, kind, .. } = self.0.as_ref();
        let Chain { type_name, version, oldest, version_field, .. } = chain;
        write!(f, "`{type_name}`")?;
        if let Some(collection) = chain.collection {
            write!(f, " in `{collection}`")?;
        }
        if let Some(id) = id {
            write!(f, ", _id {id}")?;
        }
        f.write_str(": ")?;
        match kind {
            DecodeErrorKind::Newer { stored } => write!(
                f,
                "schema version {stored} is newer than this program knows ({oldest} to {version}); read it with \
                 the release that wrote it, or update this one"
            ),
            DecodeErrorKind::Older { stored } => write!(
                f,
                "schema version {stored} is older than the oldest type kept in the code ({oldest} to {version}); \
                 backfill it with a release that still has version {stored}"
            ),
            DecodeErrorKind::OtherKind { key, found, known } => {
                let known: Vec<String> = known.iter().map(|value| format!("`{value}`")).collect();
                let known = known.join(" or ");
                write!(
                    f,
                    "`{key}` says {found} and not {known}; read it as the type of its kind, or leave it out by a filter"
                )
            }
            DecodeErrorKind::InvalidVersion(invalid) => {
                write!(f, "the version field `{version_field}` is wrong: {invalid}; correct the document")
            }
            DecodeErrorKind::Unversioned => write!(
                f,
                "there is no `{version_field}`, and this chain rejects unversioned documents; stamp the document, \
                 or write `unversioned = N` on the type"
            ),
            DecodeErrorKind::Malformed => f.write_str("the bytes are not a BSON document"),
            DecodeErrorKind::Body { stored, .. } => {
                write!(
                    f,
                    "the document does not have the shape of schema version {stored}, which it says it has"
                )
            }
            DecodeErrorKind::Step { from, to, .. } => {
                write!(f, "the step from schema version {from} to {to} failed")
            }
        }
    }
}

impl Error for DecodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.kind().source()
    }
}

/// A document that could not be written as BSON.
#[derive(Debug, thiserror::Error)]
#[error("`{type_name}` could not be encoded as a BSON document")]
pub struct EncodeError {
    pub(crate) type_name: &'static str,
    pub(crate) source: bson::error::Error,
}
