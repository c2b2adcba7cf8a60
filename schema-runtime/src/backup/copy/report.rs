//! The outcome of a copy.

use std::{fmt, time::Duration};

use serde::Serialize;

use crate::{
    backup::catalog::{Entry, Kind},
    numbers::seconds,
};

/// What a copy has made.
///
/// Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct CopyReport {
    /// The database that was copied.
    pub source: String,
    /// The database that it was copied into.
    pub target: String,
    /// What was copied, in that order; in this run or in those before it.
    pub collections: Vec<CollectionCopied>,
    /// How long this run took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

/// What was copied of one collection or view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct CollectionCopied {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The documents in the source, counted when the collection was done; of a time-series collection, its buckets.
    pub source_documents: u64,
    /// The documents in the target, counted right after those.
    pub documents: u64,
}

impl CopyReport {
    /// Whether the counts are the same on both sides. They may differ where the source is written meanwhile.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.collections.iter().all(|collection| collection.source_documents == collection.documents)
    }
}

impl CollectionCopied {
    pub(super) fn of(entry: &Entry) -> Self {
        Self { name: entry.name.clone(), kind: entry.kind, source_documents: 0, documents: 0 }
    }
}

impl fmt::Display for CopyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, target, collections, elapsed } = self;
        writeln!(f, "database `{source}` copied into `{target}` in {:.1} s", elapsed.as_secs_f64())?;
        for CollectionCopied { name, kind, source_documents, documents } in collections {
            if *kind == Kind::View {
                writeln!(f, "  {:>10}  {name}", "view")?;
                continue;
            }
            write!(f, "  {documents:>10}  {name}")?;
            if source_documents != documents {
                write!(
                    f,
                    ", and the source has {source_documents}: it was written meanwhile, or the target was"
                )?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
