//! Version 2.

use schema_runtime::VersionedDocument;

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = super::v1::Device)]
pub struct Device {
    pub serial: String,
    #[versioned(added)]
    pub tags: Vec<String>,
}
