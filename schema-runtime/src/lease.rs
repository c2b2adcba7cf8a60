//! Lease: of all processes that ask, one does the work, and another takes its place when that one dies.
//!
//! ```text
//! { _id: "migrations", token, lease: { owner, until } }   in schema_leases
//! ```
//!
//! Each lease that is granted has a number, its fencing token; what is written under it names the number. Times are the server's.

use std::{
    panic::AssertUnwindSafe,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bson::{DateTime, Document, doc};
use futures_util::FutureExt;
use mongodb::{
    Collection, Database,
    error::ErrorKind,
    options::{CollectionOptions, ReadPreference, ReturnDocument, SelectionCriteria, WriteConcern},
};
use serde::{Deserialize, Serialize};

use crate::{
    backfill::{from_now, is_free},
    error::{During, Error},
    retry::with_retries,
    schema::SchemaError,
    whoami,
};

/// The collection that leases are kept in.
pub(crate) const LEASES: &str = "schema_leases";

/// What there can be one holder of.
#[derive(Debug, Clone)]
pub(crate) struct Leases {
    leases: Collection<LeaseDocument>,
    name: &'static str,
    length: Duration,
}

/// A lease that this process was granted.
#[derive(Debug)]
pub(crate) struct Lease {
    leases: Leases,
    owner: String,
    token: i64,
    /// Until when, by this process's clock, nobody else can have been granted it.
    until: Mutex<Instant>,
}

#[derive(Debug, Serialize, Deserialize)]
struct LeaseDocument {
    token: i64,
    lease: Option<Claim>,
}

/// Who holds a lease, and until when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Claim {
    /// The host, the process id and a number of its own.
    pub(crate) owner: String,
    /// When it lapses, unless it is renewed.
    pub(crate) until: DateTime,
}

impl Leases {
    pub(crate) fn of(database: &Database, name: &'static str, length: Duration) -> Self {
        let mut options = CollectionOptions::default();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        options.write_concern = Some(WriteConcern::majority());
        Self { leases: database.collection_with_options(LEASES, options), name, length }
    }

    /// The lease, unless another process holds it.
    pub(crate) async fn take(&self) -> Result<Option<Lease>, Error> {
        const DUPLICATE_KEY: i32 = 11000;
        let owner = whoami::owner();
        let asked_at = Instant::now();
        // A grant of which the answer was lost is found again by its owner.
        let free = doc! { "_id": self.name, "$expr": { "$or": [is_free(), doc! { "$eq": ["$lease.owner", &owner] }] } };
        let grant = vec![doc! { "$set": {
            "token": { "$add": [{ "$ifNull": ["$token", 0_i64] }, 1_i64] },
            "lease": self.claim(&owner),
        } }];
        let granted = with_retries(|| {
            self.leases
                .find_one_and_update(free.clone(), grant.clone())
                .upsert(true)
                .return_document(ReturnDocument::After)
        })
        .await;
        let granted = match granted {
            // It is there, and not free.
            Err(error) if matches!(error.kind.as_ref(), ErrorKind::Command(error) if error.code == DUPLICATE_KEY) => {
                None
            }
            granted => granted.during("take a lease", LEASES)?,
        };
        let until = Mutex::new(asked_at + self.length);
        Ok(granted.map(|granted| Lease { leases: self.clone(), owner, token: granted.token, until }))
    }

    /// Who holds it now.
    pub(crate) async fn holder(&self) -> Result<Option<Claim>, Error> {
        let held = doc! { "_id": self.name, "$expr": { "$not": [is_free()] } };
        let found =
            with_retries(|| self.leases.find_one(held.clone())).await.during("look for a lease", LEASES)?;
        Ok(found.and_then(|found| found.lease))
    }

    fn claim(&self, owner: &str) -> Document {
        doc! { "owner": { "$literal": owner }, "until": from_now(self.length) }
    }
}

impl Lease {
    /// Its number: larger than that of every lease before it.
    pub(crate) fn token(&self) -> i64 {
        self.token
    }

    /// Does something while it is held, and gives it back whatever comes of that. The work is given up when the lease is lost.
    pub(crate) async fn hold<T>(
        self,
        work: impl AsyncFnOnce(&Self) -> Result<T, SchemaError>,
    ) -> Result<T, SchemaError> {
        let outcome = AssertUnwindSafe(async {
            tokio::select! {
                outcome = work(&self) => outcome,
                () = self.keep() => Err(SchemaError::LeaseLost),
            }
        });
        let outcome = outcome.catch_unwind().await;
        self.release().await;
        // A panic in the service's own code goes on, now that others need not wait for the lease to lapse.
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    /// Renews it for as long as it is this process's. Ends only when it is not any more, or cannot be known to be.
    async fn keep(&self) {
        let every = self.leases.length / 3;
        loop {
            tokio::time::sleep(every).await;
            let left = self.until().saturating_duration_since(Instant::now());
            match tokio::time::timeout(left, self.renew()).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return,
                // The server may be back before it has lapsed.
                Ok(Err(error)) if Instant::now() < self.until() => {
                    tracing::warn!(%error, lease = self.leases.name, "a lease could not be renewed yet");
                }
                Ok(Err(_)) | Err(_) => return,
            }
        }
    }

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
    async fn release(self) {
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

    fn mine(&self) -> Document {
        doc! { "_id": self.leases.name, "token": self.token }
    }
}

/// Nothing panics while it holds the lock; if something did, the time would still be what was last noted.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
