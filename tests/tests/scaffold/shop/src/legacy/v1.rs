//! Version 1.

use schema_runtime::VersionedDocument;

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "devices")]
pub struct Device {
    pub serial: String,
}
