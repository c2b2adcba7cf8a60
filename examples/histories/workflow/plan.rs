//! Plans that a customer can have.

use schema_runtime::VersionedDocument;

/// The type that the service works with. The next version changes this line.
pub(super) type Plan = PlanV1;

/// The first version, which the seeds are of for good.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "plans")]
pub(super) struct PlanV1 {
    #[serde(rename = "_id")]
    pub(super) id: String,
    pub(super) title: String,
    pub(super) members: i32,
}
