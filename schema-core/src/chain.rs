//! The chain of a document type as data: which versions it spans and what its documents look like from
//! outside.

use std::marker::PhantomData;

use crate::{
    document::VersionedDocument,
    history::Version,
    kind::Kind,
    message::{Message, same_text},
};

/// What a document without a version field is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unversioned {
    /// It is a document of this version. The default is the oldest version of the chain.
    Version(u32),
    /// It is an error: every document of this collection is expected to carry its version.
    Reject,
}

/// The chain of versions that ends at one document type.
///
/// Found at [`VersionedDocument::CHAIN`](crate::VersionedDocument::CHAIN).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chain {
    /// The Rust name of the type at the end of the chain.
    pub type_name: &'static str,
    /// The current version: what this type writes, and the newest it can read.
    pub version: u32,
    /// The oldest version it can read.
    pub oldest: u32,
    /// The oldest version it can be taken back to: as far as the steps are `reversible` without a gap.
    pub reversible_to: u32,
    /// The name of the field that holds the version. Default: `schemaVersion`.
    pub version_field: &'static str,
    /// The default collection, if the chain names one.
    pub collection: Option<&'static str>,
    /// What a document without the version field is.
    pub unversioned: Unversioned,
    /// Which documents of the collection are those of this chain, if there are others in it.
    pub kind: Option<Kind>,
}

impl Chain {
    /// The fields that writing adds to those of the type: the version, and the key of the kind where there are kinds. Where there
    /// are none, it is the version twice.
    #[doc(hidden)]
    #[must_use]
    pub const fn stamps(&self) -> [&'static str; 2] {
        match &self.kind {
            Some(kind) => [self.version_field, kind.key],
            None => [self.version_field, self.version_field],
        }
    }

    /// Whether writing adds a field of this name.
    #[doc(hidden)]
    #[must_use]
    pub fn is_stamp(&self, name: &str) -> bool {
        self.stamps().contains(&name)
    }

    /// Whether documents of `version` can be read.
    #[must_use]
    pub const fn knows(&self, version: u32) -> bool {
        self.oldest <= version && version <= self.version
    }
}

// What the derive calls, in constants: first what makes a chain, then what ends the compilation where it does
// not fit together. A chain is made in any case, so that a mistake in one type is not one in those after it.
#[doc(hidden)]
#[allow(missing_docs, reason = "only generated code calls them")]
impl Chain {
    pub const fn start(type_name: &'static str, version: u32) -> Self {
        Self {
            type_name,
            version,
            oldest: version,
            reversible_to: version,
            version_field: "schemaVersion",
            collection: None,
            unversioned: Unversioned::Version(version),
            kind: None,
        }
    }

    /// The chain of a type whose attributes are wrong. The mistake has been reported; what follows the type
    /// has none of its own.
    pub const fn unknown() -> Self {
        Self::start("", u32::MAX)
    }

    pub(crate) const fn is_unknown(&self) -> bool {
        self.version == u32::MAX
    }

    pub const fn next(self, type_name: &'static str, version: u32) -> Self {
        if self.is_unknown() {
            return Self::start(type_name, version);
        }
        Self { type_name, version, reversible_to: version, ..self }
    }

    pub const fn next_reversible(self, type_name: &'static str, version: u32) -> Self {
        let next = self.next(type_name, version);
        if self.is_unknown() {
            return next;
        }
        Self { reversible_to: self.reversible_to, ..next }
    }

    pub const fn in_collection(self, collection: &'static str) -> Self {
        Self { collection: Some(collection), ..self }
    }

    pub const fn with_version_field(self, version_field: &'static str) -> Self {
        Self { version_field, ..self }
    }

    pub const fn with_unversioned(self, unversioned: Unversioned) -> Self {
        Self { unversioned, ..self }
    }

    pub const fn of_kind(self, key: &'static str, value: &'static str, or_missing: bool) -> Self {
        Self { kind: Some(Kind { key, value, or_missing }), ..self }
    }

    #[track_caller]
    pub const fn assert_follows(&self, previous: &Version) {
        if previous.is_unknown() || self.version == previous.version.saturating_add(1) {
            return;
        }
        let message = Message::new()
            .text("`")
            .text(self.type_name)
            .text("` has schema version ")
            .number(self.version)
            .text(" but its previous version `")
            .text(previous.type_name)
            .text("` has ")
            .number(previous.version)
            .text("; write `version = ")
            .number(previous.version.saturating_add(1));
        if self.version <= 1 {
            message.text("`, or remove `previous`").fail()
        }
        message.text("`, or name the type of version ").number(self.version - 1).text(" as `previous`").fail()
    }

    /// One chain has one version field: under a second name the older documents would look unversioned.
    #[track_caller]
    pub const fn assert_same_version_field(&self, previous: &Self) {
        if previous.is_unknown() || same_text(self.version_field, previous.version_field) {
            return;
        }
        Message::new()
            .text("`")
            .text(self.type_name)
            .text("` keeps its version in `")
            .text(self.version_field)
            .text("` but the versions before it in `")
            .text(previous.version_field)
            .text("`; write `version_field` once, on the type that starts the chain")
            .fail()
    }

    #[track_caller]
    pub const fn assert_unversioned_known(&self) {
        if let Unversioned::Version(version) = self.unversioned
            && !self.knows(version)
        {
            Message::new()
                .text("`unversioned = ")
                .number(version)
                .text("` is outside the chain of `")
                .text(self.type_name)
                .text("`, which has the versions ")
                .number(self.oldest)
                .text(" to ")
                .number(self.version)
                .text("; write one of these, or `unversioned = \"reject\"`")
                .fail()
        }
    }

    /// One chain has one kind: the older documents would not be found under a second one.
    #[track_caller]
    pub const fn assert_same_kind(&self, previous: &Self) {
        if let (Some(kind), Some(before)) = (&self.kind, &previous.kind)
            && !(same_text(kind.key, before.key) && same_text(kind.value, before.value))
        {
            Message::quoted(self.type_name)
                .text(" is told by `")
                .text(kind.value)
                .text("` in `")
                .text(kind.key)
                .text("`, but the versions before it by `")
                .text(before.value)
                .text("` in `")
                .text(before.key)
                .text("`; write `kind(..)` once, on the type that starts the chain")
                .fail()
        }
    }

    /// The version has one field, and the kind another.
    #[track_caller]
    pub const fn assert_kind_beside_version(&self) {
        if let Some(kind) = &self.kind
            && same_text(kind.key, self.version_field)
        {
            Message::quoted(kind.key)
                .text(" is where the chain of `")
                .text(self.type_name)
                .text("` keeps its version; name another field as the key of `kind(..)`")
                .fail()
        }
    }

    /// A stamp owns its name: a field of the document under the same name would be written twice and
    /// read as the version or the kind.
    #[track_caller]
    pub const fn assert_not_a_stamp(&self, field: &str) {
        if let Some(kind) = &self.kind
            && same_text(kind.key, field)
        {
            Message::new()
                .text("a field of `")
                .text(self.type_name)
                .text("` is stored as `")
                .text(field)
                .text("`, which `kind(..)` writes and checks; remove the field, or name another key")
                .fail()
        }
        if same_text(self.version_field, field) {
            Message::new()
                .text("a field of `")
                .text(self.type_name)
                .text("` is stored as `")
                .text(field)
                .text("`, where the chain keeps its version; rename the field, or write `version_field = \"..\"` ")
                .text("on the type that starts the chain")
                .fail()
        }
    }

    /// What a version with a flattened field does not know, only serde's derive knows.
    #[track_caller]
    pub const fn assert_unknown_can_start(&self, previous: &Version) {
        let mut version = if previous.keeps_unknown() { None } else { Some(previous) };
        while let Some(before) = version {
            if before.flattens() {
                Message::new()
                    .text("`")
                    .text(self.type_name)
                    .text("` starts to keep what it does not know, and which fields those are in a document of `")
                    .text(before.type_name)
                    .text("` cannot be told, because it has a flattened field; write the fields of that one out, take ")
                    .text("over a flattened map with `from = ..`, or start empty: `added = Unknown::new()`")
                    .fail()
            }
            version = before.previous;
        }
    }
}

/// Whether a type has a stamp of its own, which must not stand beside another. The constant is found on the type itself
/// where it is a versioned document, and on [`NoStamp`] where it is not.
#[doc(hidden)]
#[derive(Debug)]
pub struct StampOf<T>(PhantomData<T>);

#[doc(hidden)]
#[allow(missing_docs, reason = "only generated code names it")]
impl<T: VersionedDocument> StampOf<T> {
    pub const FIELD: &'static str = T::CHAIN.version_field;
}

#[doc(hidden)]
#[allow(missing_docs, reason = "only generated code names it")]
pub trait NoStamp {
    const FIELD: &'static str = "";
}

impl<T> NoStamp for StampOf<T> {}
