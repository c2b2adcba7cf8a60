//! The backfill: every document of a collection to the current version, by the same conversions as a lazy read.
//!
//! ```text
//! collection -> partition -> read a batch -> convert -> guarded write -> checkpoint -> report
//! ```
//!
//! A backfill is a job, kept in [`JOBS`]: several processes may work on it at the same time, any of them may be killed, and
//! the next one goes on from the last checkpoint. [`JobHandle`] shows and steers it from elsewhere. It goes over the
//! collection until no old document is left, because old code may still be writing them.
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
//! Documents of versions from which every step only renames, adds and removes are upgraded [inside the server](Backfill::server_side), by a
//! first pass that leaves to the next whatever is not certain.
//!
//! What steps need and no document holds is given to the collection, [`VersionedCollection::with_context`]. A job without it ends as
//! [`Error::MissingContext`] at the first document that needs it: nothing is wrong with that, and it is not recorded.
//!
//! A document that somebody changes between read and write is read again; one that cannot be converted is recorded
//! in [`FAILURES`] and left as it is. Running a backfill twice changes nothing the second time.

mod control;
mod convert;
mod crew;
mod failure;
mod gate;
mod inside_server;
mod job;
mod left;
mod options;
mod pace;
mod partition;
pub mod plan;
mod preflight;
mod preimage;
mod progress;
mod read;
mod reconvert;
mod report;
mod retry_failed;
pub mod rollback;
mod run;
mod settings;
mod side;
mod source;
mod status;
mod stop;
mod stretch;
mod tally;
mod task;
mod throttle;
mod tracker;
mod unfinished;
mod upgrade;
mod work;
mod worker;
mod write;

use std::{fmt, pin::Pin, time::Duration};

use schema_core::DecodeOwned;

pub use self::{
    control::JobHandle,
    failure::{FAILURES, Failure, FailureId, FailureRecord},
    job::{Control, JOBS, Process, State},
    plan::{Plan, Planning},
    preimage::PREIMAGES,
    progress::{Event, Progress, Silent, Snapshot},
    report::{Ending, Report},
    status::Status,
    stop::termination,
    tally::Tally,
    throttle::{InvalidWindow, Verdict, Window},
    work::Work,
};
pub(crate) use self::{
    job::{from_now, in_bson, is_duplicate, is_free},
    read::ids_about,
    reconvert::{Different, reconvert},
    retry_failed::failures,
    settings::Settings,
    unfinished::{backfill_target, failed, rollback_has_ended, under_way},
};
use self::{options::Options, preimage::Keeper, run::Run, upgrade::Upgrade};
use crate::{collection::VersionedCollection, error::Error};

/// A backfill to be configured and run. Made by [`VersionedCollection::backfill`].
#[must_use = "a backfill does nothing until it is run"]
pub struct Backfill<'a, T: Send + Sync> {
    collection: &'a VersionedCollection<T>,
    /// For how long pre-images are kept, if they are.
    preimages: Option<Duration>,
    settings: Settings<'a>,
}

/// Comes with a reason when the run is to be stopped.
type StopRequest<'a> = Pin<Box<dyn Future<Output = String> + Send + 'a>>;

impl<'a, T: DecodeOwned + Send + Sync> Backfill<'a, T> {
    pub(crate) fn new(collection: &'a VersionedCollection<T>) -> Self {
        Self { collection, preimages: None, settings: Settings::default() }
    }

    /// Keeps what each document was before in [`PREIMAGES`], so that a [rollback](VersionedCollection::rollback) can restore it.
    /// Default: nothing is kept.
    ///
    /// The server removes them when this time is over, by an index that the run creates; if one on `expiresAt` is there with other
    /// options, it stays, and pre-images are kept for as long as it says. A document of which the pre-image, or the way back, does
    /// not fit one command (from about 8 MB on) fails as `too_large` and is not upgraded. All processes of a job have to
    /// say the same ([`Error::PreimagesDiffer`]).
    pub fn keep_preimages(mut self, retention: Duration) -> Self {
        self.preimages = Some(retention);
        self
    }

    /// The most documents that are read and written at a time, at least one. Default: 1000. Large documents end a batch
    /// earlier, and so does a slow server ([`batch_time`](Self::batch_time)).
    pub fn batch_size(mut self, documents: u32) -> Self {
        self.settings.batch_size(documents);
        self
    }

    /// About how many documents a partition has, at least one. Default: 10,000, and more where that would make more than 1024
    /// partitions. A partition is what one worker works on at a time; so a collection that several processes are to share has
    /// to have several.
    pub fn partition_size(mut self, documents: u64) -> Self {
        self.settings.options.partition_size = documents.max(1);
        self
    }

    /// How long a batch should take at most. Default: half a second. Batches become smaller when they take longer, and
    /// larger again, up to the [`batch_size`](Self::batch_size), when they do not.
    pub fn batch_time(mut self, time: Duration) -> Self {
        self.settings.options.batch_time = time;
        self
    }

    /// How many batches this process works on at a time, at least one. Default: 4. In a pass inside the server it is a quarter
    /// fewer ranges: each of those keeps one of the server's processors busy nearly all the time.
    ///
    /// More processes can work on the same collection at the same time: they share one job.
    pub fn workers(mut self, workers: u32) -> Self {
        self.settings.workers(workers);
        self
    }

    /// The most documents that this process looks at in a second, those that the server passes by included. Default: no limit.
    pub fn max_rate(mut self, documents_per_second: f64) -> Self {
        self.settings.max_rate(documents_per_second);
        self
    }

    /// The job waits while a secondary is further behind than this. Default: no limit.
    ///
    /// The lag is that of the slowest secondary, or of the majority for users that may not ask for more
    /// (`replSetGetStatus`). A server without secondaries has none.
    pub fn max_lag(mut self, lag: Duration) -> Self {
        self.settings.max_lag(lag);
        self
    }

    /// The job gives up when a secondary is further behind than this. Default: no limit.
    pub fn critical_lag(mut self, lag: Duration) -> Self {
        self.settings.throttles.lag.abort = Some(lag);
        self
    }

    /// The job waits while a small write that a majority has to acknowledge takes longer than this. Default: no limit.
    pub fn max_write_latency(mut self, latency: Duration) -> Self {
        self.settings.throttles.latency.wait = Some(latency);
        self
    }

    /// The job gives up when such a write takes longer than this. Default: no limit.
    pub fn critical_write_latency(mut self, latency: Duration) -> Self {
        self.settings.throttles.latency.abort = Some(latency);
        self
    }

    /// The job waits outside of these hours. Default: it works at any time.
    pub fn window(mut self, window: Window) -> Self {
        self.settings.window(window);
        self
    }

    /// The job does what this says, which is asked once a second. May be given more than once; any of them stops the job.
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, DecodeOwned, Error};
    /// # async fn queue_length() -> usize { 0 }
    /// # async fn example<T: DecodeOwned + Send + Sync>(users: VersionedCollection<T>) -> Result<(), Error> {
    /// use schema_runtime::backfill::Verdict;
    ///
    /// let quiet = || async {
    ///     match queue_length().await {
    ///         0..100 => Verdict::Go,
    ///         waiting => Verdict::Wait(format!("{waiting} orders are waiting")),
    ///     }
    /// };
    /// let report = users.backfill().throttle(quiet).run().await?;
    /// # Ok(()) }
    /// ```
    pub fn throttle<F>(mut self, throttle: impl Fn() -> F + Send + Sync + 'a) -> Self
    where
        F: Future<Output = Verdict> + Send + 'a,
    {
        self.settings.throttle(throttle);
        self
    }

    /// How long a process may be silent until others take over its partitions. Default: 10 seconds.
    ///
    /// It says that it is alive three times in that time. A process that was killed is missed for that long at most.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease(lease);
        self
    }

    /// The job gives up when more documents than this fail. Default: no limit.
    pub fn max_failures(mut self, documents: u64) -> Self {
        self.settings.max_failures(documents);
        self
    }

    /// The job gives up when more than this share of the documents that were looked at fails: 0.01 is one in a hundred.
    /// Counts from the thousandth document on. Default: no limit.
    pub fn max_failure_share(mut self, share: f64) -> Self {
        self.settings.options.budget.share = Some(share);
        self
    }

    /// Gives up a job under way that another chain has begun, and begins anew. Default: such a job is an
    /// [error](Error::UnfinishedJob).
    pub fn restart(mut self, restart: bool) -> Self {
        self.settings.options.restart = restart;
        self
    }

    /// Goes through the collection without writing anything, not even the records of failures.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.settings.options.dry_run = dry_run;
        self
    }

    /// Whether the server may do by itself what needs no conversion by the types: steps that only rename, add and remove. Default: it
    /// may. [`ServerSide`](crate::server_side::ServerSide) says for which versions that is, and [`plan`](Self::plan) shows it.
    ///
    /// It is the first pass of a job, for ranges of ten times as many documents as are read at a time. What the server cannot do or
    /// refuses is left to the next pass, so the result is the same; see the module [`server_side`](crate::server_side). There is no such
    /// pass where pre-images are kept, because the server would have to send them, and none in a clustered collection. All processes
    /// of a job do as the one does that begins it.
    pub fn server_side(mut self, allowed: bool) -> Self {
        self.settings.options.server_side = allowed;
        self
    }

    /// Who is told how it goes. Default: nobody.
    pub fn progress(mut self, progress: impl Progress + 'a) -> Self {
        self.settings.progress = Box::new(progress);
        self
    }

    /// Stops the run when this future is ready, with its output as the reason: the batches in flight are finished and
    /// checkpointed, and the report says [`Ending::Interrupted`]. Usually [`termination`].
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, DecodeOwned, Error};
    /// # async fn example<T: DecodeOwned + Send + Sync>(users: VersionedCollection<T>) -> Result<std::process::ExitCode, Error> {
    /// use schema_runtime::backfill::termination;
    ///
    /// let report = users.backfill().stop_when(termination()).run().await?;
    /// Ok(report.exit_code().into())
    /// # }
    /// ```
    pub fn stop_when(mut self, stop: impl Future<Output = String> + Send + 'a) -> Self {
        self.settings.stop = Some(Box::pin(stop));
        self
    }

    #[cfg(feature = "cli")]
    pub(crate) fn settings(&mut self) -> &mut Settings<'a> {
        &mut self.settings
    }

    /// What a run would find to do, and what stands in its way: counts, and a trial conversion of some documents or of
    /// [all](Planning::all). To be awaited. Nothing is written. A context that a step asks for in vain is among what stands in the way
    /// ([`plan::CannotRun::MissingContext`]), if one of those documents asks.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when the database stays unavailable or refuses to be read.
    pub fn plan(&self) -> Planning<'a, T> {
        Planning::new(self.collection, self.preimages.is_some(), self.settings.options.server_side)
    }

    /// Brings every document to the current version and reports.
    ///
    /// If a job for the collection is under way, this process joins it, or takes it up where another has left it. It can be
    /// stopped at any moment, by dropping the future or killing the process: each document is either as it was or upgraded,
    /// and at most the batches in flight are repeated.
    ///
    /// # Errors
    ///
    /// [`Error::CannotRun`], before anything is written, when the collection or its server is none that a backfill can
    /// work with; [`Error::UnfinishedJob`] when a job of another chain is under way, [`Error::PreimagesDiffer`] when it keeps
    /// pre-images and this does not or the other way round, [`Error::UnderWay`] when it is a rollback; [`Error::UnreadableToOthers`],
    /// with their names, when live services that have [joined](VersionedCollection::join) cannot read the current version;
    /// [`Error::MissingContext`] when a step asks for what the collection was not given, before the batch is written;
    /// [`Error::Database`] when the database stays
    /// unavailable or refuses a command as a whole. A document that cannot be upgraded is no error of the run; it is counted,
    /// recorded and left as it is.
    pub async fn run(self) -> Result<Report, Error> {
        let Self { collection, preimages, settings } = self;
        let task = Self::task(collection, preimages, &settings.options).await?;
        collection.contexts().scope_async(Run::report(task, collection.database(), settings)).await
    }

    /// Looks whether there is anything in the way, and makes ready.
    async fn task(
        collection: &'a VersionedCollection<T>,
        preimages: Option<Duration>,
        options: &Options,
    ) -> Result<Upgrade<'a, T>, Error> {
        let dry_run = options.dry_run;
        let preflight = preflight::check::<T>(&collection.fresh(), dry_run, preimages.is_some()).await?;
        let collated = preflight.namespace.collation.is_some();
        let keeper = preimages.map(|retention| Keeper::new(collection, retention, collated));
        if let Some(keeper) = &keeper
            && !dry_run
        {
            keeper.prepare().await?;
        }
        let server_side =
            options.server_side && preimages.is_none() && preflight.namespace.can_change_inside();
        Ok(Upgrade::new(collection, collated, dry_run, keeper, server_side))
    }
}

impl<T: Send + Sync> fmt::Debug for Backfill<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backfill")
            .field("collection", self.collection)
            .field("preimages", &self.preimages)
            .field("settings", &self.settings)
            .finish()
    }
}
