//! What a process does once a second beside its work: renew its leases, look at the control document and the throttles, and tell
//! how far the job is.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use super::{Run, TICK};
use crate::{
    backfill::{
        gate::Stop,
        job::{Control, Job, State},
        progress::Event,
        task::Task,
        throttle::Verdict,
        tracker::Tracker,
    },
    error::Error,
};

impl<K: Task> Run<'_, K> {
    /// Looks after the job while it is worked on. Ends only with an error.
    pub(super) async fn keep_attending(&self, job: &Job, tracker: &Tracker<'_>) -> Result<Infallible, Error> {
        let every = TICK.min(self.options.lease / 3);
        loop {
            tokio::time::sleep(every).await;
            self.attend(job, tracker).await?;
        }
    }

    pub(super) async fn attend(&self, job: &Job, tracker: &Tracker<'_>) -> Result<(), Error> {
        let started = Instant::now();
        job.renew().await?;
        let latency = started.elapsed();
        match job.load().await? {
            Some(now) if now.state == State::Running => {
                let (pass, _) = job.store().sum(&now).await?;
                let mut all = now.tally;
                all += pass;
                tracker.noted(all);
                self.obey(&now.control, latency).await;
            }
            _ => self.gate.stop(Stop::Ended),
        }
        let snapshot = tracker.snapshot(&self.gate.signals());
        job.appear(tracker.own_rate(), &snapshot).await?;
        tracker.tell(&Event::Tick(snapshot));
        Ok(())
    }

    /// Does as the control document and the throttles say.
    async fn obey(&self, control: &Control, latency: Duration) {
        let max_lag = control.max_lag.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let verdict = self.throttles.ask(&self.database, latency, max_lag).await;
        let held = match verdict {
            _ if control.paused => {
                Some(format!("paused by {}", control.changed_by.as_deref().unwrap_or("somebody")))
            }
            Verdict::Go => None,
            Verdict::Wait(reason) => Some(reason),
            Verdict::Abort(reason) => {
                self.gate.stop(Stop::Aborted(reason));
                None
            }
        };
        self.gate.set(|signals| {
            signals.workers = control.workers.unwrap_or(self.options.workers).max(1);
            signals.batch_size = control.batch_size.unwrap_or(self.options.batch_size).max(1);
            signals.rate = control.rate.or(self.options.rate);
            signals.held = held;
        });
    }
}
