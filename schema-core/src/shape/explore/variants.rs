//! Enums: their variants, by name or by a tag, and what each of them holds.

use super::{Explorer, document::KEPT, sorted, to};
use crate::shape::{
    node::{Field, Fields, Id, Kind, Node, Variants},
    probe::{Turn, What},
    sample::Sample,
};

/// The Rust type with which serde looks past the content of a variant that has none.
const NO_CONTENT: &str = "::UntaggedUnitVisitor";

impl Explorer<'_> {
    pub(super) fn variants(&mut self, way: &[Turn], names: &[&'static str], id: Id) -> Node {
        let mut found = Variants { other: self.takes_other(way), ..Variants::default() };
        let mut sample = None;
        for (what, name) in self.simplest_first(way, names) {
            let content = self.visit(&to(way, Turn::Variant(name)));
            found.variants.insert(name, content);
            if sample.is_none() {
                let one = match what {
                    Some(What::UnitVariant) => Some(Sample::Text(name)),
                    _ => self.sample(content).map(|content| Sample::Document(vec![(name, content)])),
                };
                sample = self.accepted(way, one);
                // The other variants may contain the enum.
                self.put(id, Node { kind: Kind::Simple("not known"), sample: sample.clone() });
            }
        }
        Node { kind: Kind::Variants(found), sample }
    }

    /// The variants in an order in which a sample is found soon.
    fn simplest_first(&self, way: &[Turn], names: &[&'static str]) -> Vec<(Option<What>, &'static str)> {
        let asked = |name| self.look(&to(way, Turn::Variant(name))).map(|asked| asked.what);
        let mut variants: Vec<_> = sorted(names).into_iter().map(|name| (asked(name), name)).collect();
        variants.sort_by_key(|(what, _)| match what {
            Some(What::UnitVariant) => 0,
            Some(What::NewtypeVariant) => 1,
            Some(What::Struct(_)) => 2,
            _ => 3,
        });
        variants
    }

    fn takes_other(&self, way: &[Turn]) -> bool {
        self.look(&to(way, Turn::Variant("$nothing"))).is_some()
    }

    /// An enum with its variant in one field and the content in another.
    pub(super) fn adjacent(
        &mut self,
        way: &[Turn],
        tag: &'static str,
        content: &'static str,
    ) -> Option<Node> {
        let field = |before, name| to(way, Turn::Field { before, name });
        let at_tag = field(Vec::new(), tag);
        let What::Enum(names) = self.look(&at_tag)?.what else { return None };
        let kept = self.look(&field(Vec::new(), content))?;
        if !kept.is_by(KEPT) {
            return None;
        }
        let mut variants = Variants { other: self.takes_other(&at_tag), ..Variants::default() };
        let mut sample = None;
        for name in sorted(names) {
            let before = vec![(tag, Sample::Text(name))];
            let only_name = Sample::Document(before.clone());
            let mut fields = Fields::default();
            let at_content = field(before.clone(), content);
            let alone = self.accepted(way, [only_name]);
            if self.look(&at_content).is_some_and(|asked| !asked.is_by(NO_CONTENT)) {
                let value = self.visit(&at_content);
                let optional = alone.is_some();
                let full = self.sample(value).map(|value| [before, vec![(content, value)]].concat());
                sample = sample.or(alone).or(full.map(Sample::Document));
                fields.fields.insert(content, Field { value, optional, alias_of: None });
            }
            let id = self.add(Node { kind: Kind::Document(fields), sample: None });
            variants.variants.insert(name, id);
        }
        let fields = Fields { tagged: Some((tag, variants)), ..Fields::default() };
        Some(Node { kind: Kind::Document(fields), sample })
    }
}
