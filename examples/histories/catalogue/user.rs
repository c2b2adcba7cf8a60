//! Users in two versions.

use schema_runtime::{Upgrade, VersionedDocument};
use serde::{Deserialize, Serialize};

/// The type that the service works with. The next version changes this line.
pub(super) type User = UserV2;

/// Of the first release, from before there were versions.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 1, collection = "users")]
pub(super) struct UserV1 {
    #[serde(rename = "_id")]
    id: String,
    status: StatusV1,
}

/// An import wrote capitals for a while; what it meant is known.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StatusV1 {
    #[serde(alias = "ACTIVE")]
    Active,
    #[serde(alias = "INACTIVE")]
    Inactive,
    #[serde(alias = "BANNED")]
    Banned,
}

/// The states under the names that the user interface always had for them.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(version = 2, previous = UserV1, reversible)]
pub(super) struct UserV2 {
    #[serde(rename = "_id")]
    id: String,
    status: StatusV2,
}

/// A state that is neither here nor there has to be said here, or this does not compile.
#[derive(Debug, Clone, Serialize, Deserialize, Upgrade)]
#[versioned(previous = StatusV1, reversible)]
#[serde(rename_all = "lowercase")]
enum StatusV2 {
    #[versioned(from = Active)]
    Enabled,
    #[versioned(from = Inactive)]
    Disabled,
    #[versioned(from = Banned)]
    Blocked,
}
