//! What a service tells of itself when it joins.

use std::time::Duration;

/// A crashed service is not alive after this many heartbeats that have not come.
const MISSED: u32 = 3;

/// A service that reads and writes a collection, for [`join`](crate::VersionedCollection::join).
///
/// ```
/// use schema_runtime::versions::Service;
///
/// let service = Service::new("shop").release("2.4.0");
/// ```
#[derive(Debug, Clone)]
pub struct Service {
    pub(super) name: String,
    pub(super) release: Option<String>,
    pub(super) heartbeat: Duration,
}

impl Service {
    /// A service of this name. It is what others read in a refusal; several processes may have the same.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), release: None, heartbeat: Duration::from_secs(10) }
    }

    /// Which release of it this is. Default: not said.
    #[must_use]
    pub fn release(mut self, release: impl Into<String>) -> Self {
        self.release = Some(release.into());
        self
    }

    /// How often it says that it is alive, no more often than every 100 milliseconds. Default: every 10 seconds.
    ///
    /// After three times as long without a word it counts as dead, so this is how long others may have to wait for a process that
    /// was killed, and a rollback for one that is asked to forget the floor.
    #[must_use]
    pub fn heartbeat(mut self, every: Duration) -> Self {
        self.heartbeat = every.max(Duration::from_millis(100));
        self
    }

    /// How long it counts as alive after a heartbeat.
    pub(super) fn lease(&self) -> Duration {
        self.heartbeat * MISSED
    }
}
