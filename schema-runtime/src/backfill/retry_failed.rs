//! Trying again what has failed, and nothing else.

use bson::{Bson, RawDocumentBuf, doc, oid::ObjectId};
use futures_util::TryStreamExt;
use schema_core::DecodeOwned;

use super::{
    Backfill, Progress,
    failure::{FailureLog, FailureRecord},
    gate::Signals,
    options::Options,
    preflight,
    progress::Event,
    report::{Ending, Report, Whole},
    tally::Tally,
    tracker::Tracker,
    write::BatchWriter,
};
use crate::{
    batch::bytes,
    collection::VersionedCollection,
    error::{During, Error},
    numbers::count,
    retry::with_retries,
};

impl<T: DecodeOwned + Send + Sync> Backfill<'_, T> {
    /// Tries the documents again that have a record in [`FAILURES`](super::FAILURES), and only those: after a repair of the
    /// documents or of the step. Records of documents that are upgraded now, or gone, are removed.
    ///
    /// It is one process's work and no job; it may run beside one.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run), except for other chains.
    pub async fn retry_failed(self) -> Result<Report, Error> {
        let preflight = preflight::check::<T>(&self.collection.fresh(), self.options.dry_run).await?;
        let writer = self.batch_writer(preflight.namespace.collation.is_some());
        let Self { collection, options, progress, .. } = self;
        Retry::new(collection, options, writer).report(progress.as_ref()).await
    }
}

/// See [`VersionedCollection::failures`].
pub(crate) async fn failures<T: DecodeOwned + Send + Sync>(
    collection: &VersionedCollection<T>,
    limit: u32,
) -> Result<Vec<FailureRecord>, Error> {
    let name = collection.collection().name().to_owned();
    FailureLog::new(&collection.database(), name, T::CHAIN, ObjectId::new()).after(None, limit).await
}

struct Retry<'r, T: Send + Sync> {
    collection: &'r VersionedCollection<T>,
    options: Options,
    writer: BatchWriter<T>,
    log: FailureLog,
}

impl<'r, T: DecodeOwned + Send + Sync> Retry<'r, T> {
    fn new(collection: &'r VersionedCollection<T>, options: Options, writer: BatchWriter<T>) -> Self {
        let name = collection.collection().name().to_owned();
        let log = FailureLog::new(&collection.database(), name, T::CHAIN, ObjectId::new());
        Self { collection, options, writer, log }
    }

    async fn report(&self, progress: &dyn Progress) -> Result<Report, Error> {
        let (collection, dry_run) = (self.collection.collection().name(), self.options.dry_run);
        let total = self.log.count().await?;
        let tracker = Tracker::new(progress, total);
        tracker.tell(&Event::Started { collection, target: T::CHAIN.version, total, dry_run });
        let signals = Signals::of(&self.options);
        let mut last = None;
        loop {
            let records = self.log.after(last.as_ref(), self.options.batch_size).await?;
            if records.is_empty() {
                break;
            }
            tracker.settled(self.settle(&records, &tracker).await?, &signals);
            last = records.into_iter().next_back();
        }
        let whole = Whole { ending: Ending::Finished, passes: 1, tally: tracker.own(), remaining: 0 };
        let report = Report::new(collection, T::CHAIN.version, dry_run, whole, &tracker);
        tracker.tell(&Event::Finished(&report));
        Ok(report)
    }

    async fn settle(&self, records: &[FailureRecord], tracker: &Tracker<'_>) -> Result<Tally, Error> {
        let documents = self.documents(records).await?;
        let bytes = bytes(&documents);
        let gone = count(records).saturating_sub(count(&documents));
        let mut outcome = self.writer.upgrade(documents).await?;
        outcome.gone += gone;
        if !self.options.dry_run {
            self.log.record(&outcome.failures).await?;
            self.log.remove_resolved_of(records).await?;
        }
        tracker.failed(&outcome.failures);
        Ok(Tally::of(&outcome, &T::CHAIN, count(records), bytes))
    }

    async fn documents(&self, records: &[FailureRecord]) -> Result<Vec<RawDocumentBuf>, Error> {
        let ids: Vec<Bson> = records.iter().map(|record| record.id.document.clone()).collect();
        let collection = self.collection.fresh();
        let filter = doc! { "_id": { "$in": ids } };
        with_retries(async || collection.find(filter.clone()).await?.try_collect().await)
            .await
            .during("read the failed documents", collection.name())
    }
}
