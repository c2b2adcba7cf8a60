//! What a backup, a restore or a copy tells about itself.

use std::fmt;

use serde::Serialize;

/// What is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum Work {
    /// A database into a folder.
    Backup,
    /// A folder into a database.
    Restore,
    /// A database into another.
    Copy,
}

/// How far one collection is. Said after each batch, and once when the collection is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Step<'a> {
    /// What is under way.
    pub work: Work,
    /// The collection.
    pub collection: &'a str,
    /// Its documents so far. Those of a time-series collection are its buckets.
    pub documents: u64,
    /// About how many there are, where that is known. A collection that is written meanwhile may turn out to have more.
    pub total: Option<u64>,
    /// The bytes of those documents, not compressed.
    pub bytes: u64,
    /// Whether the collection is done.
    pub done: bool,
}

/// Receives the steps. It is called between batches and should be quick.
///
/// Any function of a step will do:
///
/// ```no_run
/// # async fn example(database: schema_runtime::mongodb::Database) -> Result<(), schema_runtime::backup::BackupError> {
/// use schema_runtime::backup::{Backup, Step};
///
/// let backup = Backup::of(&database).to("backups/tonight");
/// backup.progress(|step: &Step<'_>| eprintln!("{}: {}", step.collection, step.documents)).run().await?;
/// # Ok(()) }
/// ```
pub trait Progress: Send + Sync {
    /// A batch is done.
    fn on(&self, step: &Step<'_>);
}

impl<F: Fn(&Step<'_>) + Send + Sync> Progress for F {
    fn on(&self, step: &Step<'_>) {
        self(step);
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Backup => "backup",
            Self::Restore => "restore",
            Self::Copy => "copy",
        })
    }
}

/// Counts the documents of one collection, and tells.
pub(super) struct Counter<'a> {
    progress: &'a dyn Progress,
    step: Step<'a>,
}

impl<'a> Counter<'a> {
    pub(super) fn new(
        progress: &'a dyn Progress,
        work: Work,
        collection: &'a str,
        total: Option<u64>,
    ) -> Self {
        Self { progress, step: Step { work, collection, documents: 0, total, bytes: 0, done: false } }
    }

    /// Some more.
    pub(super) fn add(&mut self, documents: u64, bytes: u64) {
        self.step.documents += documents;
        self.step.bytes += bytes;
        self.progress.on(&self.step);
    }

    /// From the beginning again.
    pub(super) fn restart(&mut self) {
        (self.step.documents, self.step.bytes) = (0, 0);
    }

    pub(super) fn documents(&self) -> u64 {
        self.step.documents
    }

    pub(super) fn bytes(&self) -> u64 {
        self.step.bytes
    }

    pub(super) fn done(mut self) {
        self.step.done = true;
        self.progress.on(&self.step);
    }
}
