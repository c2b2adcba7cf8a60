//! The tracker: what this process has done, what it knows of the others, and how far the job as a whole is.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{
    failure::Failure,
    gate::Signals,
    progress::{Event, Progress, Snapshot, time_for},
    tally::Tally,
};

/// The rate is that of the last minute: long enough to be steady, short enough to follow a throttle.
const WINDOW: Duration = Duration::from_secs(60);

/// How many failures a report quotes; all of them are recorded.
const QUOTED: usize = 20;

pub(super) struct Tracker<'p> {
    progress: &'p dyn Progress,
    started: Instant,
    /// How many documents were to be done when the job began.
    total: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    pass: u32,
    /// What this process has done; failures are those of the pass.
    own: Tally,
    /// What was done before this process began, and meanwhile by others.
    others: Tally,
    first_failures: Vec<Failure>,
    /// How many documents all have looked at, over the last minute.
    history: History,
    /// And how many this process has.
    own_history: History,
}

impl<'p> Tracker<'p> {
    pub(super) fn new(progress: &'p dyn Progress, total: u64) -> Self {
        Self { progress, started: Instant::now(), total, state: Mutex::default() }
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        self.progress.on(event);
    }

    /// Failures are those of the pass: each pass meets all of them again.
    pub(super) fn start_pass(&self, pass: u32) {
        let mut state = self.state();
        if state.pass != pass {
            state.pass = pass;
            state.own = state.own.without_failures();
            state.others = state.others.without_failures();
            state.first_failures.clear();
        }
    }

    pub(super) fn failed(&self, failures: &[Failure]) {
        for failure in failures {
            {
                let mut state = self.state();
                if state.first_failures.len() < QUOTED {
                    state.first_failures.push(failure.clone());
                }
            }
            self.tell(&Event::Failed(failure));
        }
    }

    /// A batch is settled. Returns all that this process has done.
    pub(super) fn settled(&self, batch: Tally, signals: &Signals) -> Tally {
        let own = {
            let mut state = self.state();
            state.own += batch;
            state.own
        };
        self.tell(&Event::Batch(self.snapshot(signals)));
        own
    }

    /// What all processes together have noted, this one included. Some of what this one has done may not be noted yet, so
    /// that others seem to have done less; what they had done before counts.
    pub(super) fn noted(&self, all: Tally) {
        let mut state = self.state();
        let others = all.with(state.own, u64::saturating_sub);
        state.others = state.others.with(others, u64::max);
    }

    /// Documents that this process looks at in a second, over the last minute.
    pub(super) fn own_rate(&self) -> Option<f64> {
        let mut state = self.state();
        let seen = state.own.seen;
        state.own_history.rate(seen)
    }

    pub(super) fn own(&self) -> Tally {
        self.state().own
    }

    pub(super) fn first_failures(&self) -> Vec<Failure> {
        self.state().first_failures.clone()
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn snapshot(&self, signals: &Signals) -> Snapshot {
        let mut state = self.state();
        let mut all = state.own;
        all += state.others;
        let rate = state.history.rate(all.seen);
        let remaining = self.total.saturating_sub(all.settled());
        Snapshot {
            pass: state.pass,
            seen: all.seen,
            total: self.total,
            remaining,
            upgraded: all.upgraded,
            rolled_back: all.rolled_back,
            changed: all.changed,
            failed: all.failed,
            newer: all.newer,
            conflicts: all.conflicts,
            retries: all.retries,
            bytes: all.bytes,
            rate,
            eta: rate.filter(|_| signals.held.is_none()).and_then(|rate| time_for(remaining, rate)),
            held: signals.held.clone(),
            workers: signals.workers,
            elapsed: self.elapsed(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When so many documents had been looked at.
#[derive(Default)]
struct History(VecDeque<(Instant, u64)>);

impl History {
    /// Documents a second over the last minute; `None` as long as there is nothing to tell it from.
    fn rate(&mut self, seen: u64) -> Option<f64> {
        let now = Instant::now();
        let Self(entries) = self;
        entries.push_back((now, seen));
        while entries.len() > 2 && entries.get(1).is_some_and(|(then, _)| now.duration_since(*then) >= WINDOW)
        {
            entries.pop_front();
        }
        let (then, before) = *entries.front()?;
        let elapsed = now.duration_since(then).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let documents = seen.saturating_sub(before) as f64;
        (elapsed > 0.0 && documents > 0.0).then(|| documents / elapsed)
    }
}
