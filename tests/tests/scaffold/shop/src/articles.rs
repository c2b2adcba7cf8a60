//! Two kinds in one collection, and the enum of both.

use schema_runtime::{DocumentKinds, VersionedDocument};

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "article", or_missing))]
pub struct ArticleV1 {
    pub text: String,
}

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "contents", kind(key = "type", value = "video"))]
pub struct Video {
    pub seconds: i32,
}

pub type Article = ArticleV1;

#[derive(Debug, Clone, DocumentKinds)]
pub enum Content {
    Article(Article),
    Video(Box<Video>),
}
