//! The end of a pass: of the job as well, or the beginning of another one.

use super::{MAX_PASSES, POLL, Run};
use crate::{
    backfill::{
        failure::FailureLog,
        job::{Job, JobDocument},
        left::Closing,
        side::Side,
        tally::Tally,
        task::{Left, Task},
        tracker::Tracker,
    },
    error::Error,
};

impl<K: Task> Run<'_, K> {
    /// Closes a pass when all of its partitions are done: ends the job, or begins another pass for what old code has
    /// written meanwhile.
    pub(super) async fn close(
        &self,
        job: &Job,
        now: &JobDocument,
        log: &FailureLog,
        tracker: &Tracker<'_>,
    ) -> Result<(), Error> {
        let (pass, open) = job.store().sum(now).await?;
        if open > 0 {
            self.gate.sleep(POLL).await;
            return Ok(());
        }
        let Some(lead) = job.lead(now).await? else {
            self.gate.sleep(POLL).await;
            return Ok(());
        };
        let closing = Closing { pass: &pass, log, began: now.pass_began_at };
        let Left { documents: remaining, nothing } = self.task.left(now.side, &closing).await?;
        let mut done = now.tally;
        done += pass;
        let uncounted = uncounted(now, &pass, remaining);
        done += uncounted;
        let ends = match now.side {
            // Whatever is there besides is for the client, be it only to be reported.
            Side::Server => nothing,
            Side::Client => remaining == 0 || pass.written() == 0 || now.pass >= MAX_PASSES,
        };
        let closed = if ends {
            if let Some(began) = now.pass_began_at {
                log.remove_resolved(began).await?;
            }
            job.finish(lead, done, remaining).await?
        } else {
            job.next_pass(lead, now, done, remaining).await?
        };
        if closed && uncounted.upgraded > 0 {
            tracker.settled(uncounted, &self.gate.signals());
        }
        Ok(())
    }
}

/// What the server has upgraded in a pass and not counted: in ranges that it did not change to their end, and for answers that were
/// lost. Taken for that are all that are no longer there to be done.
fn uncounted(now: &JobDocument, pass: &Tally, remaining: u64) -> Tally {
    if now.side == Side::Client || pass.cut_short + pass.retries == 0 {
        return Tally::default();
    }
    let upgraded = now.remaining.saturating_sub(pass.settled() + remaining);
    Tally { seen: upgraded, upgraded, ..Tally::default() }
}
