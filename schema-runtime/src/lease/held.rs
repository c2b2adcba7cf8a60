//! A lease that this process was granted: kept while there is work, and given back on every way out.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use bson::{Document, doc};
use futures_util::FutureExt;
use tokio::{runtime::Handle, task::JoinHandle};

use super::{LEASES, Leases};
use crate::{
    error::{During, Error},
    retry::with_retries,
    schema::SchemaError,
};

/// A lease that this process was granted. It is given back when this is dropped, as far as there is a runtime to do it; else it lapses.
#[derive(Debug)]
pub(crate) struct Lease {
    claim: Arc<Claimed>,
    given_back: bool,
}

#[derive(Debug)]
struct Claimed {
    leases: Leases,
    owner: String,
    token: i64,
    /// Until when, by this process's clock, nobody else can have been granted it.
    until: Mutex<Instant>,
}

/// What renews a lease. A task of its own, because a step may keep its thread to itself for longer than a lease.
struct Keeper(JoinHandle<()>);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Lease {
    pub(super) fn new(leases: Leases, owner: String, token: i64, asked_at: Instant) -> Self {
        let until = Mutex::new(asked_at + leases.length);
        Self { claim: Arc::new(Claimed { leases, owner, token, until }), given_back: false }
    }

    /// Its number: larger than that of every lease before it.
    pub(crate) fn token(&self) -> i64 {
        self.claim.token
    }

    /// Fails if it may have been granted to another since it was renewed last: this process was asleep, or has not reached the server.
    pub(crate) fn is_held(&self) -> Result<(), SchemaError> {
        if Instant::now() < self.claim.until() { Ok(()) } else { Err(SchemaError::LeaseLost) }
    }

    /// Does something while it is held, and gives it back whatever comes of that. The work is given up when the lease is lost.
    pub(crate) async fn hold<T>(
        self,
        work: impl AsyncFnOnce(&Self) -> Result<T, SchemaError>,
    ) -> Result<T, SchemaError> {
        let claim = Arc::clone(&self.claim);
        let mut keeper = Keeper(tokio::spawn(async move { claim.keep().await }));
        let outcome = AssertUnwindSafe(async {
            tokio::select! {
                outcome = work(&self) => outcome,
                _ = &mut keeper.0 => Err(SchemaError::LeaseLost),
            }
        });
        let outcome = outcome.catch_unwind().await;
        drop(keeper);
        self.release().await;
        // A panic in the service's own code goes on, now that others need not wait for the lease to lapse.
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }

    async fn release(mut self) {
        self.claim.release().await;
        self.given_back = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.given_back {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let claim = Arc::clone(&self.claim);
            drop(runtime.spawn(async move { claim.release().await }));
        }
    }
}

impl Claimed {
    /// Renews it for as long as it is this process's. Ends only when it is not any more, or cannot be known to be.
    async fn keep(&self) {
        let mut pause = self.leases.length / 3;
        loop {
            tokio::time::sleep(pause).await;
            let left = self.until().saturating_duration_since(Instant::now());
            pause = match tokio::time::timeout(left, self.renew()).await {
                Ok(Ok(true)) => self.leases.length / 3,
                // The server may be back before it has lapsed.
                Ok(Err(error)) if Instant::now() < self.until() => {
                    tracing::warn!(%error, lease = self.leases.name, "a lease could not be renewed yet");
                    self.leases.length / 10
                }
                Ok(Ok(false) | Err(_)) | Err(_) => return,
            };
        }
    }

    /// `false` if it is another's by now.
    async fn renew(&self) -> Result<bool, Error> {
        let asked_at = Instant::now();
        let claim = vec![doc! { "$set": { "lease": self.leases.claim(&self.owner) } }];
        let renewed =
            self.leases.leases.update_one(self.mine(), claim).await.during("renew a lease", LEASES)?;
        if renewed.matched_count == 1 {
            *lock(&self.until) = asked_at + self.leases.length;
        }
        Ok(renewed.matched_count == 1)
    }

    /// Gives it back. If that cannot be said, it lapses.
    async fn release(&self) {
        let free = vec![doc! { "$set": { "lease": null } }];
        let released = with_retries(|| self.leases.leases.update_one(self.mine(), free.clone()));
        let released = tokio::time::timeout(self.leases.length, released).await;
        if let Ok(Err(error)) = released {
            tracing::warn!(%error, lease = self.leases.name, "a lease could not be given back, and lapses by itself");
        }
    }

    fn until(&self) -> Instant {
        *lock(&self.until)
    }

    /// By its owner as well: a renewal that arrives behind the release would take it again.
    fn mine(&self) -> Document {
        doc! { "_id": self.leases.name, "token": self.token, "lease.owner": &self.owner }
    }
}

/// Nothing panics while it holds the lock; if something did, the time would still be what was last noted.
fn lock(mutex: &Mutex<Instant>) -> MutexGuard<'_, Instant> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
