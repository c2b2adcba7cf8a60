//! The outcome of a backup.

use std::{fmt, path::PathBuf, time::Duration};

use serde::Serialize;

use super::{catalog::Kind, manifest::Listed};
use crate::numbers::seconds;

/// What a backup has.
///
/// Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct BackupReport {
    /// Where it is.
    pub folder: PathBuf,
    /// The database that it is of.
    pub database: String,
    /// What it has, by name.
    pub collections: Vec<CollectionBackedUp>,
    /// How long it took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

/// What a backup has of one collection or view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct CollectionBackedUp {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its documents; of a time-series collection, its buckets.
    pub documents: u64,
    /// Their bytes as the server has them.
    pub bytes: u64,
    /// The bytes of the compressed file.
    pub compressed: u64,
    /// What found the documents, as extended JSON, if these are not all.
    pub filter: Option<String>,
}

impl BackupReport {
    /// The documents of all collections.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.collections.iter().map(|collection| collection.documents).sum()
    }
}

impl CollectionBackedUp {
    pub(super) fn of(listed: &Listed) -> Self {
        Self {
            name: listed.name.clone(),
            kind: listed.kind,
            documents: listed.documents,
            bytes: listed.bytes,
            compressed: listed.data.as_ref().map_or(0, |data| data.bytes),
            filter: listed.filter.clone(),
        }
    }
}

impl fmt::Display for BackupReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { folder, database, collections, elapsed } = self;
        let (documents, seconds) = (self.documents(), elapsed.as_secs_f64());
        writeln!(
            f,
            "backup of database `{database}` in `{}`: {documents} documents in {seconds:.1} s",
            folder.display()
        )?;
        for CollectionBackedUp { name, kind, documents, bytes, compressed, filter } in collections {
            if *kind == Kind::View {
                writeln!(f, "  {:>10}  {name}", "view")?;
                continue;
            }
            let part = filter.as_ref().map_or_else(String::new, |filter| format!(", found by {filter}"));
            writeln!(f, "  {documents:>10}  {name}: {bytes} bytes, {compressed} compressed{part}")?;
        }
        Ok(())
    }
}
