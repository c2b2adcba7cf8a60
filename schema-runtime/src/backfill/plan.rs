//! What a backfill would find to do.

use std::fmt;

use serde::Serialize;

use crate::census::Census;

/// The work that a backfill has before it, by count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The collection.
    pub collection: String,
    /// The documents by version.
    pub census: Census,
}

impl Plan {
    pub(super) fn new(collection: &str, census: Census) -> Self {
        Self { collection: collection.to_owned(), census }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, census } = self;
        writeln!(
            f,
            "{} of {} documents in `{collection}` are to be brought to schema version {}:",
            census.upgradable(),
            census.total(),
            census.current_version
        )?;
        write!(f, "{census}")
    }
}
