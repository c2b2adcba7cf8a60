//! The chain of a document type as data: which versions it spans and what its documents look like from
//! outside.

use crate::message::{Message, same_text};

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
    /// The name of the field that holds the version. Default: `schemaVersion`.
    pub version_field: &'static str,
    /// The default collection, if the chain names one.
    pub collection: Option<&'static str>,
    /// What a document without the version field is.
    pub unversioned: Unversioned,
}

impl Chain {
    /// Whether documents of `version` can be read.
    #[must_use]
    pub const fn knows(&self, version: u32) -> bool {
        self.oldest <= version && version <= self.version
    }
}

// What the derive calls, in constants: a chain that does not fit together ends the compilation.
#[doc(hidden)]
#[allow(missing_docs, reason = "only generated code calls them")]
impl Chain {
    pub const fn start(type_name: &'static str, version: u32) -> Self {
        Self {
            type_name,
            version,
            oldest: version,
            version_field: "schemaVersion",
            collection: None,
            unversioned: Unversioned::Version(version),
        }
    }

    pub const fn next(self, type_name: &'static str, version: u32) -> Self {
        if version == 0 || version - 1 != self.version {
            Message::new()
                .text("`")
                .text(type_name)
                .text("` has schema version ")
                .number(version)
                .text(" but its previous version `")
                .text(self.type_name)
                .text("` has ")
                .number(self.version)
                .text("; write `version = ")
                .number(self.version.saturating_add(1))
                .text("`, or name the type of version ")
                .number(version.saturating_sub(1))
                .text(" as `previous`")
                .fail()
        }
        Self { type_name, version, ..self }
    }

    pub const fn in_collection(self, collection: &'static str) -> Self {
        Self { collection: Some(collection), ..self }
    }

    /// One chain has one version field: under a second name the older documents would look unversioned.
    pub const fn with_version_field(self, version_field: &'static str) -> Self {
        if self.oldest != self.version && !same_text(self.version_field, version_field) {
            Message::new()
                .text("`")
                .text(self.type_name)
                .text("` keeps its version in `")
                .text(version_field)
                .text("` but the versions before it in `")
                .text(self.version_field)
                .text("`; write `version_field` once, on the type that starts the chain")
                .fail()
        }
        Self { version_field, ..self }
    }

    pub const fn with_unversioned(self, unversioned: Unversioned) -> Self {
        if let Unversioned::Version(version) = unversioned
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
                .fail()
        }
        Self { unversioned, ..self }
    }

    /// The stamp owns its name: a field of the document under the same name would be written twice and
    /// read as the version.
    pub const fn reserve(&self, field: &str) {
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
}
