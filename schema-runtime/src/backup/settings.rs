//! What can be said of each of the three: who is told, and when to stop.

use std::fmt;

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};

use super::{
    error::BackupError,
    progress::{Counter, Progress, Step, Work},
};

/// Comes with a reason when the work is to be stopped. Shared only so that what holds it can be looked at by several threads.
type StopRequest<'a> = Shared<BoxFuture<'a, String>>;

pub(super) struct Settings<'a> {
    work: Work,
    progress: Box<dyn Progress + 'a>,
    stop: Option<StopRequest<'a>>,
}

impl<'a> Settings<'a> {
    pub(super) fn new(work: Work) -> Self {
        Self { work, progress: Box::new(|_: &Step<'_>| {}), stop: None }
    }

    pub(super) fn progress(&mut self, progress: impl Progress + 'a) {
        self.progress = Box::new(progress);
    }

    pub(super) fn stop_when(&mut self, stop: impl Future<Output = String> + Send + 'a) {
        self.stop = Some(stop.boxed().shared());
    }

    pub(super) fn take_stop(&mut self) -> Option<StopRequest<'a>> {
        self.stop.take()
    }

    pub(super) fn counter<'c>(&'c self, collection: &'c str, total: Option<u64>) -> Counter<'c> {
        Counter::new(self.progress.as_ref(), self.work, collection, total)
    }
}

impl fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("work", &self.work).field("stops", &self.stop.is_some()).finish()
    }
}

/// Does the work, unless it is to be stopped before it is done.
pub(super) async fn unless_stopped<T>(
    stop: Option<StopRequest<'_>>,
    work: impl Future<Output = Result<T, BackupError>>,
) -> Result<T, BackupError> {
    let Some(stop) = stop else { return work.await };
    tokio::select! {
        outcome = work => outcome,
        reason = stop => Err(BackupError::Stopped { reason }),
    }
}
