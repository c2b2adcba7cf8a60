//! What is frozen of a released version: its stored shape, what serde's attributes add to it, and the rules of its step.

mod variants;

use super::{Field, Rule, Step, Version};
use crate::{
    chain::Chain,
    document::Decode,
    shape::{self, Line, fingerprint},
};

/// A version as lines of text, which stay the same as long as documents are read, written and upgraded as before.
///
/// What does not count: comments, formatting, the order of fields, derives and attributes, the names of Rust types, and
/// everything inside functions. A field that the step merely carries has no line among the rules. The rules of an embedded
/// type that derives [`Upgrade`](derive@crate::Upgrade) have none either: they are found only by what they do, for example with
/// golden documents.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The stored shape, nested types included: [`shape::of_version`].
    pub shape: Vec<Line>,
    /// What else of its attributes is stored or read differently: serde's, by the field they stand on, and the chain's.
    pub attributes: Vec<Line>,
    /// The rules of the step that leads to the version.
    pub step: Vec<Line>,
}

impl Record {
    /// A record out of its parts, as they were kept in a file.
    #[must_use]
    pub fn new(shape: Vec<Line>, attributes: Vec<Line>, step: Vec<Line>) -> Self {
        Self { shape, attributes, step }
    }

    /// The record of one version of this chain; `None` for a version outside of it.
    ///
    /// ```
    /// use schema_core::{VersionedDocument, history::Record};
    ///
    /// #[derive(VersionedDocument)]
    /// #[versioned(version = 1)]
    /// struct UserV1 {
    ///     mail: Option<String>,
    /// }
    ///
    /// #[derive(VersionedDocument)]
    /// #[versioned(version = 2, previous = UserV1)]
    /// struct UserV2 {
    ///     #[versioned(from = mail)]
    ///     email: Option<String>,
    /// }
    ///
    /// let record = Record::of::<UserV2>(2).unwrap();
    /// assert_eq!(record.shape[1].to_string(), "email: text or null, may be missing");
    /// assert_eq!(record.step[0].to_string(), "email: from mail");
    /// ```
    #[must_use]
    pub fn of<T: Decode<'static>>(version: u32) -> Option<Self> {
        let history = T::HISTORY.at(version)?;
        Some(Self {
            shape: shape::of_version::<T>(version)?.into(),
            attributes: sorted(attributes(&T::CHAIN, history)),
            step: sorted(step(history)),
        })
    }

    /// A short text that changes with any line.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let Self { shape, attributes, step } = self;
        let parts = [("shape", shape), ("attributes", attributes), ("step", step)];
        fingerprint(&parts.map(|(name, lines)| Line::new(name, fingerprint(lines))))
    }
}

/// In an order that does not depend on the source.
fn sorted(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by(|a, b| (&a.path, &a.text).cmp(&(&b.path, &b.text)));
    lines
}

fn attributes(chain: &Chain, version: &Version) -> Vec<Line> {
    let version_field = Line::new(".", format!("version in `{}`", chain.version_field));
    let kind = chain.kind.map(|kind| {
        let or_missing = if kind.or_missing { ", or missing" } else { "" };
        Line::new(".", format!("kind `{}` in `{}`{or_missing}", kind.value, kind.key))
    });
    let of_type = version.serde.iter().map(|attribute| Line::new(".", *attribute));
    let of_fields = version.fields.iter().flat_map(|field| {
        let texts = field_attributes(field);
        texts.map(|text| Line::of_field(field.label(), text))
    });
    let of_variants = version.variants.iter().flat_map(variants::attributes);
    [version_field].into_iter().chain(kind).chain(of_type).chain(of_fields).chain(of_variants).collect()
}

fn field_attributes(field: &'static Field) -> impl Iterator<Item = String> {
    let attributes = field.serde.iter().map(|attribute| (*attribute).to_owned());
    attributes.chain(written(field.stored_as, field.read_as))
}

/// Where what is written is not simply the first of the names that are read.
fn written(stored_as: Option<&str>, read_as: &[&str]) -> Option<String> {
    match (stored_as, read_as.first()) {
        (None, Some(_)) => Some("not written".to_owned()),
        (Some(stored), None) => Some(format!("written as `{stored}`, not read")),
        (Some(stored), Some(read)) if stored != *read => Some(format!("written as `{stored}`")),
        _ => None,
    }
}

fn step(version: &Version) -> Vec<Line> {
    let mut lines = Vec::new();
    match version.step {
        Step::Start => {}
        Step::Manual { reversible } => {
            lines.push(Line::new(".", if reversible { "by hand, and back" } else { "by hand" }));
        }
        Step::Derived { removed, back } => {
            if back.is_some() {
                lines.push(Line::new(".", "reversible"));
            }
            if let Some(variants) = &version.variants {
                lines.extend(variants::step(variants, version, removed, back));
                return lines;
            }
            let old = |name| version.old_label(name);
            let rules = version.fields.iter().filter_map(|field| Some((field.label(), rule(field, &old)?)));
            lines.extend(rules.map(|(name, text)| Line::of_field(name, text)));
            lines.extend(removed.iter().map(|old| Line::of_field(version.old_label(old), "removed")));
            let ways = back.into_iter().flatten();
            lines.extend(ways.map(|(old, function)| {
                Line::of_field(version.old_label(old), format!("back with {function}"))
            }));
        }
    }
    lines
}

/// The rule of a field; `old` tells what those of the previous version are called.
fn rule(field: &Field, old: &dyn Fn(&'static str) -> &'static str) -> Option<String> {
    let may_fail = |fallible| if fallible { ", may fail" } else { "" };
    let rule = match field.rule {
        Rule::Unstated => None,
        Rule::Carried { from } if old(from) == field.label() => None,
        Rule::Carried { from } => Some(format!("from {}", old(from))),
        Rule::With { from, function, fallible } => {
            let from: Vec<_> = from.iter().map(|name| old(name)).collect();
            Some(format!("from {} with {function}{}", from.join(", "), may_fail(fallible)))
        }
        Rule::Computed { function, fallible } => {
            Some(format!("computed with {function}{}", may_fail(fallible)))
        }
        Rule::Added { value: Some(value) } => Some(format!("added, {value}")),
        Rule::Added { value: None } => Some("added, its default".to_owned()),
    };
    let back = field.back_with.map(|function| format!("back with {function}"));
    let parts: Vec<_> = rule.into_iter().chain(back).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

impl Version {
    /// What a field of the previous version is called.
    fn old_label(&self, name: &'static str) -> &'static str {
        self.previous.and_then(|previous| previous.field(name)).map_or(name, Field::label)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines() -> impl Strategy<Value = Vec<Line>> {
        let line = ("[ab]{0,2}", "[ab]{0,2}").prop_map(|(path, text)| Line::new(path, text));
        prop::collection::vec(line, 0..2)
    }

    fn record() -> impl Strategy<Value = Record> {
        (lines(), lines(), lines()).prop_map(|(shape, attributes, step)| Record::new(shape, attributes, step))
    }

    proptest! {
        #[test]
        fn two_records_have_the_same_fingerprint_if_they_are_the_same(one in record(), other in record()) {
            prop_assert_eq!(one.fingerprint() == other.fingerprint(), one == other);
        }

        #[test]
        fn a_line_in_another_part_is_another_record(line in lines()) {
            let one = Record::new(line.clone(), Vec::new(), Vec::new());
            let other = Record::new(Vec::new(), line, Vec::new());
            prop_assert_eq!(one.fingerprint() == other.fingerprint(), one == other);
        }
    }
}
