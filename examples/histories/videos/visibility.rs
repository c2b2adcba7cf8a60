//! Visibility: one of three, which was a text.

use serde::{Deserialize, Serialize};

/// Who may see a video.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Visibility {
    Public,
    Unlisted,
    Private,
}

impl Visibility {
    /// Capitals and spaces are the form's fault, and no reason to show a video to nobody. Any other text is: a guess might show it to everybody.
    pub(super) fn of(text: String) -> Result<Self, Unknown> {
        match text.trim().to_lowercase().as_str() {
            "public" => Ok(Self::Public),
            "unlisted" => Ok(Self::Unlisted),
            "private" => Ok(Self::Private),
            _ => Err(Unknown(text)),
        }
    }

    pub(super) fn name(self) -> String {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
        }
        .to_owned()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no visibility \"{0}\"; there are public, unlisted and private")]
pub(super) struct Unknown(String);
