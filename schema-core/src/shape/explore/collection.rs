//! Lists, tuples and maps: their items, keys and values.

use super::{Explorer, to};
use crate::shape::{
    node::{Kind, Node},
    probe::{Turn, What},
    sample::Sample,
};

impl Explorer<'_> {
    pub(super) fn list(&mut self, way: &[Turn]) -> Node {
        let item = self.visit(&to(way, Turn::Item { before: Vec::new() }));
        let one = self.sample(item).map(|sample| Sample::List(vec![sample]));
        let sample = self.accepted(way, [Sample::List(Vec::new())].into_iter().chain(one));
        Node { kind: Kind::List(item), sample }
    }

    pub(super) fn tuple(&mut self, way: &[Turn], len: usize) -> Node {
        let (mut items, mut samples) = (Vec::new(), Vec::new());
        for _ in 0..len {
            let item = self.visit(&to(way, Turn::Item { before: samples.clone() }));
            items.push(item);
            match self.sample(item) {
                Some(sample) => samples.push(sample),
                // Nothing gets past it.
                None => break,
            }
        }
        while items.len() < len {
            items.push(self.add(Node::unknown()));
        }
        Node { kind: Kind::Tuple(items), sample: self.accepted(way, [Sample::List(samples)]) }
    }

    pub(super) fn map(&mut self, way: &[Turn]) -> Node {
        let at_key = to(way, Turn::Key);
        let asked = self.look(&at_key);
        if way.is_empty() && !self.names.is_empty() {
            return self.flattened(way, &self.names.clone());
        }
        if asked.is_some_and(|asked| asked.what == What::Identifier) && self.keeps_others(way) {
            return self.flattened(way, &[]);
        }
        let key = self.visit(&at_key);
        let (value, one) = match self.sample(key) {
            Some(Sample::Text(name)) => {
                let value = self.visit(&to(way, Turn::Field { before: Vec::new(), name }));
                (value, self.sample(value).map(|sample| Sample::Document(vec![(name, sample)])))
            }
            _ => (self.add(Node::unknown()), None),
        };
        let sample = self.accepted(way, [Sample::Document(Vec::new())].into_iter().chain(one));
        Node { kind: Kind::Map { key, value }, sample }
    }
}
