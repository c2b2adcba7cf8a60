//! Whether an index that is there is the one that was asked for.
//!
//! The server says more of an index than it was told: versions, all of a collation, weights. What it has added does not count.

use bson::{Bson, Document};

use super::IndexSpec;
use crate::migration::steps::{
    describe,
    same::{covers, same, same_documents},
};

/// What the server says of each index, or of some without being asked.
const ADDED: [&str; 13] = [
    "v",
    "key",
    "name",
    "ns",
    "background",
    "weights",
    "default_language",
    "language_override",
    "textIndexVersion",
    "2dsphereIndexVersion",
    "bits",
    "min",
    "max",
];

impl IndexSpec {
    /// Which of these is the one, whatever its name unless that was said.
    pub(in super::super) fn find<'i>(&self, existing: &'i [Document]) -> Option<&'i Document> {
        let named = existing.iter().find(|index| name_of(index) == self.index_name());
        let is_same = |index: &&Document| self.differences(index).is_empty();
        named.filter(is_same).or_else(|| existing.iter().find(is_same))
    }

    /// The one that has its name and is another.
    pub(in super::super) fn rival<'i>(&self, existing: &'i [Document]) -> Option<&'i Document> {
        existing.iter().find(|index| name_of(index) == self.index_name())
    }

    /// One with the same keys.
    pub(in super::super) fn namesake<'i>(&self, existing: &'i [Document]) -> Option<&'i Document> {
        existing.iter().find(|index| self.has_keys_of(index))
    }

    /// Whether it is the one, with its name.
    pub(in super::super) fn is_exactly(&self, index: &Document) -> bool {
        name_of(index) == self.index_name() && self.differences(index).is_empty()
    }

    /// What is different of an index that is there, in words.
    pub(in super::super) fn differences(&self, index: &Document) -> Vec<String> {
        let mut differences = Vec::new();
        if !self.has_keys_of(index) {
            let keys = index.get_document("key").map(describe::document).unwrap_or_default();
            differences.push(format!("its keys are {keys}"));
        }
        for (name, asked) in self.sorted_options() {
            match index.get(name) {
                Some(there) if name == "collation" && covers(there, asked) || same(there, asked) => {}
                Some(there) => {
                    differences.push(format!(
                        "its {name} is {}, not {}",
                        describe::value(there),
                        describe::value(asked)
                    ));
                }
                None => differences.push(format!("it has no {name}")),
            }
        }
        for (name, there) in index {
            let is_said = ADDED.contains(&name.as_str()) || self.options.contains_key(name);
            if !is_said && *there != Bson::Boolean(false) {
                differences.push(format!("it has {name} {}", describe::value(there)));
            }
        }
        differences
    }

    /// Whether this differs from another by nothing but these options.
    pub(in super::super) fn differs_only_in(&self, other: &Self, options: &[&str]) -> bool {
        let rest = |spec: &Self| -> Vec<(String, Bson)> {
            let rest = spec.sorted_options().filter(|(name, _)| !options.contains(name));
            rest.map(|(name, value)| (name.to_owned(), value.clone())).collect()
        };
        self.has_same_keys(other) && rest(self) == rest(other)
    }

    pub(in super::super) fn has_same_keys(&self, other: &Self) -> bool {
        same_documents(&self.keys, &other.keys)
    }

    fn has_keys_of(&self, index: &Document) -> bool {
        let Ok(keys) = index.get_document("key") else { return false };
        let is_text = |(_, kind): &(&String, &Bson)| **kind == Bson::String("text".to_owned());
        let mut asked: Vec<_> = self.keys.iter().filter(|key| !is_text(key)).collect();
        let mut there: Vec<_> =
            keys.iter().filter(|(name, _)| !["_fts", "_ftsx"].contains(&name.as_str())).collect();
        let alike = asked.len() == there.len()
            && asked
                .drain(..)
                .zip(there.drain(..))
                .all(|(one, other)| one.0 == other.0 && same(one.1, other.1));
        // The fields of a text index stand in its weights.
        let mut texts: Vec<_> = self.keys.iter().filter(is_text).map(|(name, _)| name.as_str()).collect();
        let weights = index.get_document("weights").ok();
        let mut weighed: Vec<_> = weights.into_iter().flat_map(Document::keys).map(String::as_str).collect();
        texts.sort_unstable();
        weighed.sort_unstable();
        alike && texts == weighed
    }
}

pub(in super::super) fn name_of(index: &Document) -> &str {
    index.get_str("name").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn what_the_server_adds_does_not_count() {
        let asked = IndexSpec::on(doc! { "a": 1, "b": "text" })
            .unique(false)
            .collation(doc! { "locale": "en", "strength": 2 });
        let there = doc! {
            "v": 2, "key": { "a": 1.0, "_fts": "text", "_ftsx": 1 }, "name": "x", "weights": { "b": 1 },
            "default_language": "english", "language_override": "language", "textIndexVersion": 3, "sparse": false,
            "collation": { "locale": "en", "caseLevel": false, "strength": 2 },
        };
        assert_eq!(asked.differences(&there), Vec::<String>::new());
    }

    #[test]
    fn what_is_different_is_said() {
        let asked = IndexSpec::on(doc! { "a": 1 }).unique(true);
        let there = doc! { "key": { "a": -1 }, "name": "a_1", "expireAfterSeconds": 5 };
        assert_eq!(
            asked.differences(&there),
            [r#"its keys are { "a": -1 }"#, "it has no unique", "it has expireAfterSeconds 5",]
        );
    }

    #[test]
    fn the_order_of_keys_counts() {
        let asked = IndexSpec::on(doc! { "a": 1, "b": 1 });
        assert!(!asked.differences(&doc! { "key": { "b": 1, "a": 1 } }).is_empty());
    }
}
