//! Channels, in a video and on their own.

use schema_runtime::VersionedDocument;
use serde::{Deserialize, Serialize};

/// A channel as a video has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ChannelOfVideo {
    pub(super) id: String,
    pub(super) name: String,
}

impl ChannelOfVideo {
    /// The id follows from the name alone, so that every process comes to the same one without asking anybody.
    pub(super) fn of(name: String) -> Self {
        let words = name.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
        let id = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
        Self { id, name }
    }
}

/// A channel.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "channels", index(keys(name)))]
pub(super) struct Channel {
    #[serde(rename = "_id")]
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}
