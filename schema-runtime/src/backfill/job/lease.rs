//! Leases on partitions: taking one, noting what is settled in it, giving it back.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bson::{Bson, DateTime, Document, doc, oid::ObjectId};
use mongodb::options::ReturnDocument;
use serde::{Deserialize, Serialize};

use super::{Job, document::PartitionDocument, from_now, in_bson, is_free};
use crate::{
    backfill::{JOBS, tally::Tally},
    error::{During, Error},
    id_scan::{At, Range},
    retry::with_retries,
};

/// A partition that this process holds.
#[derive(Debug)]
pub(in crate::backfill) struct Held {
    partition: PartitionDocument,
    holdings: Arc<Mutex<Holdings>>,
}

/// The right to write the documents of a partition, for as long as the lease holds.
#[derive(Debug, Clone, Copy)]
pub(in crate::backfill) struct Turn {
    pub(in crate::backfill) run: ObjectId,
    pub(in crate::backfill) order: Order,
}

/// The order in which a document's turn came: one lease after the other, by their fencing tokens, and one attempt after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::backfill) struct Order {
    pass: u32,
    /// The attempt to cut the collection that counts in this pass.
    cut: i64,
    lease: i64,
    attempt: u32,
}

impl Turn {
    /// One that comes after all those of a run.
    pub(in crate::backfill) fn after_all_of(run: ObjectId) -> Self {
        let lease = DateTime::now().timestamp_millis();
        Self { run, order: Order { pass: u32::MAX, cut: 0, lease, attempt: 0 } }
    }

    /// The same turn, when it has tried that often.
    pub(in crate::backfill) fn at(self, attempt: u32) -> Self {
        Self { order: Order { attempt, ..self.order }, ..self }
    }
}

/// What this process knows to hold. Only this is renewed: a lease whose grant was lost on the way has to lapse.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    /// With the number of the lease: one worker may have lost a partition that another now has.
    partitions: BTreeSet<(u32, i64)>,
    pub(super) lead: bool,
}

/// Nothing panics while it holds the lock; if something did, what is held would still be what is noted.
pub(super) fn lock(holdings: &Mutex<Holdings>) -> MutexGuard<'_, Holdings> {
    holdings.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Held {
    fn drop(&mut self) {
        lock(&self.holdings).partitions.remove(&(self.partition.id.number, self.partition.token));
    }
}

impl Held {
    pub(in crate::backfill) fn range(&self) -> Range {
        self.partition.range()
    }

    /// The `_id` up to which everything was settled when the lease was taken.
    pub(in crate::backfill) fn position(&self) -> Option<At> {
        self.partition.position.clone()
    }

    /// With what it was settled by those who held it before.
    pub(in crate::backfill) fn tally(&self) -> Tally {
        self.partition.tally
    }

    pub(in crate::backfill) fn number(&self) -> u32 {
        self.partition.id.number
    }

    pub(in crate::backfill) fn turn(&self) -> Turn {
        let PartitionDocument { id, token, .. } = &self.partition;
        let order = Order { pass: id.pass, cut: id.attempt, lease: *token, attempt: 0 };
        Turn { run: id.run, order }
    }

    /// The partition, as long as this process holds it.
    fn filter(&self) -> Result<Document, Error> {
        Ok(doc! { "_id": in_bson(&self.partition.id)?, "token": self.partition.token })
    }
}

impl Job {
    /// The next partition of a pass that is neither done nor held by anybody.
    pub(in crate::backfill) async fn lease(&self, pass: u32, attempt: i64) -> Result<Option<Held>, Error> {
        let mut free = self.store.partitions(self.run, pass, attempt);
        free.insert("done", false);
        free.insert("$expr", is_free());
        let grant = self.grant();
        let partitions = self.store.jobs.clone_with_type::<PartitionDocument>();
        let granted = with_retries(|| {
            partitions
                .find_one_and_update(free.clone(), grant.clone())
                .sort(doc! { "_id.number": 1 })
                .return_document(ReturnDocument::After)
        })
        .await
        .during("lease a partition", JOBS)?;
        Ok(granted.map(|partition| {
            lock(&self.holdings).partitions.insert((partition.id.number, partition.token));
            Held { partition, holdings: Arc::clone(&self.holdings) }
        }))
    }

    /// Notes what is settled, and renews the lease. `false` if the lease is another's by now: nothing is noted then.
    pub(in crate::backfill) async fn checkpoint(
        &self,
        held: &mut Held,
        position: Option<At>,
        tally: Tally,
        done: bool,
    ) -> Result<bool, Error> {
        let position = position.or_else(|| held.position());
        let lease = if done { Bson::Null } else { self.claim().into() };
        let note = doc! {
            "position": { "$literal": in_bson(&position)? },
            "tally": { "$literal": in_bson(&tally)? },
            "done": done,
            "lease": lease,
        };
        let noted = self.note(held, note).await?;
        held.partition.position = position;
        held.partition.tally = tally;
        Ok(noted)
    }

    /// Gives a partition back before it is done.
    pub(in crate::backfill) async fn release(&self, held: &Held) -> Result<(), Error> {
        self.note(held, doc! { "lease": null }).await.map(drop)
    }

    /// Puts off the end of this process's leases. One that has lapsed and been granted to another stays the other's.
    pub(in crate::backfill) async fn renew(&self) -> Result<(), Error> {
        let mine = {
            let holdings = lock(&self.holdings);
            let numbers: Vec<i64> =
                holdings.partitions.iter().map(|(number, _)| i64::from(*number)).collect();
            let lead = holdings.lead.then_some(&self.store.name);
            let held = [doc! { "_id.number": { "$in": numbers } }, doc! { "_id": { "$in": [lead] } }];
            doc! { "lease.owner": &self.owner, "$or": held }
        };
        let renewed = vec![doc! { "$set": { "lease.until": from_now(self.lease) } }];
        with_retries(|| self.store.jobs.update_many(mine.clone(), renewed.clone()))
            .await
            .during("renew the leases", JOBS)?;
        Ok(())
    }

    async fn note(&self, held: &Held, note: Document) -> Result<bool, Error> {
        let filter = held.filter()?;
        let pipeline = vec![doc! { "$set": note }];
        let noted = with_retries(|| self.store.jobs.update_one(filter.clone(), pipeline.clone()))
            .await
            .during("write a checkpoint", JOBS)?;
        Ok(noted.matched_count == 1)
    }
}
