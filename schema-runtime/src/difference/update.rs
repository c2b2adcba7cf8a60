//! From one document to another, by what changes at the top level.

use bson::Document;

use super::equal::same;

/// What makes one document out of another: fields of the top level to be set, and names to be removed.
///
/// A field that is new comes last, one that is set keeps its place. A nested document is set as a whole; the server finds out
/// by itself what has changed in it and replicates only that.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Update {
    pub(crate) set: Document,
    pub(crate) unset: Vec<String>,
}

impl Update {
    pub(super) fn between(before: &Document, after: Document) -> Self {
        let unset = before.keys().filter(|name| !after.contains_key(*name)).cloned().collect();
        let changed =
            |(name, after): &(String, _)| !before.get(name).is_some_and(|before| same(before, after));
        Self { set: after.into_iter().filter(changed).collect(), unset }
    }
}
