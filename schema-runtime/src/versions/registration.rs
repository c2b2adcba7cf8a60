//! A member's place among the others: what it tells them of itself.

mod claim;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use bson::{Bson, DateTime, Document, doc, oid::ObjectId};
use schema_core::Chain;

use super::{
    document::{LiveMember, MemberId, Span},
    service::Service,
    state::State,
    store::Store,
};
use crate::{backfill::from_now, error::Error, whoami};

#[derive(Debug)]
pub(super) struct Registration {
    pub(super) store: Store,
    pub(super) service: Service,
    pub(super) chain: Chain,
    pub(super) state: Arc<State>,
    host: String,
    id: ObjectId,
    standing: Mutex<Standing>,
    /// Held while the standing is written, so that an older one does not come to stand over a newer one.
    publishing: tokio::sync::Mutex<()>,
    /// Held by whoever has a claim.
    changing: tokio::sync::Mutex<()>,
}

/// What the member has told the others, or is about to.
#[derive(Debug, Clone, Copy)]
struct Standing {
    /// As in [`LiveMember`].
    writes: Option<Span>,
    wants: Option<u32>,
    revision: i64,
    /// When no write of the version before is on its way any more; none while it changes.
    settled: Option<Instant>,
}

impl Registration {
    pub(super) fn new(store: Store, service: Service, chain: Chain, state: Arc<State>) -> Self {
        let standing = Standing { writes: None, wants: None, revision: 0, settled: None };
        Self {
            store,
            service,
            chain,
            state,
            host: whoami::host(),
            id: ObjectId::new(),
            standing: Mutex::new(standing),
            publishing: tokio::sync::Mutex::default(),
            changing: tokio::sync::Mutex::default(),
        }
    }

    /// Writes where it stands. `false` if it has no place among the others, or no longer.
    pub(super) async fn publish(&self) -> Result<bool, Error> {
        let _in_turn = self.publishing.lock().await;
        if self.is_in() {
            if self.store.renew(self.id, &self.entry()).await? {
                return Ok(true);
            }
            self.standing().writes = None;
        }
        if self.as_member().wants.is_some() {
            self.store.put(self.id, &self.entry()).await?;
        }
        Ok(false)
    }

    /// What the floor is, as far as this member knows, and that nothing older is on its way from it.
    pub(super) fn note(&self, revision: i64) {
        let mut standing = self.standing();
        standing.revision = revision;
        let settled = standing.settled.is_some_and(|settled| settled <= Instant::now());
        if settled && standing.writes.is_some() {
            standing.writes = Some(Span::of(self.state.write_version()));
        }
    }

    pub(super) async fn remove(&self) -> Result<(), Error> {
        self.store.remove(self.id).await
    }

    fn is_in(&self) -> bool {
        self.standing().writes.is_some()
    }

    fn reads(&self) -> Span {
        Span { from: self.chain.oldest, to: self.chain.version }
    }

    /// Itself, as the others see it.
    fn as_member(&self) -> LiveMember {
        let Standing { writes, wants, revision, .. } = *self.standing();
        let Service { name, release, .. } = self.service.clone();
        LiveMember {
            id: MemberId { collection: self.store.collection.clone(), member: self.id },
            service: name,
            release,
            host: self.host.clone(),
            process: std::process::id(),
            reads: self.reads(),
            writes,
            wants,
            revision,
            seen_at: DateTime::now(),
        }
    }

    /// The same as it is stored, by expressions.
    fn entry(&self) -> Document {
        let LiveMember { service, release, host, process, reads, writes, wants, revision, .. } =
            self.as_member();
        let span = |span: Span| doc! { "from": i64::from(span.from), "to": i64::from(span.to) };
        doc! {
            "service": { "$literal": service },
            "release": { "$literal": release },
            "host": { "$literal": host },
            "process": i64::from(process),
            "reads": span(reads),
            "writes": writes.map_or(Bson::Null, |writes| span(writes).into()),
            "wants": wants.map(i64::from),
            "revision": revision,
            "seenAt": "$$NOW",
            "until": from_now(self.service.lease()),
        }
    }

    /// Nothing panics while it holds the lock; if something did, the standing would still be what was last noted.
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
