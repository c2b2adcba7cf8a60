//! What an update would lose or mix up, and so does not do.

use super::path::Path;

/// Content of a stored document that its version does not know stands in the way of the conversion.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Loss {
    /// Somebody else's field has the name of a new one.
    #[error(
        "`{field}` is stored with another value than the conversion gives it, and the stored version does not know the \
         field; add it to the type of that version, so that the step can say what becomes of it"
    )]
    Overwritten { field: Path },
    /// The value around it is removed or becomes another one.
    #[error(
        "`{field}` is unknown to the stored version and would be lost, because the conversion removes or replaces \
         `{with}`; add it to the type of that version, so that the step can say what becomes of it"
    )]
    Removed { field: Path, with: Path },
    /// The elements of a list were changed so that they cannot be told apart.
    #[error(
        "`{field}` is unknown to the stored version, and the conversion changes the list `{list}` so that the element it \
         belongs to cannot be told; add it to the type of that version, or give the elements an `_id` or `id`"
    )]
    Unmatched { field: Path, list: Path },
}

/// Why there is no update.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Obstacle {
    #[error(transparent)]
    Loss(#[from] Loss),
    #[error("the bytes are not a BSON document")]
    Malformed(#[from] bson::error::Error),
}

impl Loss {
    /// The field that nobody knows.
    pub(crate) fn field(&self) -> &Path {
        match self {
            Self::Overwritten { field } | Self::Removed { field, .. } | Self::Unmatched { field, .. } => {
                field
            }
        }
    }
}
