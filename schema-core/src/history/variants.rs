//! The variants of a version that is an enum.

use bson::RawDocument;

use super::Field;

/// The variants of a version, and how a document says which one it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "the derive writes it in the user's crate")]
pub struct Variants {
    /// The field with the stored name of the variant.
    pub tag: &'static str,
    /// The field with what the variant holds; `None` where that stands beside the tag.
    pub content: Option<&'static str>,
    /// The variants, in their order.
    pub list: &'static [Variant],
}

/// One variant of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "the derive writes it in the user's crate")]
pub struct Variant {
    /// Its Rust name.
    pub name: &'static str,
    /// The name it is stored under; `None` for one that is not written.
    pub stored_as: Option<&'static str>,
    /// The names it is found under, aliases included; none for one that is not read.
    pub read_as: &'static [&'static str],
    /// serde's attributes of the variant that change what is stored, without renames and aliases.
    pub serde: &'static [&'static str],
    /// What it holds. Fields without names are called by their position, `0` for the first.
    pub fields: &'static [Field],
    /// The variant of the previous version that it is made of; `None` for a new one, and where no step is derived.
    pub from: Option<&'static str>,
}

impl Variant {
    /// What it is called in a document.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.stored_as.or(self.read_as.first().copied()).unwrap_or(self.name)
    }

    /// The field of that Rust name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Variants {
    /// The variant of that Rust name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&'static Variant> {
        self.list.iter().find(|variant| variant.name == name)
    }

    /// The variant that a stored document is, by the name in its tag.
    #[must_use]
    pub fn of(&self, document: &RawDocument) -> Option<&'static Variant> {
        let tag = document.get_str(self.tag).ok()?;
        let is_called = |variant: &&Variant| variant.read_as.contains(&tag) || variant.stored_as == Some(tag);
        self.list.iter().find(is_called)
    }

    pub(super) fn names_in(&self, document: &RawDocument) -> impl Iterator<Item = &'static str> + use<> {
        let beside = if self.content.is_none() { self.of(document) } else { None };
        let fields = beside.into_iter().flat_map(|variant| variant.fields).flat_map(|field| field.read_as);
        [self.tag].into_iter().chain(self.content).chain(fields.copied())
    }
}
