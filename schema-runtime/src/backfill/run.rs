//! One process's part in a job, from opening it to the report.
//!
//! ```text
//! open -> [ cut into partitions -> workers -> close the pass ]* -> report
//!         beside it, once a second: renew the leases, look at the control document, tell the progress
//! ```
//!
//! What is done once for all processes is done by whoever has the lead; the others wait and look again.

mod attend;
mod close;

use std::{convert::Infallible, future::pending, time::Duration};

use mongodb::Database;
use tracing::Instrument;

use super::{
    StopRequest,
    crew::Crew,
    failure::FailureLog,
    gate::{Gate, Signals, Stop},
    job::{Identity, Job, JobDocument, State},
    options::Options,
    progress::{Event, Progress},
    report::{Ending, Report, Whole},
    settings::Settings,
    side::Side,
    source::Source,
    tally::Tally,
    task::Task,
    throttle::Throttles,
    tracker::Tracker,
};
use crate::error::Error;

/// Old code may insert old documents for as long as it runs, so there has to be an end.
const MAX_PASSES: u32 = 20;

/// How often a waiting process looks again.
const POLL: Duration = Duration::from_millis(200);

/// How often a process looks at the control document and tells its progress.
const TICK: Duration = Duration::from_secs(1);

pub(super) struct Run<'b, K> {
    task: K,
    database: Database,
    options: Options,
    throttles: Throttles<'b>,
    progress: Box<dyn Progress + 'b>,
    gate: Gate,
}

impl<'b, K: Task> Run<'b, K> {
    /// Does the task, or this process's part of it.
    pub(super) async fn report(task: K, database: Database, settings: Settings<'b>) -> Result<Report, Error> {
        let Settings { options, throttles, progress, stop } = settings;
        let job = task.identity();
        let span = tracing::info_span!(
            "job",
            work = job.work.name(),
            collection = job.collection,
            target = job.target,
            dry_run = options.dry_run,
        );
        let gate = Gate::new(Signals::of(&options));
        let run = Self { task, database, options, throttles, progress, gate };
        run.until_stopped(stop).instrument(span).await
    }

    async fn until_stopped(self, stop: Option<StopRequest<'_>>) -> Result<Report, Error> {
        let stopped = async {
            if let Some(stop) = stop {
                self.gate.stop(Stop::Interrupted(stop.await));
            }
            pending::<Infallible>().await
        };
        tokio::select! {
            report = async { if self.options.dry_run { self.simulate().await } else { self.work().await } } => report,
            never = stopped => match never {},
        }
    }

    /// A pass that writes nothing.
    async fn simulate(&self) -> Result<Report, Error> {
        let total = self.task.due().await?.documents;
        let tracker = self.tracker(total);
        let size = self.options.partition_size;
        let source = Source::list(self.task.partitions(Side::Client, total, size).await?);
        tracker.start_pass(1);
        self.crew(Side::Client, source, None, &tracker).run().await?;
        self.has_contexts()?;
        let ending = self.ending(None);
        Ok(self.end(&tracker, Whole { run: None, ending, passes: 1, tally: tracker.own(), remaining: 0 }))
    }

    async fn work(&self) -> Result<Report, Error> {
        let identity = self.task.identity();
        let Options { lease, restart, .. } = self.options;
        let (job, begun) = Job::open(&self.database, identity, lease, restart, || self.task.due()).await?;
        let tracker = self.tracker(begun.total);
        let log = FailureLog::of_job(&self.database, identity, job.run());
        // Once before the first batch: a throttle is not to be found out by running into it.
        self.attend(&job, &tracker).await?;
        let whole = tokio::select! {
            whole = self.begin_and_drive(&job, &log, &tracker) => whole?,
            failed = self.keep_attending(&job, &tracker) => match failed? {},
        };
        job.disappear().await?;
        Ok(self.end(&tracker, whole))
    }

    async fn begin_and_drive(
        &self,
        job: &Job,
        log: &FailureLog,
        tracker: &Tracker<'_>,
    ) -> Result<Whole, Error> {
        while self.gate.signals().stop.is_none() && !self.task.may_begin().await? {
            self.gate.sleep(POLL).await;
        }
        self.drive(job, log, tracker).await
    }

    /// Does what is next until the job or this process's part in it has ended.
    async fn drive(&self, job: &Job, log: &FailureLog, tracker: &Tracker<'_>) -> Result<Whole, Error> {
        loop {
            let now = job.load().await?;
            let stop = self.gate.signals().stop;
            let now = match (now, stop) {
                (Some(now), None) if now.state == State::Running => now,
                (now, stop) => {
                    if let Some(Stop::Aborted(reason)) = &stop {
                        job.end(State::Aborted, reason).await?;
                    }
                    return Ok(self.whole(job, now, tracker));
                }
            };
            tracker.start_pass(now.pass);
            match now.attempt {
                None => self.cut(job, &now).await?,
                Some(attempt) => {
                    let source = Source::Job { job, pass: now.pass, attempt };
                    self.crew(now.side, source, Some(log), tracker).run().await?;
                    if let Err(missing) = self.has_contexts() {
                        job.disappear().await?;
                        return Err(missing);
                    }
                    self.close(job, &now, log, tracker).await?;
                }
            }
        }
    }

    /// Whether no conversion has lacked its context.
    fn has_contexts(&self) -> Result<(), Error> {
        let Identity { collection, chain, .. } = self.task.identity();
        match self.gate.signals().stop {
            Some(Stop::MissingContext(missing)) => Err(Error::missing_context(collection, chain, missing)),
            _ => Ok(()),
        }
    }

    /// Cuts the work into the partitions of a pass, unless another process is at it.
    async fn cut(&self, job: &Job, now: &JobDocument) -> Result<(), Error> {
        let Some(lead) = job.lead(now).await? else {
            self.gate.sleep(POLL).await;
            return Ok(());
        };
        let ranges = self.task.partitions(now.side, now.remaining, self.options.partition_size).await?;
        job.set_partitions(lead, now.pass, ranges).await
    }

    fn whole(&self, job: &Job, now: Option<JobDocument>, tracker: &Tracker<'_>) -> Whole {
        let (run, ending) = (Some(job.run()), self.ending(now.as_ref()));
        match now {
            Some(now) if now.state == State::Finished => {
                Whole { run, ending, passes: now.pass, tally: now.tally, remaining: now.remaining }
            }
            now => {
                let own = tracker.own();
                let (passes, before) = now.map_or((0, Tally::default()), |now| (now.pass, now.tally));
                Whole {
                    run,
                    ending,
                    passes,
                    tally: Tally {
                        upgraded: before.upgraded.max(own.upgraded),
                        rolled_back: before.rolled_back.max(own.rolled_back),
                        ..own
                    },
                    remaining: tracker.snapshot(&self.gate.signals()).remaining,
                }
            }
        }
    }

    fn ending(&self, now: Option<&JobDocument>) -> Ending {
        let reason =
            || now.and_then(|now| now.reason.clone()).unwrap_or_else(|| "no reason was given".to_owned());
        match (self.gate.signals().stop, now.map(|now| now.state)) {
            (_, Some(State::Finished)) => Ending::Finished,
            (Some(Stop::Interrupted(reason)), _) => Ending::Interrupted(reason),
            (Some(Stop::Aborted(reason)), _) => Ending::Aborted(reason),
            (_, Some(State::Cancelled)) => Ending::Cancelled(reason()),
            (_, Some(State::Aborted)) => Ending::Aborted(reason()),
            (None, None) if self.options.dry_run => Ending::Finished,
            _ => Ending::Interrupted("another run has taken the place of this one".to_owned()),
        }
    }

    fn end(&self, tracker: &Tracker<'_>, whole: Whole) -> Report {
        let report = Report::new(self.task.identity(), self.options.dry_run, whole, tracker);
        tracker.tell(&Event::Finished(&report));
        report
    }

    fn crew<'r>(
        &'r self,
        side: Side,
        source: Source<'r>,
        failures: Option<&'r FailureLog>,
        tracker: &'r Tracker<'r>,
    ) -> Crew<'r, K> {
        Crew { task: &self.task, options: &self.options, gate: &self.gate, side, source, failures, tracker }
    }

    /// Tells who listens that it begins.
    fn tracker(&self, total: u64) -> Tracker<'_> {
        let tracker = Tracker::new(self.progress.as_ref(), total);
        tracker.tell(&Event::started(self.task.identity(), total, self.options.dry_run));
        tracker
    }
}
