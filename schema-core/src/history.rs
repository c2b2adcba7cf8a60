//! The history of a document type as data: every version, its fields, and what its step did to them.
//!
//! The derive writes it as a constant. Status output, documentation, the frozen history and queries across versions read
//! it; nothing on the way of a document does.

mod build;
mod markdown;
mod record;
mod variants;

use std::iter;

use bson::RawDocument;

pub use self::{
    markdown::Markdown,
    record::Record,
    variants::{Variant, Variants},
};
use crate::{index::Index, message::same_text};

/// One version of a document type.
///
/// Found at [`VersionedDocument::HISTORY`](crate::VersionedDocument::HISTORY), for the current version; the older ones
/// follow through [`previous`](Self::previous).
///
/// ```
/// use schema_core::{VersionedDocument, history::Rule};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1)]
/// struct UserV1 {
///     #[serde(rename = "mail")]
///     email: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 2, previous = UserV1)]
/// struct UserV2 {
///     #[versioned(from = email, with = str::to_lowercase_of)]
///     login: String,
/// }
/// # mod str { pub fn to_lowercase_of(mail: String) -> String { mail.to_lowercase() } }
///
/// let login = UserV2::HISTORY.field("login").unwrap();
/// assert_eq!(login.stored_as, Some("login"));
/// assert!(matches!(login.rule, Rule::With { from: ["email"], function: "str::to_lowercase_of", .. }));
///
/// let first = UserV2::HISTORY.at(1).unwrap();
/// assert_eq!(first.field("email").unwrap().stored_as, Some("mail"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "the derive writes it in the user's crate")]
pub struct Version {
    /// The Rust name of its type.
    pub type_name: &'static str,
    /// The schema version.
    pub version: u32,
    /// serde's attributes of the type that change what is stored, without renames: those are in the names.
    pub serde: &'static [&'static str],
    /// The fields, in the order in which they are written; none of an enum, which has those of its variants.
    pub fields: &'static [Field],
    /// The variants, if it is an enum.
    pub variants: Option<Variants>,
    /// The indexes that it declares. They are not inherited.
    pub indexes: &'static [Index],
    /// How it came from the version before it.
    pub step: Step,
    /// The version before it, unless it starts the chain.
    pub previous: Option<&'static Version>,
}

/// How a version came from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the derive writes it in the user's crate")]
pub enum Step {
    /// There is no version before it.
    Start,
    /// By the rules of its fields.
    Derived {
        /// The fields of the previous version that were dropped, by their Rust names. Of an enum: the variants that are
        /// gone, with what became of them, as in `Paused => Stopped`.
        removed: &'static [&'static str],
        /// The way back, if there is one: old fields that are made of the whole new document, with the function. All
        /// others go back by the rules of the fields. Of an enum: the new variants for which the way back is written out,
        /// and what they become.
        back: Option<&'static [(&'static str, &'static str)]>,
    },
    /// By a conversion written by hand.
    Manual {
        /// Whether the way back is written, too.
        reversible: bool,
    },
}

/// One field of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "the derive writes it in the user's crate")]
pub struct Field {
    /// Its Rust name, as in `removed(..)`.
    pub name: &'static str,
    /// The name it is stored under; `None` for a flattened field and one that is not written.
    pub stored_as: Option<&'static str>,
    /// The names it is found under, aliases included; none for a flattened field and one that is not read.
    pub read_as: &'static [&'static str],
    /// Its Rust type, as written.
    pub ty: &'static str,
    /// serde's attributes of the field that change what is stored, without renames and aliases.
    pub serde: &'static [&'static str],
    /// Where its value comes from.
    pub rule: Rule,
    /// The function that gives back what the field was made of, from `back_with`.
    pub back_with: Option<&'static str>,
    /// Whether it keeps what the version does not know. It has no name of its own.
    pub unknown: bool,
}

/// Where the value of a field comes from. Fields of the previous version have their Rust names here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the derive writes it in the user's crate")]
pub enum Rule {
    /// The version starts the chain, or its step is written by hand.
    Unstated,
    /// One field of the previous version, converted where its type changed.
    Carried {
        /// That field.
        from: &'static str,
    },
    /// Fields of the previous version through a function.
    With {
        /// Those fields, in the order of the arguments.
        from: &'static [&'static str],
        /// The function as written.
        function: &'static str,
        /// Whether it may fail.
        fallible: bool,
    },
    /// The whole previous document through a function.
    Computed {
        /// The function as written.
        function: &'static str,
        /// Whether it may fail.
        fallible: bool,
    },
    /// The same for every document.
    Added {
        /// The expression as written; `None` for `Default::default()`.
        value: Option<&'static str>,
    },
}

impl Version {
    /// This version and those before it, newest first.
    pub fn versions(&'static self) -> impl Iterator<Item = &'static Self> + Clone {
        iter::successors(Some(self), |version| version.previous)
    }

    /// The version of that number, if this one or one before it is.
    #[must_use]
    pub fn at(&'static self, version: u32) -> Option<&'static Self> {
        self.versions().find(|candidate| candidate.version == version)
    }

    /// The field of that Rust name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether a field of this version is read or written under that name. What is in a flattened field has no name here.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.stored_as == Some(name) || field.read_as.contains(&name))
    }

    /// Whether this version keeps what it does not know, in a field with `unknown`.
    #[must_use]
    pub const fn keeps_unknown(&self) -> bool {
        let mut rest = self.fields;
        while let [field, others @ ..] = rest {
            if field.unknown {
                return true;
            }
            rest = others;
        }
        false
    }

    /// Whether a field is flattened, so that not all names are known here.
    pub(crate) const fn flattens(&self) -> bool {
        let mut rest = self.fields;
        while let [field, others @ ..] = rest {
            let mut attributes = field.serde;
            while let [attribute, more @ ..] = attributes {
                if same_text(attribute, "flatten") {
                    return true;
                }
                attributes = more;
            }
            rest = others;
        }
        false
    }

    /// The names under which fields of this version are found in a stored document, aliases included. A flattened field has no
    /// name of its own, and those of an enum depend on the document: [`names_in`](Self::names_in).
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.fields.iter().flat_map(|field| field.read_as).copied()
    }

    /// The same in this document: for an enum, those of its variant and of the tag.
    pub fn names_in(&self, document: &RawDocument) -> impl Iterator<Item = &'static str> + use<> {
        let variants = self.variants.map(|variants| variants.names_in(document));
        self.names().chain(variants.into_iter().flatten())
    }
}

impl Field {
    /// What it is called in a document, or in Rust where it has no name of its own there.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.stored_as.or(self.read_as.first().copied()).unwrap_or(self.name)
    }
}
