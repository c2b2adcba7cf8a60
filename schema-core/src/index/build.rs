//! What the derive calls to write an index.

#![allow(missing_docs, reason = "only generated code names these items")]

use bson::Document;

use super::{Collation, Index, Key, KeyKind, Partial};

#[doc(hidden)]
impl Index {
    #[must_use]
    pub const fn new(keys: &'static [Key]) -> Self {
        Self {
            keys,
            given_name: None,
            unique: false,
            sparse: false,
            hidden: false,
            expire_after: None,
            partial: None,
            collation: None,
            default_language: None,
        }
    }

    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { given_name: Some(name), ..self }
    }

    #[must_use]
    pub const fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    #[must_use]
    pub const fn sparse(self) -> Self {
        Self { sparse: true, ..self }
    }

    #[must_use]
    pub const fn hidden(self) -> Self {
        Self { hidden: true, ..self }
    }

    #[must_use]
    pub const fn expire_after(self, seconds: u32) -> Self {
        Self { expire_after: Some(seconds), ..self }
    }

    #[must_use]
    pub const fn partial(self, written: &'static str, filter: fn() -> Document) -> Self {
        Self { partial: Some(Partial { written, filter }), ..self }
    }

    #[must_use]
    pub const fn collation(self, collation: Collation) -> Self {
        Self { collation: Some(collation), ..self }
    }

    #[must_use]
    pub const fn default_language(self, language: &'static str) -> Self {
        Self { default_language: Some(language), ..self }
    }
}

#[doc(hidden)]
impl Key {
    #[must_use]
    pub const fn ascending(path: &'static str) -> Self {
        Self { path, kind: KeyKind::Ascending }
    }

    #[must_use]
    pub const fn descending(path: &'static str) -> Self {
        Self { path, kind: KeyKind::Descending }
    }

    #[must_use]
    pub const fn hashed(path: &'static str) -> Self {
        Self { path, kind: KeyKind::Hashed }
    }

    #[must_use]
    pub const fn sphere(path: &'static str) -> Self {
        Self { path, kind: KeyKind::Sphere }
    }

    #[must_use]
    pub const fn text(path: &'static str, weight: Option<u32>) -> Self {
        Self { path, kind: KeyKind::Text { weight } }
    }
}

#[doc(hidden)]
impl Collation {
    #[must_use]
    pub const fn new(locale: &'static str) -> Self {
        Self { locale, strength: None, case_level: false, numeric_ordering: false }
    }

    #[must_use]
    pub const fn strength(self, strength: u8) -> Self {
        Self { strength: Some(strength), ..self }
    }

    #[must_use]
    pub const fn case_level(self) -> Self {
        Self { case_level: true, ..self }
    }

    #[must_use]
    pub const fn numeric_ordering(self) -> Self {
        Self { numeric_ordering: true, ..self }
    }
}
