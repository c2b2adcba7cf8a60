//! Trying again what has failed, and nothing else.

use bson::{Bson, oid::ObjectId};
use schema_core::DecodeOwned;

use super::{
    Backfill, Progress,
    failure::{FailureLog, FailureRecord},
    gate::Signals,
    job::{Store, Turn},
    options::Options,
    progress::Event,
    report::{Ending, Report, Whole},
    settings::Settings,
    tally::Tally,
    task::Task,
    tracker::Tracker,
    upgrade::Upgrade,
};
use crate::{batch::bytes, collection::VersionedCollection, error::Error, numbers::count};

impl<T: DecodeOwned + Send + Sync> Backfill<'_, T> {
    /// Tries the documents again that have a record in [`FAILURES`](super::FAILURES), and only those: after a repair of the
    /// documents or of the step. Records of documents that are upgraded now, or gone, are removed.
    ///
    /// It is one process's work and no job; it may run beside a backfill. Its pre-images, if it keeps some, are those of the last
    /// backfill's run.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run), except for other chains.
    pub async fn retry_failed(self) -> Result<Report, Error> {
        let Self { collection, preimages, settings: Settings { options, progress, .. } } = self;
        let task = Self::task(collection, preimages, &options).await?;
        let (database, name) = (collection.database(), collection.name());
        if !options.dry_run {
            Store::of(&database, name, true).has_ended().await?;
            collection.all_read(T::CHAIN.version).await?;
        }
        let last = Store::of(&database, name, false).find().await?;
        let run = last.map_or_else(ObjectId::new, |job| job.run);
        let turn = (!options.dry_run).then(|| Turn::after_all_of(run));
        let log = FailureLog::new(&database, name, &T::CHAIN, ObjectId::new());
        let retry = Retry { options, task, log, turn };
        collection.contexts().scope_async(retry.report(progress.as_ref())).await
    }
}

/// See [`VersionedCollection::failures`].
pub(crate) async fn failures<T: DecodeOwned + Send + Sync>(
    collection: &VersionedCollection<T>,
    limit: u32,
) -> Result<Vec<FailureRecord>, Error> {
    let name = collection.name();
    FailureLog::new(&collection.database(), name, &T::CHAIN, ObjectId::new()).after(None, limit).await
}

struct Retry<'r, T: Send + Sync> {
    options: Options,
    task: Upgrade<'r, T>,
    log: FailureLog,
    turn: Option<Turn>,
}

impl<T: DecodeOwned + Send + Sync> Retry<'_, T> {
    async fn report(&self, progress: &dyn Progress) -> Result<Report, Error> {
        let (job, dry_run) = (self.task.identity(), self.options.dry_run);
        let total = self.log.count().await?;
        let tracker = Tracker::new(progress, total);
        tracker.tell(&Event::started(job, total, dry_run));
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
        let run = self.turn.map(|turn| turn.run);
        let whole = Whole { run, ending: Ending::Finished, passes: 1, tally: tracker.own(), remaining: 0 };
        let report = Report::new(job, dry_run, whole, &tracker);
        tracker.tell(&Event::Finished(&report));
        Ok(report)
    }

    async fn settle(&self, records: &[FailureRecord], tracker: &Tracker<'_>) -> Result<Tally, Error> {
        let ids: Vec<Bson> = records.iter().map(|record| record.id.document.clone()).collect();
        let documents = self.task.read(ids).await?;
        let bytes = bytes(&documents);
        let gone = count(records).saturating_sub(count(&documents));
        let mut outcome = self.task.write(documents, self.turn).await?;
        outcome.gone += gone;
        if !self.options.dry_run {
            self.log.record(&outcome.failures).await?;
            self.log.remove_resolved_of(records).await?;
        }
        tracker.failed(&outcome.failures);
        Ok(Tally::of(&outcome, self.task.identity(), count(records), bytes))
    }
}
