//! What the derive calls to write a history: short enough that its expansion can be read.

#![allow(missing_docs, reason = "only generated code names these items")]

use super::{Field, Rule, Step, Variant, Variants, Version};
use crate::index::Index;

#[doc(hidden)]
impl Version {
    /// For types whose attributes are wrong.
    pub const UNKNOWN: &'static Self = &Self::new("", u32::MAX, &[]);

    /// A version that starts a chain.
    #[must_use]
    pub const fn new(type_name: &'static str, version: u32, fields: &'static [Field]) -> Self {
        Self {
            type_name,
            version,
            serde: &[],
            fields,
            variants: None,
            indexes: &[],
            step: Step::Start,
            previous: None,
        }
    }

    pub(crate) const fn is_unknown(&self) -> bool {
        self.version == u32::MAX
    }

    #[must_use]
    pub const fn serde(self, attributes: &'static [&'static str]) -> Self {
        Self { serde: attributes, ..self }
    }

    #[must_use]
    pub const fn variants(
        self,
        tag: &'static str,
        content: Option<&'static str>,
        list: &'static [Variant],
    ) -> Self {
        Self { variants: Some(Variants { tag, content, list }), ..self }
    }

    #[must_use]
    pub const fn indexes(self, indexes: &'static [Index]) -> Self {
        Self { indexes, ..self }
    }

    #[must_use]
    pub const fn derived(self, previous: &'static Self, removed: &'static [&'static str]) -> Self {
        Self { step: Step::Derived { removed, back: None }, previous: Some(previous), ..self }
    }

    #[must_use]
    pub const fn reversible(
        self,
        previous: &'static Self,
        removed: &'static [&'static str],
        back: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { step: Step::Derived { removed, back: Some(back) }, previous: Some(previous), ..self }
    }

    #[must_use]
    pub const fn manual(self, previous: &'static Self, reversible: bool) -> Self {
        Self { step: Step::Manual { reversible }, previous: Some(previous), ..self }
    }
}

#[doc(hidden)]
impl Field {
    /// A field that is written under the first of its names.
    #[must_use]
    pub const fn new(name: &'static str, read_as: &'static [&'static str], ty: &'static str) -> Self {
        let stored_as = first(read_as);
        let rule = Rule::Unstated;
        Self { name, stored_as, read_as, ty, serde: &[], rule, back_with: None, unknown: false }
    }

    #[must_use]
    pub const fn stored_as(self, name: Option<&'static str>) -> Self {
        Self { stored_as: name, ..self }
    }

    #[must_use]
    pub const fn serde(self, attributes: &'static [&'static str]) -> Self {
        Self { serde: attributes, ..self }
    }

    #[must_use]
    pub const fn carried(self, from: &'static str) -> Self {
        Self { rule: Rule::Carried { from }, ..self }
    }

    #[must_use]
    pub const fn with(self, from: &'static [&'static str], function: &'static str) -> Self {
        Self { rule: Rule::With { from, function, fallible: false }, ..self }
    }

    #[must_use]
    pub const fn try_with(self, from: &'static [&'static str], function: &'static str) -> Self {
        Self { rule: Rule::With { from, function, fallible: true }, ..self }
    }

    #[must_use]
    pub const fn computed(self, function: &'static str) -> Self {
        Self { rule: Rule::Computed { function, fallible: false }, ..self }
    }

    #[must_use]
    pub const fn try_computed(self, function: &'static str) -> Self {
        Self { rule: Rule::Computed { function, fallible: true }, ..self }
    }

    #[must_use]
    pub const fn added(self) -> Self {
        Self { rule: Rule::Added { value: None }, ..self }
    }

    #[must_use]
    pub const fn added_as(self, value: &'static str) -> Self {
        Self { rule: Rule::Added { value: Some(value) }, ..self }
    }

    #[must_use]
    pub const fn back_with(self, function: &'static str) -> Self {
        Self { back_with: Some(function), ..self }
    }

    #[must_use]
    pub const fn unknown(self) -> Self {
        Self { unknown: true, ..self }
    }
}

#[doc(hidden)]
impl Variant {
    /// A variant that is written under the first of its names.
    #[must_use]
    pub const fn new(name: &'static str, read_as: &'static [&'static str], fields: &'static [Field]) -> Self {
        Self { name, stored_as: first(read_as), read_as, serde: &[], fields, from: None }
    }

    #[must_use]
    pub const fn stored_as(self, name: Option<&'static str>) -> Self {
        Self { stored_as: name, ..self }
    }

    #[must_use]
    pub const fn serde(self, attributes: &'static [&'static str]) -> Self {
        Self { serde: attributes, ..self }
    }

    #[must_use]
    pub const fn from(self, name: &'static str) -> Self {
        Self { from: Some(name), ..self }
    }
}

const fn first(names: &[&'static str]) -> Option<&'static str> {
    match names {
        [first, ..] => Some(*first),
        [] => None,
    }
}
