//! What a job does with the documents of its collection.

use bson::oid::ObjectId;
use serde::{Deserialize, Serialize};

/// What a job does with the documents of its collection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Work {
    /// A backfill: it brings them to the current version.
    #[default]
    Upgrade,
    /// A rollback by pre-images: it makes of them what they were before a backfill.
    Restore {
        /// The run of that backfill.
        of: ObjectId,
    },
    /// A rollback by `reversible` steps: it takes them back to an older version.
    Downgrade,
}

impl Work {
    /// Whether it takes documents back.
    #[must_use]
    pub fn is_rollback(self) -> bool {
        self != Self::Upgrade
    }

    /// What the job is called.
    pub(crate) fn name(self) -> &'static str {
        if self.is_rollback() { "rollback" } else { "backfill" }
    }

    /// What became of a document that it has changed.
    pub(crate) fn done(self) -> &'static str {
        if self.is_rollback() { "rolled back" } else { "upgraded" }
    }

    /// Where it brings documents, given the version of its job.
    pub(crate) fn destination(self, version: u32) -> String {
        match self {
            Self::Upgrade => format!("to schema version {version}"),
            Self::Restore { of } => format!("back to before run {of}"),
            Self::Downgrade => format!("back to schema version {version}"),
        }
    }
}
