//! Documents that a unique index takes for duplicates, because those of their version do not have what it is on.

use schema_core::{Chain, history::Version, index::Index};

/// Those of these versions whose documents lack a key of this index, oldest first. Only what is certain: what is in an enum, or in a
/// flattened field, is not known here.
pub(super) fn lacking(
    index: &Index,
    versions: impl Iterator<Item = &'static Version>,
    chain: &Chain,
) -> Vec<u32> {
    if !index.unique || index.sparse || index.partial.is_some() {
        return Vec::new();
    }
    let lacking = versions.filter(|version| names(index).any(|name| lacks(version, chain, name)));
    let mut versions: Vec<u32> = lacking.map(|version| version.version).collect();
    versions.sort_unstable();
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
