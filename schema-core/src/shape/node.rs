//! What has been found out about a type, as a graph: a type that contains itself is one node.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::sample::Sample;

/// The place of a node among all.
pub(super) type Id = usize;

/// All there is to say of a type; the first node is the type itself.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// Those that were found by trying samples, and may be more than what was found.
    pub(super) tried: HashSet<Id>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// A value that the type takes, if one was found.
    pub(super) sample: Option<Sample>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Nothing that is looked into, in words.
    Simple(&'static str),
    /// The same as another, or null.
    Nullable(Id),
    /// The same as another: a newtype.
    Same(Id),
    /// Any of several.
    OneOf(Vec<Id>),
    List(Id),
    Tuple(Vec<Id>),
    Map {
        key: Id,
        value: Id,
    },
    Document(Fields),
    Variants(Variants),
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Fields {
    pub(super) fields: BTreeMap<&'static str, Field>,
    /// Those of which it is not known whether they may be missing.
    pub(super) unsettled: BTreeSet<&'static str>,
    /// Whether any other field is refused.
    pub(super) closed: bool,
    /// Whether fields may be flattened into it that cannot be found.
    pub(super) flattened: bool,
    /// The field that says which variant it is, and what each of them adds.
    pub(super) tagged: Option<(&'static str, Variants)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) value: Id,
    pub(super) optional: bool,
    /// The field that it is another name of.
    pub(super) alias_of: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Variants {
    pub(super) variants: BTreeMap<&'static str, Id>,
    /// Whether a name that is none of them is taken.
    pub(super) other: bool,
}

/// What there is to say of a variant that has no content.
pub(super) const ONLY_NAME: &str = "only its name";

impl Node {
    /// One of which no sample is taken.
    pub(super) fn document(fields: Fields) -> Self {
        Self { kind: Kind::Document(fields), sample: None }
    }

    pub(super) fn simple(words: &'static str, sample: Option<Sample>) -> Self {
        Self { kind: Kind::Simple(words), sample }
    }

    /// What serde keeps in memory has no type that could be recognized, so there has to be another end.
    pub(super) fn too_deep() -> Self {
        Self::simple("not looked into", None)
    }

    pub(super) fn unknown() -> Self {
        Self::simple("not known", None)
    }
}
