//! What the builders of all jobs have in common.

use std::{fmt, time::Duration};

use super::{Progress, Silent, StopRequest, Verdict, Window, options::Options, throttle::Throttles};

/// A shorter lease lapses while its holder is only slow.
const MIN_LEASE: Duration = Duration::from_millis(300);

/// How a job is run, whatever it does. See the methods of [`Backfill`](super::Backfill) of the same names.
pub(crate) struct Settings<'a> {
    pub(super) options: Options,
    pub(super) throttles: Throttles<'a>,
    pub(super) progress: Box<dyn Progress + 'a>,
    pub(super) stop: Option<StopRequest<'a>>,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        let (options, throttles) = Default::default();
        Self { options, throttles, progress: Box::new(Silent), stop: None }
    }
}

impl<'a> Settings<'a> {
    pub(crate) fn batch_size(&mut self, documents: u32) {
        self.options.batch_size = documents.max(1);
    }

    pub(crate) fn workers(&mut self, workers: u32) {
        self.options.workers = workers.max(1);
    }

    pub(crate) fn max_rate(&mut self, documents_per_second: f64) {
        self.options.rate = Some(documents_per_second);
    }

    pub(crate) fn max_lag(&mut self, lag: Duration) {
        self.throttles.lag.wait = Some(lag);
    }

    pub(crate) fn window(&mut self, window: Window) {
        self.throttles.window = Some(window);
    }

    pub(crate) fn max_failures(&mut self, documents: u64) {
        self.options.budget.failures = Some(documents);
    }

    pub(super) fn throttle<F>(&mut self, throttle: impl Fn() -> F + Send + Sync + 'a)
    where
        F: Future<Output = Verdict> + Send + 'a,
    {
        self.throttles.custom.push(Box::new(move || Box::pin(throttle())));
    }

    pub(super) fn lease(&mut self, lease: Duration) {
        self.options.lease = lease.max(MIN_LEASE);
    }
}

impl fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("options", &self.options)
            .field("throttles", &self.throttles)
            .finish_non_exhaustive()
    }
}
