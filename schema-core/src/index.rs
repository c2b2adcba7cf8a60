//! The indexes that a version of a document type declares, as data: `#[versioned(index(..))]`.
//!
//! An index is in the words of its version and is not inherited. It is no part of what is stored, so the frozen history does not have
//! it. `schema-runtime` compares the declared indexes with those of a collection, and creates what is missing.
//!
//! ```
//! use schema_core::{VersionedDocument, bson::doc};
//!
//! #[derive(VersionedDocument)]
//! #[versioned(version = 1, index(keys(author, -created_at), unique))]
//! #[serde(rename_all = "camelCase")]
//! struct Article {
//!     author: String,
//!     created_at: i64,
//! }
//!
//! let [index] = Article::HISTORY.indexes else { panic!("one index is declared") };
//! assert_eq!(index.name(), "author_1_createdAt_-1");
//! assert_eq!(index.key_pattern(), doc! { "author": 1, "createdAt": -1 });
//! ```

mod build;

use std::fmt::{self, Write};

use bson::{Bson, Document, doc};

/// One declared index.
///
/// Found at [`Version::indexes`](crate::history::Version::indexes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Index {
    /// What it is sorted by, in this order.
    pub keys: &'static [Key],
    /// The name it was given; without one it has the name that drivers give it: [`name`](Self::name).
    pub given_name: Option<&'static str>,
    /// Whether no two documents may have the same keys.
    pub unique: bool,
    /// Whether documents without any of the keys are left out.
    pub sparse: bool,
    /// Whether queries do without it.
    pub hidden: bool,
    /// After how many seconds a document is deleted, counted from the date in the key.
    pub expire_after: Option<u32>,
    /// Which documents are in it; without one, all are.
    pub partial: Option<Partial>,
    /// How text is compared; without one, as the collection does.
    pub collation: Option<Collation>,
    /// The language of its texts, where a document does not say; without one, the server's default: English.
    pub default_language: Option<&'static str>,
}

/// One key of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key {
    /// Where the value is stored: `address.city`. `$**` is all there is, and `attributes.$**` all that is below.
    pub path: &'static str,
    /// How it is indexed.
    pub kind: KeyKind,
}

/// How the value of a key is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// By its order, smallest first.
    Ascending,
    /// By its order, largest first.
    Descending,
    /// By its hash.
    Hashed,
    /// As places on the earth: `2dsphere`.
    Sphere,
    /// By the words of a text.
    Text {
        /// How much a word here counts in the score of a document; 1 if nothing else is said.
        weight: Option<u32>,
    },
}

/// Which documents are in a partial index. Two are equal if they are written alike.
#[derive(Clone, Copy)]
pub struct Partial {
    /// The expression as written.
    pub written: &'static str,
    filter: fn() -> Document,
}

/// How the text in an index is compared. What is not here is as the locale has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collation {
    /// The language, as in `en` or `de@collation=phonebook`; `simple` is by bytes.
    pub locale: &'static str,
    /// From 1, which sees letters alone, over 2, which sees accents as well, and 3, which sees case as well, to 5. Default: 3.
    pub strength: Option<u8>,
    /// Whether case is seen where the strength does not see it.
    pub case_level: bool,
    /// Whether digits are compared as numbers.
    pub numeric_ordering: bool,
}

impl Index {
    /// Its name: the one it was given, or the one that drivers make of its keys, as `title_1_createdAt_-1`.
    #[must_use]
    pub fn name(&self) -> String {
        if let Some(name) = self.given_name {
            return name.to_owned();
        }
        let keys = self.keys.iter().map(|key| match key.kind.in_pattern() {
            Bson::String(kind) => format!("{}_{kind}", key.path),
            number => format!("{}_{number}", key.path),
        });
        keys.collect::<Vec<_>>().join("_")
    }

    /// Its keys, as the server takes them.
    #[must_use]
    pub fn key_pattern(&self) -> Document {
        self.keys.iter().map(|key| (key.path.to_owned(), key.kind.in_pattern())).collect()
    }

    /// All of it, as an element of the server's `createIndexes`.
    ///
    /// ```
    /// use schema_core::{VersionedDocument, bson::doc};
    ///
    /// #[derive(VersionedDocument)]
    /// #[versioned(version = 1, index(keys(seen), expire_after = 3600, partial = doc! { "guest": true }))]
    /// struct Session {
    ///     seen: i64,
    ///     guest: bool,
    /// }
    ///
    /// assert_eq!(
    ///     Session::HISTORY.indexes[0].specification(),
    ///     doc! {
    ///         "key": { "seen": 1 },
    ///         "name": "seen_1",
    ///         "expireAfterSeconds": 3600_i64,
    ///         "partialFilterExpression": { "guest": true },
    ///     },
    /// );
    /// ```
    #[must_use]
    pub fn specification(&self) -> Document {
        let mut specification = doc! { "key": self.key_pattern(), "name": self.name() };
        for (option, is_set) in [("unique", self.unique), ("sparse", self.sparse), ("hidden", self.hidden)] {
            if is_set {
                specification.insert(option, true);
            }
        }
        if let Some(seconds) = self.expire_after {
            specification.insert("expireAfterSeconds", i64::from(seconds));
        }
        if let Some(partial) = &self.partial {
            specification.insert("partialFilterExpression", partial.filter());
        }
        if let Some(collation) = &self.collation {
            specification.insert("collation", collation.specification());
        }
        let weights: Document =
            self.weights().map(|(path, weight)| (path.to_owned(), weight.into())).collect();
        if !weights.is_empty() {
            specification.insert("weights", weights);
        }
        if let Some(language) = self.default_language {
            specification.insert("default_language", language);
        }
        specification
    }

    /// Whether it is for the search of words: a collection has one at most.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.keys.iter().any(|key| matches!(key.kind, KeyKind::Text { .. }))
    }

    fn weights(&self) -> impl Iterator<Item = (&'static str, i64)> {
        self.keys.iter().filter_map(|key| match key.kind {
            KeyKind::Text { weight: Some(weight) } => Some((key.path, weight.into())),
            _ => None,
        })
    }
}

impl KeyKind {
    fn in_pattern(self) -> Bson {
        match self {
            Self::Ascending => 1.into(),
            Self::Descending => (-1).into(),
            Self::Hashed => "hashed".into(),
            Self::Sphere => "2dsphere".into(),
            Self::Text { .. } => "text".into(),
        }
    }
}

impl Partial {
    /// The filter that finds the documents in the index.
    #[must_use]
    pub fn filter(&self) -> Document {
        (self.filter)()
    }
}

// Not derived: where a function is in memory says nothing about it.
impl PartialEq for Partial {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for Partial {}

impl fmt::Debug for Partial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Partial").field(&self.written).finish()
    }
}

impl Collation {
    /// What of it was said, as the server takes it.
    #[must_use]
    pub fn specification(&self) -> Document {
        let mut specification = doc! { "locale": self.locale };
        if let Some(strength) = self.strength {
            specification.insert("strength", i32::from(strength));
        }
        for (option, is_set) in [("caseLevel", self.case_level), ("numericOrdering", self.numeric_ordering)] {
            if is_set {
                specification.insert(option, true);
            }
        }
        specification
    }
}

/// For people: its name, and what is special about it.
impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        let mut specification = self.specification();
        specification.remove("name");
        if self.given_name.is_none() {
            specification.remove("key");
        }
        for (position, (option, value)) in specification.iter().enumerate() {
            f.write_str(if position == 0 { ": " } else { ", " })?;
            f.write_str(option)?;
            if *value != Bson::Boolean(true) {
                f.write_char(' ')?;
                write!(f, "{value}")?;
            }
        }
        Ok(())
    }
}
