//! The crew: as many workers as are wanted, on the partitions of one pass.

use futures_util::{StreamExt, stream::FuturesUnordered};

use super::{
    failure::{Failure, FailureLog},
    gate::{Gate, Stop},
    options::Options,
    side::Side,
    source::Source,
    tally::Tally,
    task::Task,
    tracker::Tracker,
    worker::Leaving,
};
use crate::error::Error;

pub(super) struct Crew<'r, K> {
    pub(super) task: &'r K,
    pub(super) options: &'r Options,
    pub(super) gate: &'r Gate,
    /// Which side changes the documents of the pass.
    pub(super) side: Side,
    pub(super) source: Source<'r>,
    /// None in a dry run.
    pub(super) failures: Option<&'r FailureLog>,
    pub(super) tracker: &'r Tracker<'r>,
}

impl<K: Task> Crew<'_, K> {
    /// Returns when no worker finds anything more to do, or the run is stopped. What is not done then is held by other
    /// processes.
    pub(super) async fn run(&self) -> Result<(), Error> {
        let mut changes = self.gate.changes();
        let mut workers = FuturesUnordered::new();
        // The numbers of those at work: one that was dismissed may be called again.
        let mut at_work: Vec<u32> = Vec::new();
        let mut nothing_left = false;
        loop {
            let signals = changes.borrow_and_update().clone();
            if !nothing_left && signals.stop.is_none() {
                for worker in 0..self.side.workers(signals.workers) {
                    if !at_work.contains(&worker) {
                        at_work.push(worker);
                        workers.push(async move { (worker, self.work(worker).await) });
                    }
                }
            }
            tokio::select! {
                next = workers.next() => {
                    let Some((worker, leaving)) = next else { return Ok(()) };
                    at_work.retain(|other| *other != worker);
                    nothing_left |= leaving? == Leaving::NothingLeft;
                }
                // The gate outlives the crew, so there is always somebody to change it.
                _ = changes.changed() => {}
            }
        }
    }

    pub(super) async fn record(&self, failures: &[Failure]) -> Result<(), Error> {
        if let Some(log) = self.failures {
            log.record(failures).await?;
        }
        self.tracker.failed(failures);
        Ok(())
    }

    /// Counts what is settled.
    pub(super) fn count(&self, settled: Tally) {
        let own = self.tracker.settled(settled, &self.gate.signals());
        if let Some(reason) = self.options.budget.exceeded(own.failed, own.seen) {
            self.gate.stop(Stop::Aborted(reason));
        }
    }
}
