//! One version of a document: a struct, or an enum, of which each variant is explored as a document of its own.

use std::collections::BTreeMap;

use super::{Explorer, Read, sorted};
use crate::{
    history::{self, Version},
    shape::{
        node::{Field, Fields, Graph, Node, Variants},
        probe::{Asked, Turn, What},
    },
};

impl<'r> Explorer<'r> {
    /// The nodes of a version; the first is the document itself.
    pub(in crate::shape) fn explore_version(read: Read<'r>, version: &Version) -> Graph {
        let mut explorer = Self::new(read);
        let document = explorer.add(Node::unknown());
        let node = match &version.variants {
            None => explorer.whole(version.fields),
            Some(variants) => explorer.each(variants),
        };
        explorer.put(document, node);
        explorer.graph
    }

    fn each(&mut self, variants: &history::Variants) -> Node {
        let mut found = Variants::default();
        for variant in variants.list {
            let Some(name) = variant.read_as.first() else { continue };
            self.variant = Some(name);
            let node = match variants.content {
                None => self.whole(variant.fields),
                Some(content) => self.content(content),
            };
            let id = self.add(node);
            found.variants.insert(name, id);
        }
        self.variant = Some("$nothing");
        found.other = self.look(&[]).is_some();
        Node::document(Fields { tagged: Some((variants.tag, found)), ..Fields::default() })
    }

    fn whole(&mut self, fields: &[history::Field]) -> Node {
        let names: Vec<_> = fields.iter().flat_map(|field| field.read_as).copied().collect();
        self.names = sorted(&names);
        match self.look(&[]) {
            // Nothing but the tag is read.
            Some(Asked { what: What::Ignored, .. }) => Node::document(Fields::default()),
            Some(Asked { what, visitor, .. }) => self.node(&[], what, visitor),
            None => Node::unknown(),
        }
    }

    /// What the variant holds is one field. That it is missing is noticed too late for a probe.
    fn content(&mut self, name: &'static str) -> Node {
        let way = [Turn::Field { before: Vec::new(), name }];
        let may_be_missing = |asked: Asked| matches!(asked.what, What::Option | What::Scalar("null"));
        let optional = self.look(&way).is_some_and(may_be_missing);
        let field = Field { value: self.visit(&way), optional, alias_of: None };
        Node::document(Fields { fields: BTreeMap::from([(name, field)]), ..Fields::default() })
    }
}
