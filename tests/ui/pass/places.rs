//! Where a type may stand, and how it may name things.

use schema_runtime::{VersionedDocument, bson::rawdoc, decode};

/// What a library that builds on the framework may offer to its own users.
mod framework {
    pub(crate) use schema_runtime::__private;
}

mod old {
    #[derive(Debug, schema_runtime::VersionedDocument)]
    #[versioned(version = 1, crate = super::framework)]
    pub(crate) struct V1 {
        pub(crate) name: String,
        pub(crate) n: i32,
    }

    pub(crate) type Alias = V1;
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = old::Alias, crate = crate::places::framework)]
struct ByAlias {
    name: String,
    n: i64,
}

#[test]
fn inside_a_function() {
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 2, previous = old::V1)]
    struct Local {
        #[versioned(from = name)]
        title: String,
        #[versioned(from = n, with = double)]
        twice: i32,
    }

    fn double(n: i32) -> i32 {
        2 * n
    }

    let stored = rawdoc! { "name": "a", "n": 2 };
    let local: Local = decode(&stored).unwrap();
    assert_eq!((local.title.as_str(), local.twice), ("a", 4));
    let aliased: ByAlias = decode(&stored).unwrap();
    assert_eq!((aliased.name.as_str(), aliased.n), ("a", 2));
}

macro_rules! version {
    ($name:ident, $version:expr, $previous:ty, $field:ident: $type:ty = $value:expr) => {
        #[derive(Debug, VersionedDocument)]
        #[versioned(version = $version, previous = $previous)]
        struct $name {
            name: String,
            n: i32,
            #[versioned(added = $value)]
            $field: $type,
        }
    };
}

version!(FromMacro, 2, old::V1, flag: bool = true);

#[test]
fn inside_a_macro() {
    let stored = rawdoc! { "name": "a", "n": 2 };
    let document: FromMacro = decode(&stored).unwrap();
    assert!(document.flag);
    assert_eq!((document.name.as_str(), document.n), ("a", 2));
}

/// Two documents that contain themselves, and the step between them.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct TreeV1 {
    size: i32,
    children: Vec<TreeV1>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = TreeV1)]
struct TreeV2 {
    size: i64,
    children: Vec<Self>,
    #[versioned(added = Self::DEPTH)]
    depth: i32,
}

impl TreeV2 {
    const DEPTH: i32 = 1;
}

#[test]
fn inside_itself() {
    let stored = rawdoc! { "size": 1, "children": [{ "size": 2, "children": [] }] };
    let tree: TreeV2 = decode(&stored).unwrap();
    assert_eq!((tree.size, tree.depth, tree.children[0].size), (1, 1, 2));
}
