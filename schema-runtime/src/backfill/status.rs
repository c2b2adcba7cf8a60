//! What a job is doing, for an operator at another machine.

use std::{fmt, time::Duration};

use bson::DateTime;
use serde::Serialize;

use super::{
    job::{Control, JobDocument, Process, State},
    progress::{percent, time_for},
    tally::Tally,
    work::Work,
};

/// What a job is doing.
///
/// Its `Display` is a block for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The [name](crate::VersionedCollection::name) of the collection, or of the documents of a kind.
    pub collection: String,
    /// What the job does.
    pub work: Work,
    /// The version that documents are brought to; of a rollback by pre-images, the current one.
    pub target_version: u32,
    /// The Rust name of the document type.
    pub type_name: String,
    /// Where it is in its life.
    pub state: State,
    /// Why it ended, if it did not end by itself.
    pub reason: Option<String>,
    /// The pass over the collection, counted from 1.
    pub pass: u32,
    /// Documents to be done, as counted when it began. Of a rollback by pre-images, those.
    pub total: u64,
    /// What has been done.
    pub tally: Tally,
    /// Documents that are left to be done: of those counted at the beginning, or at the end of a pass.
    pub remaining: u64,
    /// Partitions of the pass that are not done.
    pub open_partitions: u64,
    /// Documents a second, by all processes together.
    pub rate: Option<f64>,
    /// The processes that are at work.
    pub processes: Vec<Process>,
    /// What operators want.
    pub control: Control,
    /// When it began.
    pub started_at: DateTime,
    /// When it ended.
    pub finished_at: Option<DateTime>,
}

impl Status {
    pub(super) fn new(
        job: JobDocument,
        in_pass: Tally,
        open_partitions: u64,
        processes: Vec<Process>,
    ) -> Self {
        let mut tally = job.tally;
        tally += in_pass;
        let remaining = match job.state {
            State::Running | State::Aborted => job.remaining.saturating_sub(in_pass.settled()),
            State::Finished | State::Cancelled => job.remaining,
        };
        let rate = processes.iter().filter_map(|process| process.rate).reduce(|sum, rate| sum + rate);
        Self {
            collection: job.collection,
            work: job.work,
            target_version: job.target,
            type_name: job.type_name,
            state: job.state,
            reason: job.reason,
            pass: job.pass,
            total: job.total,
            tally,
            remaining,
            open_partitions,
            rate,
            processes,
            control: job.control,
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }

    /// How long it will take at the rate it goes; `None` while it cannot be told, and while it waits.
    #[must_use]
    pub fn eta(&self) -> Option<Duration> {
        let waits = self.processes.iter().all(|process| process.held.is_some());
        self.rate.filter(|_| !waits).and_then(|rate| time_for(self.remaining, rate))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Running if self.processes.is_empty() => "nobody is at work on it",
            State::Running => "running",
            State::Finished => "finished",
            State::Cancelled => "cancelled",
            State::Aborted => "given up",
        };
        writeln!(
            f,
            "`{}` {} ({}): {state}",
            self.collection,
            self.work.destination(self.target_version),
            self.type_name
        )?;
        if let Some(reason) = &self.reason {
            writeln!(f, "  {reason}")?;
        }
        let done = self.total.saturating_sub(self.remaining);
        write!(
            f,
            "  {:.1} %, {done} of {}, pass {}",
            percent(self.remaining, self.total),
            self.total,
            self.pass
        )?;
        match (self.rate, self.eta()) {
            (Some(rate), Some(eta)) => writeln!(f, ", {rate:.0}/s, {} s left", eta.as_secs())?,
            (Some(rate), None) => writeln!(f, ", {rate:.0}/s")?,
            _ => writeln!(f)?,
        }
        let Tally { conflicts, retries, failed, newer, changed, .. } = self.tally;
        write!(f, "  {} {}, ", self.tally.written(), self.work.done())?;
        if changed > 0 {
            write!(f, "{changed} changed since, ")?;
        }
        writeln!(f, "{conflicts} conflicts, {retries} retries, {failed} failed, {newer} newer")?;
        for Process { owner, workers, held, .. } in &self.processes {
            match held {
                Some(reason) => writeln!(f, "  {owner} waits: {reason}")?,
                None => writeln!(f, "  {owner} with {workers} workers")?,
            }
        }
        Ok(())
    }
}
