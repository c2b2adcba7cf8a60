//! The outcome of a restore.

use std::{fmt, path::PathBuf, time::Duration};

use serde::Serialize;

use crate::{
    backup::{
        catalog::{Entry, Kind},
        insert::{Inserted, Refused},
    },
    numbers::{count, seconds},
};

/// How many refused documents of a collection are quoted.
const QUOTED: usize = 10;

/// What a restore has written.
///
/// Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct RestoreReport {
    /// Where the backup is.
    pub folder: PathBuf,
    /// The database that the backup is of.
    pub source: String,
    /// The database that it was restored into.
    pub database: String,
    /// Whether the backup had checksums, and the files were compared with them. Without, all that is certain is that they have documents
    /// from beginning to end.
    pub has_checksums: bool,
    /// What was restored, in that order.
    pub collections: Vec<CollectionRestored>,
    /// How long it took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

/// What has become of one collection or view.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct CollectionRestored {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// How many documents were inserted; of a time-series collection, buckets.
    pub inserted: u64,
    /// How many were left out, because their `_id` was there already.
    pub there: u64,
    /// How many the server has refused.
    pub refused: u64,
    /// The first of those.
    pub first_refused: Vec<Refused>,
}

impl RestoreReport {
    /// Whether no document was refused.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.collections.iter().all(|collection| collection.refused == 0)
    }

    /// The documents that were inserted, in all collections.
    #[must_use]
    pub fn inserted(&self) -> u64 {
        self.collections.iter().map(|collection| collection.inserted).sum()
    }
}

impl CollectionRestored {
    pub(super) fn of(entry: &Entry) -> Self {
        let (name, kind) = (entry.name.clone(), entry.kind);
        Self { name, kind, inserted: 0, there: 0, refused: 0, first_refused: Vec::new() }
    }

    pub(super) fn add(&mut self, inserted: Inserted) {
        self.inserted += inserted.inserted;
        self.there += inserted.there;
        self.refused += count(&inserted.refused);
        let room = QUOTED.saturating_sub(self.first_refused.len());
        self.first_refused.extend(inserted.refused.into_iter().take(room));
    }
}

impl fmt::Display for RestoreReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { folder, source, database, has_checksums, collections, elapsed } = self;
        writeln!(
            f,
            "backup of database `{source}` in `{}` restored into `{database}`: {} documents in {:.1} s",
            folder.display(),
            self.inserted(),
            elapsed.as_secs_f64()
        )?;
        if !has_checksums {
            writeln!(f, "  it has no checksums: whether its files are what they were could not be checked")?;
        }
        for CollectionRestored { name, kind, inserted, there, refused, first_refused } in collections {
            if *kind == Kind::View {
                writeln!(f, "  {:>10}  {name}", "view")?;
                continue;
            }
            write!(f, "  {inserted:>10}  {name}")?;
            if *there > 0 {
                write!(f, ", {there} were there already")?;
            }
            if *refused > 0 {
                write!(f, ", {refused} were refused")?;
            }
            writeln!(f)?;
            for refused in first_refused {
                writeln!(f, "    {refused}")?;
            }
        }
        Ok(())
    }
}
