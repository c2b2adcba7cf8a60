//! A service that the others know of.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use tokio::task::JoinHandle;

use super::{health::Health, registration::Registration};
use crate::{backfill::rollback::leads_to, convert::with_causes, error::Error};

/// This process as the others know it, by [`join`](crate::VersionedCollection::join).
///
/// It says that it is alive for as long as this is there. Dropping it is as good as a crash: the others wait for three heartbeats.
/// [`leave`](Self::leave) spares them that.
#[must_use = "a member that is dropped is taken for dead"]
pub struct Member {
    registration: Arc<Registration>,
    health: Arc<Mutex<Health>>,
    heartbeat: JoinHandle<()>,
}

impl Member {
    pub(super) async fn join(registration: Registration) -> Result<Self, Error> {
        registration.switch(registration.state.write_version()).await?;
        let registration = Arc::new(registration);
        // At once, so that nobody who lowers the floor has to wait for this one.
        let first = beat(&registration).await;
        let health = Arc::new(Mutex::new(first));
        let heartbeat = tokio::spawn(keep(Arc::downgrade(&registration), Arc::downgrade(&health)));
        Ok(Self { registration, health, heartbeat })
    }

    /// Has the collection's handle and its clones write this version from now on: usually the current one, once every service
    /// reads it. An older one is written if the steps back to it are `reversible`.
    ///
    /// Nothing changes when this is refused or dropped.
    ///
    /// # Errors
    ///
    /// [`Error::UnreadableToOthers`] with the names of the live members that cannot read it; [`Error::BelowFloor`] when it is below
    /// the floor of the collection; [`Error::UnknownVersion`] and [`Error::Irreversible`] when the chain does not lead there;
    /// [`Error::Database`] when the database stays unavailable.
    pub async fn raise(&self, version: u32) -> Result<(), Error> {
        leads_to(&self.registration.chain, version)?;
        self.registration.switch(version).await
    }

    /// How it stands with the others, as of its last heartbeat.
    #[must_use]
    pub fn health(&self) -> Health {
        lock(&self.health).clone()
    }

    /// Says that it is gone, so that nobody waits for it. To be called after the last write.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when that cannot be written. The others find out by themselves then.
    pub async fn leave(mut self) -> Result<(), Error> {
        self.heartbeat.abort();
        // Cancelled, and not at work any more.
        drop((&mut self.heartbeat).await);
        // Before anybody may lower it without waiting for this one.
        self.registration.state.forget_floor();
        self.registration.remove().await
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.heartbeat.abort();
        self.registration.state.forget_floor();
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { registration, .. } = self;
        f.debug_struct("Member")
            .field("service", &registration.service)
            .field("collection", &registration.store.collection)
            .field("health", &self.health())
            .finish_non_exhaustive()
    }
}

/// Sends heartbeats for as long as the member is there.
async fn keep(registration: Weak<Registration>, health: Weak<Mutex<Health>>) {
    loop {
        let Some(every) = registration.upgrade().map(|registration| registration.service.heartbeat) else {
            return;
        };
        let failing = health.upgrade().is_some_and(|health| matches!(*lock(&health), Health::Silent(_)));
        tokio::time::sleep(if failing { every / 4 } else { every }).await;
        let Some(registration) = registration.upgrade() else { return };
        let now = beat(&registration).await;
        if let Some(health) = health.upgrade() {
            *lock(&health) = now;
        }
    }
}

/// One heartbeat.
async fn beat(registration: &Registration) -> Health {
    let store = &registration.store;
    let collection = store.collection.as_str();
    let alive = match tokio::time::timeout(registration.service.heartbeat, renew(registration)).await {
        Ok(Ok(alive)) => alive,
        failed => {
            let reason = match failed {
                Ok(Err(error)) => one_line(&error),
                _ => format!("no answer within {}", seconds(registration.service.heartbeat)),
            };
            tracing::warn!(collection, reason, "a heartbeat has failed");
            return Health::Silent(reason);
        }
    };
    if alive {
        return Health::Alive;
    }
    match registration.return_to_others().await {
        Ok(()) => {
            tracing::warn!(collection, "the others had taken this process for dead; it is registered again");
            Health::Alive
        }
        Err(error @ Error::Database { .. }) => Health::Silent(one_line(&error)),
        Err(error) => {
            tracing::error!(collection, %error, "the others took this process for dead, and it may not come back");
            Health::Out(one_line(&error))
        }
    }
}

/// Looks at the floor and says so, with being alive. Whether it still has a place.
async fn renew(registration: &Registration) -> Result<bool, Error> {
    let Registration { store, state, service, .. } = registration;
    // From before the server looks at its clock: this process must not trust the floor for longer than others wait for it.
    let trusted_until = Instant::now() + service.lease();
    let known = store.floor().await?;
    // A lower floor counts at once, and is told only then.
    state.see_floor(known.as_ref().and_then(|known| known.floor));
    registration.note(known.map_or(0, |known| known.revision));
    let alive = registration.publish().await?;
    if alive {
        state.trust_floor(trusted_until);
    } else {
        state.forget_floor();
    }
    Ok(alive)
}

fn one_line(error: &Error) -> String {
    with_causes(error.to_string(), std::error::Error::source(error))
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Nothing panics while it holds the lock; if something did, the health would still be what was last noted.
fn lock(health: &Mutex<Health>) -> MutexGuard<'_, Health> {
    health.lock().unwrap_or_else(PoisonError::into_inner)
}
