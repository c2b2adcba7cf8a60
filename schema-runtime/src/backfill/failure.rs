//! A document that could not be brought to where it is to be, and the record of it.

mod log;
mod record;

use std::error::Error as _;

use bson::{Bson, RawDocument};
use schema_core::{
    Chain, DecodeError, DecodeErrorKind, DowngradeError, DowngradeErrorKind, EncodeError, Unversioned,
};
use serde::Serialize;

pub(super) use self::log::FailureLog;
pub use self::record::{FailureId, FailureRecord};
use crate::{
    difference::{Loss, Obstacle, Path},
    update_command::Refusal,
};

/// The collection that failures are recorded in, beside the collection that is backfilled. Those of a rollback have the
/// collection's name with `$rollback` behind it.
pub const FAILURES: &str = "schema_backfill_failures";

/// A document that could not be brought to where it is to be: to the current version, or back. It is as it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Its `_id`.
    pub id: Bson,
    /// What kind of failure: `newer`, `older`, `invalid_version`, `unversioned`, `malformed`, `body`, `step`,
    /// `encode`, `id_changed`, `unknown_content`, `duplicate_field`, `too_large`, `refused` or `conflict`; of a rollback also
    /// `changed`.
    pub kind: &'static str,
    /// The version it has, where it says one.
    pub stored_version: Option<u32>,
    /// The step that failed, as the versions before and after it.
    pub step: Option<(u32, u32)>,
    /// The field that does not fit its type, that the step could not convert, that the upgrade would lose or that
    /// is there twice.
    pub path: Option<String>,
    /// The error with its causes, as one line.
    pub error: String,
}

/// Why a document failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Reason {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error("the bytes are not a BSON document")]
    Malformed(#[from] bson::error::Error),
    #[error("the document has no `_id`")]
    NoId,
    #[error(transparent)]
    Downgrade(#[from] DowngradeError),
    #[error("the conversion would change the `_id` from {} to {}; a step may not do that", .0.0, .0.1)]
    IdChanged(Box<(Bson, Bson)>),
    #[error(transparent)]
    Loss(#[from] Loss),
    #[error("`{field}` is stored twice, and readers disagree about which one counts; remove one of the two")]
    StoredTwice { field: Path },
    #[error(
        "the converted document would have `{field}` twice: the type writes it, and a flattened field has an entry of \
         that name; take it out of the entries in the step, or rename the field"
    )]
    WrittenTwice { field: Path },
    #[error("the guarded write would take {bytes} bytes, more than one command may have; change it by hand")]
    TooLarge { bytes: usize },
    #[error(
        "its pre-image, or the write that takes it back, would take {bytes} bytes, more than fits; upgrade it by hand, or \
         without pre-images"
    )]
    NotKept { bytes: usize },
    #[error(
        "it is no longer what the backfill wrote; it stays as it is, and what it was before is in `schema_preimages` until \
         that expires"
    )]
    Changed,
    #[error("the server refused the write ({0})")]
    Refused(Refusal),
    #[error(
        "the document was changed by others between each of {attempts} reads and writes; run again when it is quieter"
    )]
    Conflict { attempts: u32 },
}

impl From<Obstacle> for Reason {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Loss(loss) => Self::Loss(loss),
            Obstacle::Malformed(error) => Self::Malformed(error),
        }
    }
}

impl Reason {
    fn kind(&self) -> &'static str {
        match self {
            Self::Decode(error) => error.kind().name(),
            Self::Encode(_) => "encode",
            Self::Downgrade(error) => match error.kind() {
                DowngradeErrorKind::Encode { .. } => "encode",
                _ => "step",
            },
            Self::Malformed(_) | Self::NoId => "malformed",
            Self::IdChanged(_) => "id_changed",
            Self::Loss(_) => "unknown_content",
            Self::StoredTwice { .. } | Self::WrittenTwice { .. } => "duplicate_field",
            Self::TooLarge { .. } | Self::NotKept { .. } => "too_large",
            Self::Changed => "changed",
            Self::Refused(_) => "refused",
            Self::Conflict { .. } => "conflict",
        }
    }

    /// The field that it is about, if it is about one.
    fn path(&self) -> Option<String> {
        let path = match self {
            Self::Decode(error) => error.path()?.to_string(),
            Self::Downgrade(error) => match error.kind() {
                DowngradeErrorKind::Step { source, .. } => source.path().to_string(),
                _ => return None,
            },
            Self::Loss(loss) => loss.field().to_string(),
            Self::StoredTwice { field } | Self::WrittenTwice { field } => field.to_string(),
            _ => return None,
        };
        Some(path).filter(|path| !path.is_empty())
    }

    fn one_line(&self) -> String {
        match self {
            Self::Decode(error) => error.one_line(),
            // Its own message has its kind in it.
            Self::Downgrade(error) => with_causes(error.to_string(), error.kind().source()),
            other => with_causes(other.to_string(), other.source()),
        }
    }

    fn stored_version(&self) -> Option<u32> {
        match self {
            Self::Decode(error) => error.stored_version(),
            _ => None,
        }
    }

    /// The step that failed.
    fn step(&self) -> Option<(u32, u32)> {
        match self {
            Self::Decode(error) => match error.kind() {
                DecodeErrorKind::Step { from, to, .. } => Some((*from, *to)),
                _ => None,
            },
            Self::Downgrade(error) => match error.kind() {
                DowngradeErrorKind::Step { from, to, .. } => Some((*from, *to)),
                _ => None,
            },
            _ => None,
        }
    }
}

fn with_causes(line: String, cause: Option<&(dyn std::error::Error + 'static)>) -> String {
    std::iter::successors(cause, |cause| (*cause).source())
        .fold(line, |line, cause| format!("{line}: {cause}"))
}

impl Failure {
    pub(super) fn new(chain: &Chain, stored: &RawDocument, reason: Reason) -> Self {
        let id = stored.get("_id").ok().flatten().and_then(|id| Bson::try_from(id).ok());
        let peeked = schema_core::peek(stored.as_bytes(), chain.version_field).ok().flatten();
        Self::of(id.unwrap_or(Bson::Null), peeked, reason)
    }

    pub(super) fn of(id: Bson, peeked: Option<u32>, reason: Reason) -> Self {
        Self {
            id,
            kind: reason.kind(),
            stored_version: reason.stored_version().or(peeked),
            step: reason.step(),
            path: reason.path(),
            error: reason.one_line(),
        }
    }

    /// Whether the version of the document is one that a backfill brings up, so that a census counts it.
    pub(super) fn is_of_a_version_in(&self, chain: &Chain) -> bool {
        match (self.stored_version, chain.unversioned) {
            (Some(version), _) | (None, Unversioned::Version(version)) => {
                self.kind != "invalid_version" && chain.knows(version)
            }
            (None, Unversioned::Reject) => false,
        }
    }

    /// Whether a newer release wrote the document: not an error of anybody's.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        self.kind == "newer"
    }

    /// Whether the document is no longer what the backfill wrote that was to be rolled back.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.kind == "changed"
    }
}
