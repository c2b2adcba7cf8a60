//! A document that holds documents of its own type.

use schema_runtime::VersionedDocument;

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "trees")]
pub struct Tree {
    pub name: String,
    pub branches: Vec<Tree>,
}

pub fn size(tree: &Tree) -> usize {
    1 + tree.branches.iter().map(size).sum::<usize>()
}
