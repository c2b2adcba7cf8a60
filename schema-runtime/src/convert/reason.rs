//! Why a document cannot become what it is to be.

use std::error::Error as _;

use bson::Bson;
use schema_core::{
    DecodeError, DecodeErrorKind, DowngradeError, DowngradeErrorKind, EncodeError, context::MissingContext,
};

use crate::{
    difference::{Loss, Obstacle, Path},
    update_command::Refusal,
};

/// Why a document failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Reason {
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
    pub(crate) fn kind(&self) -> &'static str {
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

    /// What a step asked for in vain, if that is all.
    pub(crate) fn missing_context(&self) -> Option<MissingContext> {
        match self {
            Self::Decode(error) => error.missing_context(),
            Self::Downgrade(error) => error.missing_context(),
            _ => None,
        }
    }

    /// The field that it is about, if it is about one.
    pub(crate) fn path(&self) -> Option<String> {
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

    pub(crate) fn one_line(&self) -> String {
        match self {
            Self::Decode(error) => error.one_line(),
            // Its own message has its kind in it.
            Self::Downgrade(error) => with_causes(error.to_string(), error.kind().source()),
            other => with_causes(other.to_string(), other.source()),
        }
    }

    pub(crate) fn stored_version(&self) -> Option<u32> {
        match self {
            Self::Decode(error) => error.stored_version(),
            _ => None,
        }
    }

    /// The step that failed.
    pub(crate) fn step(&self) -> Option<(u32, u32)> {
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

/// An error as one line with its causes.
pub(crate) fn with_causes(line: String, cause: Option<&(dyn std::error::Error + 'static)>) -> String {
    std::iter::successors(cause, |cause| (*cause).source())
        .fold(line, |line, cause| format!("{line}: {cause}"))
}
