//! Videos in three versions.

use schema_runtime::VersionedDocument;

use super::{channel::ChannelOfVideo, visibility::Visibility};

/// The type that the service works with. The next version changes this line.
pub(super) type Video = VideoV3;

/// Of the first release, from before there were versions.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "videos")]
pub(super) struct VideoV1 {
    #[serde(rename = "_id")]
    id: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    channel: String,
    visibility: String,
}

/// Of the release before. Of several tags, the first goes back to version 1: there was no place for others.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = VideoV1, reversible)]
pub(super) struct VideoV2 {
    #[serde(rename = "_id")]
    id: String,
    title: String,
    #[versioned(from = tag, with = Vec::from_iter, back_with = first)]
    tags: Vec<String>,
    channel: String,
    #[versioned(try_with = Visibility::of, back_with = Visibility::name)]
    visibility: Visibility,
    #[versioned(added)]
    views: i64,
    #[versioned(added = "en".to_owned())]
    language: String,
}

/// Of this release. The name stays beside the id until every channel is there, and every page that shows a video needs it anyway. The server takes
/// the words of a title for those of the language that the document says.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(
    version = 3,
    previous = VideoV2,
    reversible,
    index(keys(channel.id, -views), name = "most_viewed_of_channel"),
    index(keys(tags)),
    index(keys(text(title)), name = "words_of_title"),
)]
pub(super) struct VideoV3 {
    #[serde(rename = "_id")]
    id: String,
    title: String,
    tags: Vec<String>,
    #[versioned(with = ChannelOfVideo::of, back_with = |channel: ChannelOfVideo| channel.name)]
    channel: ChannelOfVideo,
    visibility: Visibility,
    views: i64,
    language: String,
}

fn first(tags: Vec<String>) -> Option<String> {
    tags.into_iter().next()
}
