//! Documents: which fields they have, and which of them may be missing.

use std::collections::BTreeSet;

use super::{Explorer, sorted, to};
use crate::shape::{
    buffered::Hole,
    node::{Field, Fields, Id, Kind, Node},
    probe::{Asked, Turn, What},
    refusal::Refusal,
    sample::Sample,
};

/// The Rust type with which serde keeps a value for later.
pub(super) const KEPT: &str = "::ContentVisitor";

impl Explorer<'_> {
    pub(super) fn document(&mut self, way: &[Turn], names: &'static [&'static str]) -> Node {
        if let &[tag, content] = names
            && let Some(node) = self.adjacent(way, tag, content)
        {
            return node;
        }
        let (mut fields, mut given) = (Fields::default(), Vec::new());
        for name in sorted(names) {
            let value = self.visit(&to(way, Turn::Field { before: Vec::new(), name }));
            let mut alias_of = None;
            if let Some(sample) = self.sample(value) {
                let twice = Sample::Document(vec![(name, sample.clone()), (name, sample.clone())]);
                match self.offer(way, &twice) {
                    Err(Refusal::DuplicateField(first)) if first != name => alias_of = Some(first),
                    _ => given.push((name, sample)),
                }
            }
            fields.fields.insert(name, Field { value, optional: false, alias_of });
        }
        let stranger = Sample::Document(vec![("$nothing", Sample::Null)]);
        fields.closed = self.offer(way, &stranger) == Err(Refusal::UnknownField);
        self.settle(way, fields, given)
    }

    /// A struct that has others flattened into it asks for a map.
    pub(super) fn flattened(&mut self, way: &[Turn], names: &[&'static str]) -> Node {
        let mut fields = Fields { flattened: true, ..Fields::default() };
        let mut given = Vec::new();
        for name in names {
            if let Some(value) = self.visit_field(way, name) {
                given.extend(self.sample(value).map(|sample| (*name, sample)));
                fields.fields.insert(name, Field { value, optional: false, alias_of: None });
            }
        }
        let given = self.required(&Hole::at(way), &mut fields, given);
        self.settle(way, fields, given)
    }

    /// The field of a document, if the type knows one of that name.
    pub(in crate::shape) fn visit_field(&mut self, way: &[Turn], name: &'static str) -> Option<Id> {
        let way = to(way, Turn::Field { before: Vec::new(), name });
        match self.look(&way)? {
            Asked { what: What::Ignored, .. } => None,
            asked if asked.is_by(KEPT) => None,
            asked => Some(self.visit_asked(&way, asked)),
        }
    }

    /// Whether fields of other names are kept for what is flattened; a map takes them itself.
    pub(super) fn keeps_others(&self, way: &[Turn]) -> bool {
        let other = to(way, Turn::Field { before: Vec::new(), name: "$nothing" });
        self.look(&other).is_none_or(|asked| asked.is_by(KEPT))
    }

    /// Finds out which of the fields may be left out.
    fn settle(&mut self, way: &[Turn], mut fields: Fields, given: Vec<(&'static str, Sample)>) -> Node {
        let nullable: Vec<_> = fields.fields.values().map(|field| self.is_nullable(field.value)).collect();
        let mut unsettled = BTreeSet::new();
        for ((name, field), nullable) in fields.fields.iter_mut().zip(nullable) {
            let without = given.iter().filter(|(given, _)| given != name).cloned().collect();
            field.optional = match self.offer(way, &Sample::Document(without)) {
                Ok(()) => true,
                Err(Refusal::MissingField(missing)) if missing == *name => false,
                // Another field is in the way, of which no sample was found.
                Err(_) => {
                    unsettled.insert(*name);
                    nullable
                }
            };
        }
        fields.unsettled = unsettled;
        let required =
            given.iter().filter(|(name, _)| !fields.fields.get(name).is_some_and(|field| field.optional));
        let sample = self.accepted(way, [Sample::Document(required.cloned().collect())]);
        Node { kind: Kind::Document(fields), sample }
    }

    fn is_nullable(&self, id: Id) -> bool {
        matches!(self.graph.nodes.get(id), Some(Node { kind: Kind::Nullable(_), .. }))
    }
}
