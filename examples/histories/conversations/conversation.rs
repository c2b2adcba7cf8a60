//! Conversations in three versions, of which the first is 0.

use schema_runtime::VersionedDocument;

use super::message::{MessageV1, MessageV2, lines, said};

/// How much of the first question is a title.
const TITLE: usize = 40;

/// The type that the service works with. The next version changes this line.
pub(super) type Conversation = ConversationV2;

/// From before there were versions.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 0, unversioned = 0, version_field = "schema_version", collection = "conversations")]
pub(super) struct ConversationV0 {
    #[serde(rename = "_id")]
    id: String,
    user: String,
    messages: Vec<String>,
}

/// Of the first release with versions, which has begun to count at 1.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, previous = ConversationV0, reversible)]
pub(super) struct ConversationV1 {
    #[serde(rename = "_id")]
    id: String,
    user: String,
    #[versioned(try_with = said, back_with = lines)]
    messages: Vec<MessageV1>,
}

/// Of this release.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = ConversationV1, reversible, index(keys(user, archived)))]
pub(super) struct ConversationV2 {
    #[serde(rename = "_id")]
    id: String,
    user: String,
    messages: Vec<MessageV2>,
    #[versioned(compute = title)]
    title: String,
    #[versioned(added)]
    archived: bool,
}

/// The first that the user has said, as far as it fits.
fn title(before: &ConversationV1) -> String {
    let first = before.messages.iter().find(|message| message.role == "user");
    first.map(|message| message.text.chars().take(TITLE).collect()).unwrap_or_default()
}
