//! The outcome of a retirement.

use std::fmt;

use bson::Document;
use schema_core::{Kind, VersionedDocument};
use serde::Serialize;

use crate::versions::Floor;

/// Versions that are retired, and the types that can go.
///
/// Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Retired {
    /// The [name](crate::VersionedCollection::name) of the collection, or of the documents of a kind.
    pub collection: String,
    /// The floor that was verified.
    pub floor: u32,
    /// How many documents there are, all of them at the floor or newer.
    pub documents: u64,
    /// The types that can be deleted, newest first.
    pub types: Vec<RetiredType>,
    /// The oldest type that stays. It starts the chain from now on.
    pub oldest: RetiredType,
    /// The collection's validator, if one was set.
    pub validator: Option<Document>,
    #[serde(skip)]
    kind: Option<Kind>,
}

/// A type of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct RetiredType {
    /// Its Rust name.
    pub type_name: &'static str,
    /// Its schema version.
    pub version: u32,
}

impl Retired {
    pub(super) fn new<T: VersionedDocument>(floor: &Floor, oldest: u32, validator: Option<Document>) -> Self {
        let named = |version: &schema_core::history::Version| RetiredType {
            type_name: version.type_name,
            version: version.version,
        };
        let older = T::HISTORY.versions().filter(|version| version.version < oldest);
        Self {
            collection: floor.collection.clone(),
            floor: floor.version,
            documents: floor.census.total(),
            types: older.map(named).collect(),
            oldest: named(T::HISTORY.at(oldest).unwrap_or(T::HISTORY)),
            validator,
            kind: T::CHAIN.kind,
        }
    }
}

impl fmt::Display for Retired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, floor, documents, types, oldest, validator, kind } = self;
        writeln!(f, "`{collection}` has {documents} documents, none of them below schema version {floor}")?;
        if types.is_empty() {
            writeln!(
                f,
                "  the chain begins with version {} already: no type can be deleted",
                oldest.version
            )?;
        } else {
            let listed: Vec<_> =
                types.iter().map(|old| format!("`{}` (version {})", old.type_name, old.version)).collect();
            writeln!(f, "  can be deleted: {}", listed.join(", "))?;
            let inherited = if kind.is_some() { "`collection`, `kind`" } else { "`collection`" };
            writeln!(
                f,
                "  then `{}` starts the chain: `#[versioned(version = {}, oldest, unversioned = \"reject\")]`, with \
                 {inherited} and `version_field` as they were, and no keys on its fields",
                oldest.type_name, oldest.version
            )?;
        }
        match validator {
            Some(_) => writeln!(f, "  the server refuses documents below version {}", oldest.version),
            None => writeln!(f, "  the server does not refuse older documents: no validator was asked for"),
        }
    }
}
