//! Unknown fields are kept, a field may be absent, and the alias stands elsewhere.

use schema_runtime::{Unknown, VersionedDocument};

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "notes", unversioned = "reject")]
pub struct NoteV1 {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = NoteV1)]
pub struct NoteV2 {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[versioned(unknown, added)]
    pub rest: Unknown,
}
