//! The rollback: documents back to what they were before a backfill, or back to an older version.
//!
//! ```text
//! pre-images of a run -> the document, if it is still what the backfill wrote -> guarded write of what it was before
//! collection -> newer documents -> through the `reversible` steps             -> guarded write of the difference
//! ```
//!
//! By pre-images, a document is restored byte for byte, the order of its fields included; one that has been changed since is
//! reported and left as it is. By steps, changes since are kept, and what the types do not know stays where it is.
//!
//! It is a job like the backfill: shared by processes, checkpointed, taken up again after a kill, steered by a
//! [`JobHandle`](super::JobHandle::rollback). A backfill and a rollback of one collection exclude each other. A process of a
//! backfill that was paused for longer than its lease may wake up after the rollback and write what it had in hand; another
//! rollback takes that back as well.
//!
//! Before its first write it lowers the [floor](crate::versions) of the collection, and waits until every live service knows. A
//! [validator](crate::versions::Retire::validator) of newer versions refuses what it would write; take that off first.

mod downgrade;
mod groups;
mod lookup;
mod restore;

use std::{fmt, time::Duration};

use bson::oid::ObjectId;
use schema_core::{Chain, DecodeOwned};

pub(super) use self::lookup::{Found, Lookup};
use self::{downgrade::Downgrade, restore::Restore};
use super::{
    Progress, Report, Verdict, Window, job::Store, preflight, run::Run, settings::Settings, task::Task,
};
use crate::{collection::VersionedCollection, error::Error};

/// A rollback to be configured and run. Made by [`VersionedCollection::rollback`].
///
/// ```no_run
/// # use std::time::Duration;
/// # use schema_runtime::{VersionedCollection, DecodeOwned, Error};
/// # async fn example<T: DecodeOwned + Send + Sync>(users: VersionedCollection<T>) -> Result<(), Error> {
/// const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
///
/// users.backfill().keep_preimages(WEEK).run().await?;
/// // Something is wrong with the new release, and the old one is to read the documents again.
/// let report = users.rollback().run().await?;
/// print!("{report}");
/// // Without pre-images, by the steps of the chain, if they are `reversible`:
/// let report = users.rollback().to_version(1).run().await?;
/// # Ok(()) }
/// ```
#[must_use = "a rollback does nothing until it is run"]
pub struct Rollback<'a, T: Send + Sync> {
    collection: &'a VersionedCollection<T>,
    by: By,
    settings: Settings<'a>,
}

/// What documents are taken back by.
#[derive(Debug, Clone, Copy)]
enum By {
    /// The pre-images of this run, else of the last one.
    Preimages(Option<ObjectId>),
    /// The steps down to this version.
    Steps(u32),
}

impl<'a, T: DecodeOwned + Send + Sync> Rollback<'a, T> {
    pub(crate) fn new(collection: &'a VersionedCollection<T>) -> Self {
        Self { collection, by: By::Preimages(None), settings: Settings::default() }
    }

    /// By the pre-images of this run of a backfill. Default: of the collection's last one, which may have kept none. The run is in the
    /// backfill's [`Report::run`], in its document in [`JOBS`](super::JOBS), and in the `_id` of its pre-images.
    pub fn of(mut self, run: ObjectId) -> Self {
        self.by = By::Preimages(Some(run));
        self
    }

    /// By the `reversible` steps, to this version: each document above it is decoded, taken back step by step and written as a
    /// difference. What an older version has no place for is lost, and said by none: it is known to the types.
    pub fn to_version(mut self, version: u32) -> Self {
        self.by = By::Steps(version);
        self
    }

    /// As for a [backfill](super::Backfill::batch_size).
    pub fn batch_size(mut self, documents: u32) -> Self {
        self.settings.batch_size(documents);
        self
    }

    /// As for a [backfill](super::Backfill::workers).
    pub fn workers(mut self, workers: u32) -> Self {
        self.settings.workers(workers);
        self
    }

    /// As for a [backfill](super::Backfill::max_rate).
    pub fn max_rate(mut self, documents_per_second: f64) -> Self {
        self.settings.max_rate(documents_per_second);
        self
    }

    /// As for a [backfill](super::Backfill::max_lag).
    pub fn max_lag(mut self, lag: Duration) -> Self {
        self.settings.max_lag(lag);
        self
    }

    /// As for a [backfill](super::Backfill::window).
    pub fn window(mut self, window: Window) -> Self {
        self.settings.window(window);
        self
    }

    /// As for a [backfill](super::Backfill::throttle).
    pub fn throttle<F>(mut self, throttle: impl Fn() -> F + Send + Sync + 'a) -> Self
    where
        F: Future<Output = Verdict> + Send + 'a,
    {
        self.settings.throttle(throttle);
        self
    }

    /// As for a [backfill](super::Backfill::lease).
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease(lease);
        self
    }

    /// The job gives up when more documents than this fail; those that were changed since are not among them. Default: no limit.
    pub fn max_failures(mut self, documents: u64) -> Self {
        self.settings.max_failures(documents);
        self
    }

    /// Gives up another rollback that is under way, and begins anew. Default: such a one is an
    /// [error](Error::UnfinishedRollback).
    pub fn restart(mut self, restart: bool) -> Self {
        self.settings.options.restart = restart;
        self
    }

    /// Goes through the documents without writing anything, not even the records of failures.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.settings.options.dry_run = dry_run;
        self
    }

    /// Who is told how it goes. Default: nobody.
    pub fn progress(mut self, progress: impl Progress + 'a) -> Self {
        self.settings.progress = Box::new(progress);
        self
    }

    /// As for a [backfill](super::Backfill::stop_when).
    pub fn stop_when(mut self, stop: impl Future<Output = String> + Send + 'a) -> Self {
        self.settings.stop = Some(Box::pin(stop));
        self
    }

    #[cfg(feature = "cli")]
    pub(crate) fn settings(&mut self) -> &mut Settings<'a> {
        &mut self.settings
    }

    /// Takes the documents back and reports.
    ///
    /// If such a rollback is under way, this process joins it, or takes it up where another has left it. It can be stopped at any
    /// moment: each document is either as it was or taken back. A second run changes nothing.
    ///
    /// # Errors
    ///
    /// Before anything is written: [`Error::NoPreimages`] when there is nothing to go by; [`Error::UnknownVersion`] and
    /// [`Error::Irreversible`] when the chain does not lead there; [`Error::CannotRun`] when the collection or its server is none
    /// to work with; [`Error::UnderWay`] when a backfill of the collection has not ended; [`Error::UnfinishedRollback`] when another
    /// rollback has not. [`Error::MissingContext`] when a step asks for what the collection was not given, before the batch is
    /// written; [`Error::Database`] when the database stays unavailable or refuses a command as a whole. A document that
    /// cannot be taken back is no error of the run; it is counted, recorded and left as it is.
    pub async fn run(self) -> Result<Report, Error> {
        if let By::Steps(version) = self.by {
            leads_to(&T::CHAIN, version)?;
        }
        let by_preimages = matches!(self.by, By::Preimages(_));
        let (versioned, dry_run) = (self.collection, self.settings.options.dry_run);
        let preflight = preflight::check::<T>(&versioned.fresh(), dry_run, by_preimages).await?;
        let collated = preflight.namespace.collation.is_some();
        match self.by {
            By::Preimages(of) => {
                let of = match of {
                    Some(run) => run,
                    None => last_run(versioned).await?,
                };
                let task = Restore::new(versioned, of, collated, dry_run).await?;
                self.work_off(task).await
            }
            By::Steps(version) => self.work_off(Downgrade::new(versioned, version, collated, dry_run)).await,
        }
    }

    async fn work_off(self, task: impl Task) -> Result<Report, Error> {
        let run = Run::report(task, self.collection.database(), self.settings);
        self.collection.contexts().scope_async(run).await
    }
}

/// That of the collection's last backfill.
async fn last_run<T: DecodeOwned + Send + Sync>(
    versioned: &VersionedCollection<T>,
) -> Result<ObjectId, Error> {
    let collection = versioned.name();
    let job = Store::of(&versioned.database(), collection, false).find().await?;
    let none = || Error::NoPreimages { collection: collection.to_owned(), run: None };
    job.map(|job| job.run).ok_or_else(none)
}

/// Whether the chain leads back to a version.
pub(crate) fn leads_to(chain: &Chain, version: u32) -> Result<(), Error> {
    let type_name = chain.type_name;
    if !chain.knows(version) {
        let (oldest, current) = (chain.oldest, chain.version);
        return Err(Error::UnknownVersion { type_name, asked: version, oldest, current });
    }
    let from = chain.reversible_to;
    if version < from {
        return Err(Error::Irreversible { type_name, asked: version, from, to: from.saturating_sub(1) });
    }
    Ok(())
}

impl<T: Send + Sync> fmt::Debug for Rollback<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rollback")
            .field("collection", self.collection)
            .field("by", &self.by)
            .field("settings", &self.settings)
            .finish()
    }
}
