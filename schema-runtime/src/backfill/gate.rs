//! The gate that every worker passes before each batch: where the job is stopped, held up and slowed down.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use schema_core::context::MissingContext;
use tokio::{sync::watch, time::Instant};

use super::options::Options;

/// Why a run ends before its work does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// This process was asked to; others may go on.
    Interrupted(String),
    /// The job is not to go on in any process.
    Aborted(String),
    /// This process lacks what a conversion needs; others may have it.
    MissingContext(MissingContext),
    /// The job was ended by others, and its document says why.
    Ended,
}

/// What holds for all workers of this process.
#[derive(Debug, Clone)]
pub(super) struct Signals {
    pub(super) stop: Option<Stop>,
    /// Why the job waits.
    pub(super) held: Option<String>,
    pub(super) workers: u32,
    pub(super) batch_size: u32,
    /// Documents a second.
    pub(super) rate: Option<f64>,
}

impl Signals {
    pub(super) fn of(options: &Options) -> Self {
        Self {
            stop: None,
            held: None,
            workers: options.workers,
            batch_size: options.batch_size,
            rate: options.rate,
        }
    }
}

#[derive(Debug)]
pub(super) struct Gate {
    signals: watch::Sender<Signals>,
    /// When the documents that were let through so far are due.
    due: Mutex<Option<Instant>>,
}

impl Gate {
    pub(super) fn new(signals: Signals) -> Self {
        Self { signals: watch::Sender::new(signals), due: Mutex::new(None) }
    }

    pub(super) fn signals(&self) -> Signals {
        self.signals.borrow().clone()
    }

    pub(super) fn set(&self, change: impl FnOnce(&mut Signals)) {
        self.signals.send_modify(change);
    }

    /// The first reason to stop counts.
    pub(super) fn stop(&self, stop: Stop) {
        self.set(|signals| {
            signals.stop.get_or_insert(stop);
        });
    }

    /// Tells of every change from now on.
    pub(super) fn changes(&self) -> watch::Receiver<Signals> {
        self.signals.subscribe()
    }

    /// Waits for as long as the job is held up and until this many documents are due. `false` when the worker with this
    /// number is to leave.
    pub(super) async fn pass(&self, worker: u32, documents: u64) -> bool {
        let mut signals = self.signals.subscribe();
        let dismissed = |signals: &Signals| signals.stop.is_some() || worker >= signals.workers;
        let now = match signals.wait_for(|now| now.held.is_none() || dismissed(now)).await {
            Ok(now) if !dismissed(&now) => now.clone(),
            _ => return false,
        };
        let Some(due) = now.rate.and_then(|rate| self.due(documents, rate)) else { return true };
        tokio::select! {
            () = tokio::time::sleep_until(due) => true,
            _ = signals.wait_for(dismissed) => false,
        }
    }

    /// Waits, but not longer than until the run is stopped.
    pub(super) async fn sleep(&self, duration: Duration) {
        let mut signals = self.signals.subscribe();
        tokio::select! {
            () = tokio::time::sleep(duration) => {}
            _ = signals.wait_for(|signals| signals.stop.is_some()) => {}
        }
    }

    /// When documents may go if the rate is kept: each batch pays for itself by making the next one wait.
    fn due(&self, documents: u64, rate: f64) -> Option<Instant> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let start = due.map_or(now, |due| due.max(now));
        #[expect(clippy::cast_precision_loss, reason = "a batch is small")]
        let cost = documents as f64 / rate.max(0.001);
        *due = Some(start + Duration::try_from_secs_f64(cost).unwrap_or(Duration::from_secs(3600)));
        (start > now).then_some(start)
    }
}
