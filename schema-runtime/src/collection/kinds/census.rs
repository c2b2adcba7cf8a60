//! How many documents of each kind there are.

use std::{collections::BTreeMap, fmt};

use bson::doc;
use mongodb::options::{CountOptions, ReadPreference, SelectionCriteria};
use schema_core::DocumentKinds;
use serde::Serialize;

use super::VersionedKinds;
use crate::{
    census::Census,
    collection::handle::Handle,
    error::{During, Error},
    retry::with_retries,
};

/// The documents of a collection by kind, and those of each kind by version.
///
/// Its `Display` is a table for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct KindsCensus {
    /// Those of each kind, by the value that it has under the key.
    pub kinds: BTreeMap<&'static str, Census>,
    /// How many documents are of none of these kinds.
    pub others: u64,
}

impl<K: DocumentKinds + Send + Sync + 'static> VersionedKinds<K> {
    /// Counts the documents of each kind and each stored version, and those of other kinds. Reads the whole collection, in the server, once for
    /// each kind unless there is an index on the key.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when a count fails.
    pub async fn census(&self) -> Result<KindsCensus, Error> {
        let mut kinds = BTreeMap::new();
        for member in &self.members {
            if let Some(kind) = member.chain().kind {
                kinds.insert(kind.value, member.census().await?);
            }
        }
        let others = doc! { "$nor": [self.of_any_kind()] };
        let mut options = CountOptions::default();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        let count = || self.collection.count_documents(others.clone()).with_options(options.clone());
        let others = with_retries(count).await.during("count the documents of other kinds", self.name())?;
        Ok(KindsCensus { kinds, others })
    }
}

impl fmt::Display for KindsCensus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, census) in &self.kinds {
            write!(f, "{kind}\n{census}")?;
        }
        if self.others > 0 {
            writeln!(f, "other kinds\n  {:<14} {:>10}", "total", self.others)?;
        }
        Ok(())
    }
}
