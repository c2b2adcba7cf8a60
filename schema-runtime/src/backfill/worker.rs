//! A worker: partition after partition, and in each of them read, convert, write, checkpoint.

use std::time::Instant;

use super::{
    crew::Crew,
    gate::Stop,
    pace::Pace,
    source::Leased,
    tally::Tally,
    task::{Batches, Portion, Task},
};
use crate::error::Error;

/// Why a worker has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// There is no partition left that nobody holds.
    NothingLeft,
    /// The run stops, or has too many workers.
    Dismissed,
}

/// One worker's way through a partition.
struct Walk<R> {
    leased: Leased,
    reader: R,
    /// All that is settled in the partition.
    tally: Tally,
}

impl<K: Task> Crew<'_, K> {
    /// Works until nothing is left or the worker is dismissed.
    pub(super) async fn work(&self, worker: u32) -> Result<Leaving, Error> {
        let mut pace = Pace::new(self.options.batch_time);
        loop {
            if !self.gate.pass(worker, 0).await {
                return Ok(Leaving::Dismissed);
            }
            let Some(leased) = self.source.next().await? else { return Ok(Leaving::NothingLeft) };
            if !self.work_off(worker, leased, &mut pace).await? {
                return Ok(Leaving::Dismissed);
            }
        }
    }

    /// Works off one partition. `false` if the worker was dismissed before the end of it.
    async fn work_off(&self, worker: u32, leased: Leased, pace: &mut Pace) -> Result<bool, Error> {
        let (range, position) = (leased.range(), leased.position());
        let reader = self.task.reader(self.side, range, position);
        let mut walk = Walk { tally: leased.tally(), leased, reader };
        let mut next = walk.reader.next_batch(self.limit(pace)).await?;
        let mut done = false;
        while let Some(batch) = next {
            let documents = batch.documents();
            if !self.gate.pass(worker, documents).await {
                self.source.release(&walk.leased).await?;
                return Ok(false);
            }
            let started = Instant::now();
            let end = batch.end();
            let limit = self.limit(pace);
            // The next batch is read while this one is written.
            let (settled, read) =
                tokio::join!(self.settle(batch, &walk.leased), walk.reader.next_batch(limit));
            let elapsed = started.elapsed();
            pace.record(documents, elapsed);
            tracing::debug!(worker, documents, ?elapsed, "a batch is settled");
            let Some(settled) = settled? else {
                self.source.release(&walk.leased).await?;
                return Ok(false);
            };
            walk.tally += settled;
            self.count(settled);
            done = matches!(read, Ok(None));
            if !self.source.checkpoint(&mut walk.leased, end, walk.tally, done).await? {
                // Another process has taken over, and finds done what this one has done.
                return Ok(true);
            }
            next = read?;
        }
        if !done {
            self.source.checkpoint(&mut walk.leased, None, walk.tally, true).await?;
        }
        Ok(true)
    }

    /// Writes a batch and records what failed. Everything in it is settled afterwards. `None`, and the run stops, where a
    /// conversion lacks its context.
    async fn settle(
        &self,
        batch: <K::Reader as Batches>::Batch,
        leased: &Leased,
    ) -> Result<Option<Tally>, Error> {
        let (seen, bytes) = (batch.seen(), batch.bytes());
        let outcome = match self.task.settle(batch, leased.turn()).await {
            Err(Error::MissingContext { missing, .. }) => {
                self.gate.stop(Stop::MissingContext(missing));
                return Ok(None);
            }
            outcome => outcome?,
        };
        self.record(&outcome.failures).await?;
        let seen = seen.unwrap_or(outcome.written);
        Ok(Some(Tally::of(&outcome, self.task.identity(), seen, bytes)))
    }

    fn limit(&self, pace: &Pace) -> u32 {
        let signals = self.gate.signals();
        pace.next(self.side.at_a_time(signals.batch_size, signals.rate))
    }
}
