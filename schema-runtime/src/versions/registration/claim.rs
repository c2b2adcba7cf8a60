//! Asking for a place among the others, or for another version to write.
//!
//! Whoever wants one first says so and then looks at the others. So of two that cannot be there at the same time, the one that says so
//! later finds the other. One that is in has its place; of two that both want one, the one with the lesser id goes first, and the other
//! takes back what it said until that is settled.

use std::time::{Duration, Instant};

use super::Registration;
use crate::{
    backfill::backfill_target,
    error::Error,
    versions::{
        conflict::{Verdict, judge},
        document::{LiveMember, MemberId, Span},
        store::Store,
    },
};

/// How often one that waits for another looks again.
const POLL: Duration = Duration::from_millis(100);

/// How a claim has come out.
enum Outcome {
    Granted,
    /// Another one comes first.
    After(MemberId),
    /// The member has lapsed meanwhile.
    Lapsed,
}

impl Registration {
    /// Comes in, if it is not, and writes this version from then on.
    ///
    /// # Errors
    ///
    /// Why it may not. Then everything is as it was.
    pub(in crate::versions) async fn switch(&self, version: u32) -> Result<(), Error> {
        let alone = self.changing.lock().await;
        self.switch_alone(version, &alone).await
    }

    /// Comes in again. Nothing happens while somebody is at it.
    pub(in crate::versions) async fn return_to_others(&self) -> Result<(), Error> {
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

    /// Takes back what it wanted.
    async fn withdraw(&self) -> Result<(), Error> {
        if self.is_in() { self.publish().await.map(drop) } else { self.remove().await }
    }

    /// Waits until another has what it wanted, or has given it up.
    async fn until_settled(&self, other: &MemberId) -> Result<(), Error> {
        let pending = |member: &LiveMember| member.id == *other && member.wants.is_some();
        while self.store.live().await?.iter().any(pending) {
            tokio::time::sleep(POLL).await;
        }
        Ok(())
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
