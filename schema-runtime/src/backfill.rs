//! The backfill: every document of a collection to the current version, by the same conversions as a lazy read.
//!
//! ```text
//! collection -> read a batch -> convert -> guarded write -> report
//! ```
//!
//! What the types do not know of a document stays where it is. Where it cannot, the document is reported and not changed:
//!
//! - a stored field that its version does not know has the name of one that the upgrade writes, with another value;
//! - a field is removed or replaced, and unknown content is inside it;
//! - a list is changed by a function or by hand, and an element with unknown fields cannot be found again: by `_id` or
//!   `id`, or because each element still has all it had. Lists that are carried keep their elements in place.
//!
//! In each case the unknown field is to be added to the type of the stored version, so that the step says what becomes of
//! it. A lazy read knows no such failures: it passes by what the stored version does not know, and writes nothing.
//!
//! A document that somebody changes between read and write is read again; one that cannot be converted is recorded
//! in [`FAILURES`] and left as it is. Running a backfill twice changes nothing the second time.

mod carried;
mod convert;
mod failure;
mod plan;
mod progress;
mod read;
mod report;
mod types;
mod write;

use std::{fmt, time::Instant};

use bson::doc;
use futures_util::TryStreamExt;
use schema_core::DecodeOwned;

use self::{failure::FailureLog, read::Reader, write::BatchWriter};
pub use self::{
    failure::{FAILURES, Failure},
    plan::Plan,
    progress::{Event, Progress, Silent, Snapshot},
    report::Report,
};
use crate::{
    collection::VersionedCollection,
    error::{During, Error},
    retry::with_retries,
    update_command::UpdateCommand,
};

/// Old code may insert old documents for as long as it runs, so there has to be an end.
const MAX_PASSES: u32 = 20;

/// A backfill to be configured and run. Made by [`VersionedCollection::backfill`].
#[must_use = "a backfill does nothing until it is run"]
pub struct Backfill<'a, T: Send + Sync> {
    collection: &'a VersionedCollection<T>,
    batch_size: u32,
    dry_run: bool,
    progress: Box<dyn Progress + 'a>,
}

impl<'a, T: DecodeOwned + Send + Sync> Backfill<'a, T> {
    pub(crate) fn new(collection: &'a VersionedCollection<T>) -> Self {
        Self { collection, batch_size: 1000, dry_run: false, progress: Box::new(Silent) }
    }

    /// How many documents are read and written at a time, at least one. Default: 1000. Large documents end a batch
    /// earlier.
    pub fn batch_size(mut self, documents: u32) -> Self {
        self.batch_size = documents.max(1);
        self
    }

    /// Goes through the collection without writing anything, not even the records of failures.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Who is told how it goes. Default: nobody.
    pub fn progress(mut self, progress: impl Progress + 'a) -> Self {
        self.progress = Box::new(progress);
        self
    }

    /// What a run would find to do. Only counts; a [dry run](Self::dry_run) also converts every document.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when the count fails.
    pub async fn plan(&self) -> Result<Plan, Error> {
        Ok(Plan::new(self.collection.collection().name(), self.collection.census().await?))
    }

    /// Brings every document to the current version and reports.
    ///
    /// Can be stopped at any moment, by dropping the future or killing the process: each document is either as it
    /// was or upgraded, and the next run takes up the rest.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when the database stays unavailable or refuses a command as a whole. A document that
    /// cannot be upgraded is no error of the run; it is counted, recorded and left as it is.
    pub async fn run(self) -> Result<Report, Error> {
        let started = Instant::now();
        let name = self.collection.collection().name();
        let total = self.collection.census().await?.upgradable();
        self.progress.on(&Event::Started {
            collection: name,
            target: T::CHAIN.version,
            total,
            dry_run: self.dry_run,
        });
        let log = FailureLog::new(&self.collection.database(), name.to_owned(), T::CHAIN);
        let writer = self.batch_writer().await?;
        let mut report = Report::new(name, T::CHAIN.version, self.dry_run);
        loop {
            let upgraded_before = report.upgraded;
            let failed = self.pass(&writer, &log, total, started, &mut report).await?;
            if self.dry_run {
                break;
            }
            let left = self.collection.census().await?.upgradable();
            report.remaining = left.saturating_sub(failed);
            let stuck = report.upgraded == upgraded_before;
            if report.remaining == 0 || stuck || report.passes == MAX_PASSES {
                break;
            }
        }
        if !self.dry_run {
            log.remove_resolved().await?;
        }
        report.elapsed = started.elapsed();
        self.progress.on(&Event::Finished(&report));
        Ok(report)
    }

    /// Once through the collection. Returns how many documents of versions that could be upgraded failed.
    async fn pass(
        &self,
        writer: &BatchWriter<T>,
        log: &FailureLog,
        total: u64,
        started: Instant,
        report: &mut Report,
    ) -> Result<u64, Error> {
        report.start_pass();
        let mut reader = Reader::new(self.collection.fresh(), T::CHAIN, self.batch_size);
        let (mut seen, mut failed) = (0, 0);
        loop {
            let batch = reader.next_batch().await?;
            if batch.is_empty() {
                return Ok(failed);
            }
            seen += u64::try_from(batch.len()).unwrap_or(u64::MAX);
            let outcome = writer.upgrade(batch).await?;
            if !self.dry_run {
                log.record(&outcome.failures).await?;
            }
            for failure in &outcome.failures {
                failed += u64::from(failure.is_of_a_version_in(&T::CHAIN));
                report.count_failure(failure);
                self.progress.on(&Event::Failed(failure));
            }
            report.count_batch(&outcome);
            self.progress.on(&Event::Batch(Snapshot {
                pass: report.passes,
                seen,
                total,
                upgraded: report.upgraded,
                failed: report.failed,
                conflicts: report.conflicts,
                elapsed: started.elapsed(),
            }));
        }
    }

    async fn batch_writer(&self) -> Result<BatchWriter<T>, Error> {
        let collection = self.collection.collection();
        let update =
            UpdateCommand::new(self.collection.database(), collection.name(), collection.write_concern());
        Ok(BatchWriter::new(update, self.collection.fresh(), self.is_collated().await?, self.dry_run))
    }

    /// In a collection with a collation of its own, `"a"` may equal `"A"`; the guard must not think so.
    async fn is_collated(&self) -> Result<bool, Error> {
        let name = self.collection.collection().name();
        let database = self.collection.database();
        let specifications: Vec<_> = with_retries(async || {
            database.list_collections().filter(doc! { "name": name }).await?.try_collect().await
        })
        .await
        .during("look up the collation", name)?;
        Ok(specifications.iter().any(|specification| specification.options.collation.is_some()))
    }
}

impl<T: Send + Sync> fmt::Debug for Backfill<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backfill")
            .field("collection", self.collection)
            .field("batch_size", &self.batch_size)
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}
