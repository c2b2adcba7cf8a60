//! A member's place among the others: asking for it, keeping it, giving it up.
//!
//! Whoever wants in, or wants to write another version, first says so and then looks at the others. So of two that cannot be there
//! at the same time, the one that says so later finds the other. One that is in has its place; of two that both want one, the one
//! with the lesser id goes first, and the other takes back what it said until that is settled.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bson::{Bson, DateTime, Document, doc, oid::ObjectId};
use schema_core::Chain;

use super::{
    conflict::{Verdict, judge},
    document::{LiveMember, MemberId, Span},
    service::Service,
    state::State,
    store::Store,
};
use crate::{
    backfill::{backfill_target, from_now},
    error::Error,
};

/// How often one that waits for another looks again.
const POLL: Duration = Duration::from_millis(100);

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

/// How a claim has come out.
enum Outcome {
    Granted,
    /// Another one comes first.
    After(MemberId),
    /// The member has lapsed meanwhile.
    Lapsed,
}

impl Registration {
    pub(super) fn new(store: Store, service: Service, chain: Chain, state: Arc<State>) -> Self {
        let standing = Standing { writes: None, wants: None, revision: 0, settled: None };
        Self {
            store,
            service,
            chain,
            state,
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            id: ObjectId::new(),
            standing: Mutex::new(standing),
            publishing: tokio::sync::Mutex::default(),
            changing: tokio::sync::Mutex::default(),
        }
    }

    /// Comes in, if it is not, and writes this version from then on.
    ///
    /// # Errors
    ///
    /// Why it may not. Then everything is as it was.
    pub(super) async fn switch(&self, version: u32) -> Result<(), Error> {
        let alone = self.changing.lock().await;
        self.switch_alone(version, &alone).await
    }

    /// Comes in again. Nothing happens while somebody is at it.
    pub(super) async fn return_to_others(&self) -> Result<(), Error> {
        match self.changing.try_lock() {
            Ok(alone) => self.switch_alone(self.state.write_version(), &alone).await,
            Err(_) => Ok(()),
        }
    }

    async fn switch_alone(
        &self,
        version: u32,
        _alone: &tokio::sync::MutexGuard<'_, ()>,
    ) -> Result<(), Error> {
        loop {
            // One that has lapsed comes in again first, with what it writes already.
            let next = if self.is_in() { version } else { self.state.write_version() };
            let claim = Claim::new(self, next);
            let outcome = self.pursue(next).await;
            drop(claim);
            match outcome {
                Ok(Outcome::Granted) if next == version => return Ok(()),
                Ok(Outcome::Granted | Outcome::Lapsed) => {}
                Ok(Outcome::After(first)) => {
                    self.withdraw().await?;
                    self.until_settled(&first).await?;
                }
                Err(refusal) => {
                    if let Err(error) = self.withdraw().await {
                        tracing::warn!(%error, "a refused claim stays until it lapses");
                    }
                    return Err(refusal);
                }
            }
        }
    }

    /// Says that it wants to write this version, and looks whether it may.
    async fn pursue(&self, version: u32) -> Result<Outcome, Error> {
        let was_in = self.is_in();
        loop {
            self.publish().await?;
            if was_in && !self.is_in() {
                return Ok(Outcome::Lapsed);
            }
            self.may_come(version).await?;
            let mut others = self.store.live().await?;
            others.retain(|other| other.id.member != self.id);
            match judge(&self.as_member(), &others) {
                Verdict::Free => return self.take(version).await,
                Verdict::Wait => tokio::time::sleep(POLL).await,
                Verdict::GiveWay(first) => return Ok(Outcome::After(first.id.clone())),
                Verdict::NotReadBy(members) => {
                    return Err(Error::UnreadableToOthers {
                        collection: self.store.collection.clone(),
                        writes: version,
                        members: members.into_iter().cloned().collect(),
                    });
                }
                Verdict::WritesOf(members) => {
                    return Err(Error::UnreadableHere {
                        collection: self.store.collection.clone(),
                        reads: self.reads(),
                        members: members.into_iter().cloned().collect(),
                    });
                }
            }
        }
    }

    /// Whether the collection itself has nothing against it.
    async fn may_come(&self, version: u32) -> Result<(), Error> {
        let Store { database, collection, .. } = &self.store;
        self.store.make_way(version).await?;
        let floor = self.store.floor().await?.and_then(|known| known.floor);
        if let Some(floor) = floor.filter(|floor| version < *floor) {
            return Err(Error::BelowFloor { collection: collection.clone(), writes: version, floor });
        }
        // A backfill looks at those that are alive after it has said that it begins.
        let reads = self.reads();
        match backfill_target(database, collection).await? {
            Some(target) if !reads.contains(target) => {
                Err(Error::BackfillAhead { collection: collection.clone(), target, reads })
            }
            _ => Ok(()),
        }
    }

    /// Takes what it wanted.
    async fn take(&self, version: u32) -> Result<Outcome, Error> {
        let before = *self.standing();
        {
            let mut standing = self.standing();
            standing.writes = Some(before.writes.map_or(Span::of(version), |writes| writes.with(version)));
            standing.wants = None;
            standing.settled = None;
        }
        match self.publish().await {
            Ok(true) => {
                self.state.write_from_now_on(version);
                Ok(Outcome::Granted)
            }
            Ok(false) => Ok(Outcome::Lapsed),
            Err(error) => {
                *self.standing() = before;
                Err(error)
            }
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

    /// Takes back what it wanted.
    async fn withdraw(&self) -> Result<(), Error> {
        if self.is_in() { self.publish().await.map(drop) } else { self.remove().await }
    }

    pub(super) async fn remove(&self) -> Result<(), Error> {
        self.store.remove(self.id).await
    }

    /// Waits until another has what it wanted, or has given it up.
    async fn until_settled(&self, other: &MemberId) -> Result<(), Error> {
        let pending = |member: &LiveMember| member.id == *other && member.wants.is_some();
        while self.store.live().await?.iter().any(pending) {
            tokio::time::sleep(POLL).await;
        }
        Ok(())
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

/// What a member wants for as long as this is there: nothing is left of it when nobody waits for the answer any more.
struct Claim<'r>(&'r Registration);

impl<'r> Claim<'r> {
    fn new(registration: &'r Registration, version: u32) -> Self {
        registration.standing().wants = Some(version);
        Self(registration)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut standing = self.0.standing();
        standing.wants = None;
        standing.settled.get_or_insert(Instant::now() + self.0.service.heartbeat);
    }
}
