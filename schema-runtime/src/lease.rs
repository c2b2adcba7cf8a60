//! Lease: of all processes that ask, one does the work, and another takes its place when that one dies.
//!
//! ```text
//! { _id: "migrations", token, lease: { owner, until } }   in schema_leases
//! ```
//!
//! Each lease that is granted has a number, its fencing token; what is written under it names the number. Times are the server's.

mod held;

use std::time::{Duration, Instant};

use bson::{DateTime, Document, doc};
use mongodb::{
    Collection, Database,
    options::{CollectionOptions, ReadPreference, ReturnDocument, SelectionCriteria, WriteConcern},
};
use serde::{Deserialize, Serialize};

pub(crate) use self::held::Lease;
use crate::{
    backfill::{from_now, is_free},
    error::{During, Error},
    retry::with_retries,
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
        let owner = whoami::owner();
        let grant = vec![self.grant(&owner)];
        let mut asked_at = Instant::now();
        let granted = with_retries(|| {
            asked_at = Instant::now();
            self.leases
                .find_one_and_update(doc! { "_id": self.name }, grant.clone())
                .upsert(true)
                .return_document(ReturnDocument::After)
        })
        .await
        .during("take a lease", LEASES);
        let found = match granted {
            // Another process has made it in the same moment, and holds it.
            Err(error) if error.is_duplicate_key() => None,
            granted => granted?,
        };
        let granted = found.filter(|found| found.lease.as_ref().is_some_and(|claim| claim.owner == owner));
        Ok(granted.map(|granted| Lease::new(self.clone(), owner, granted.token, asked_at)))
    }

    /// Who holds it now.
    pub(crate) async fn holder(&self) -> Result<Option<Claim>, Error> {
        let held = doc! { "_id": self.name, "$expr": { "$not": [is_free()] } };
        let found =
            with_retries(|| self.leases.find_one(held.clone())).await.during("look for a lease", LEASES)?;
        Ok(found.and_then(|found| found.lease))
    }

    /// The update that gives it to the owner where it is free, and else changes nothing: a filter that asks whether it is free could not
    /// make the document.
    fn grant(&self, owner: &str) -> Document {
        // A grant of which the answer was lost is found again by its owner.
        let granted = doc! { "$or": [is_free(), { "$eq": ["$lease.owner", { "$literal": owner }] }] };
        // By the clock, so that it is larger than any before also where leases were dropped, or the ledger comes from another database.
        let next =
            doc! { "$max": [{ "$add": [{ "$ifNull": ["$token", 0_i64] }, 1_i64] }, { "$toLong": "$$NOW" }] };
        doc! { "$set": {
            "token": { "$cond": [granted.clone(), next, "$token"] },
            "lease": { "$cond": [granted, self.claim(owner), "$lease"] },
        } }
    }

    fn claim(&self, owner: &str) -> Document {
        doc! { "owner": { "$literal": owner }, "until": from_now(self.length) }
    }
}
