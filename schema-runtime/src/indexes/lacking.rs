//! Old documents that a unique index takes for duplicates, because they do not have what it is on.

use schema_core::{Chain, history::Version, index::Index};

/// The older versions, not below the floor, whose documents lack a key of this index. Only what is certain: what is in an enum, or in a
/// flattened field, is not known here.
pub(super) fn versions(index: &Index, history: &'static Version, chain: &Chain, floor: u32) -> Vec<u32> {
    if !index.unique || index.sparse || index.partial.is_some() {
        return Vec::new();
    }
    let older = history.versions().skip(1).filter(|version| version.version >= floor);
    let lacking = older.filter(|version| names(index).any(|name| lacks(version, chain, name)));
    let mut versions: Vec<u32> = lacking.map(|version| version.version).collect();
    versions.reverse();
    versions
}

fn names(index: &Index) -> impl Iterator<Item = &'static str> {
    index.keys.iter().map(|key| key.path.split('.').next().unwrap_or(key.path))
}

fn lacks(version: &Version, chain: &Chain, name: &str) -> bool {
    let flattens = version.fields.iter().any(|field| field.serde.contains(&"flatten"));
    let is_of_every_document = name == "_id" || chain.is_stamp(name);
    !is_of_every_document && version.variants.is_none() && !flattens && !version.knows(name)
}
