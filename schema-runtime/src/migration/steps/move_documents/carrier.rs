//! The carrier: takes documents from one collection to another, some at a time.

use std::collections::HashSet;

use bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::{
    ClientSession, Collection,
    error::Error as DriverError,
    options::{ReadConcern, WriteConcern},
};

use crate::{
    error::During,
    migration::{
        Context, StepError,
        steps::{
            Refused,
            server::{self, Attempts},
        },
    },
    numbers::count,
};

/// A batch ends with so many documents, or when it has this size: a transaction is to be short.
const DOCUMENTS: i64 = 500;
const BYTES: usize = 4 * 1024 * 1024;

pub(super) struct Carrier<'c> {
    context: &'c Context,
    from: Collection<RawDocumentBuf>,
    filter: &'c Document,
    to: Collection<RawDocumentBuf>,
    transactions: bool,
}

/// What came of a batch.
struct Carried {
    found: usize,
    moved: u64,
}

enum Failure {
    Driver(DriverError),
    Refused(Refused),
}

impl<'c> Carrier<'c> {
    pub(super) async fn new(
        context: &'c Context,
        from: &str,
        filter: &'c Document,
        to: &str,
    ) -> Result<Self, StepError> {
        let transactions = server::has_transactions(context).await.during("greet the server", from)?;
        let (from, to) = (server::collection(context, from), server::collection(context, to));
        Ok(Self { context, from, filter, to, transactions })
    }

    /// Until the filter finds nothing any more.
    pub(super) async fn carry(&self) -> Result<(), StepError> {
        let mut attempts = Attempts::of(self.context);
        loop {
            match self.batch().await {
                Ok(Carried { found: 0, .. }) => return Ok(()),
                Ok(Carried { moved, .. }) => {
                    self.context.count(moved);
                    attempts = Attempts::of(self.context);
                }
                Err(Failure::Refused(refused)) => return Err(refused.into()),
                // Whatever has become of this batch, the next one begins with what is left.
                Err(Failure::Driver(error)) if attempts.again(&error).await => {}
                Err(Failure::Driver(error)) => Err(error).during("move documents", self.from.name())?,
            }
        }
    }

    async fn batch(&self) -> Result<Carried, Failure> {
        if self.context.in_transaction() {
            let mut session = self.context.session().await;
            return self.carry_some(&mut session, true).await;
        }
        let mut session = self.context.client().start_session().await?;
        if !self.transactions {
            return self.carry_some(&mut session, false).await;
        }
        session
            .start_transaction()
            .read_concern(ReadConcern::snapshot())
            .write_concern(WriteConcern::majority())
            .await?;
        let carried = self.carry_some(&mut session, true).await;
        match carried {
            Ok(_) => session.commit_transaction().await?,
            // What cannot be aborted any more has ended by itself.
            Err(_) => drop(session.abort_transaction().await),
        }
        carried
    }

    async fn carry_some(
        &self,
        session: &mut ClientSession,
        in_transaction: bool,
    ) -> Result<Carried, Failure> {
        let found = self.read(session).await?;
        let ids: Vec<Bson> = found.iter().filter_map(id_of).collect();
        if found.is_empty() {
            return Ok(Carried { found: 0, moved: 0 });
        }
        let same_ids = doc! { "_id": { "$in": ids } };
        let copied = self.copied(session, &same_ids, &found).await?;
        let is_missing = |one: &&RawDocumentBuf| !copied.contains(one.as_bytes());
        let missing: Vec<_> = found.iter().filter(is_missing).collect();
        if !missing.is_empty() {
            self.to.insert_many(missing).session(&mut *session).await?;
        }
        let moved = if in_transaction {
            self.from.delete_many(same_ids).session(session).await?.deleted_count
        } else {
            self.delete_unchanged(session, &found).await?
        };
        Ok(Carried { found: found.len(), moved })
    }

    async fn read(&self, session: &mut ClientSession) -> Result<Vec<RawDocumentBuf>, Failure> {
        let mut cursor = self.from.find(self.filter.clone()).limit(DOCUMENTS).session(&mut *session).await?;
        let (mut found, mut bytes) = (Vec::new(), 0);
        while bytes < BYTES
            && let Some(document) = cursor.next(&mut *session).await.transpose()?
        {
            bytes += document.as_bytes().len();
            found.push(document);
        }
        Ok(found)
    }

    /// Those that are there already, because a run was cut off.
    async fn copied(
        &self,
        session: &mut ClientSession,
        same_ids: &Document,
        found: &[RawDocumentBuf],
    ) -> Result<HashSet<Vec<u8>>, Failure> {
        let originals: HashSet<&[u8]> = found.iter().map(|original| original.as_bytes()).collect();
        let mut copied = HashSet::new();
        let mut cursor = self.to.find(same_ids.clone()).session(&mut *session).await?;
        while let Some(there) = cursor.next(&mut *session).await.transpose()? {
            if !originals.contains(there.as_bytes()) {
                let (from, to) = (self.from.name().to_owned(), self.to.name().to_owned());
                let example = Box::new(id_of(&there).unwrap_or(Bson::Null));
                return Err(Failure::Refused(Refused::Occupied { from, to, documents: 1, example }));
            }
            copied.insert(there.into_bytes());
        }
        Ok(copied)
    }

    /// Where there are no transactions: the originals of which there is a copy, and the copies of those that somebody has changed meanwhile, which
    /// are taken once more.
    async fn delete_unchanged(
        &self,
        session: &mut ClientSession,
        found: &[RawDocumentBuf],
    ) -> Result<u64, Failure> {
        let mut changed = 0_u64;
        for one in found {
            let still = server::still(one).map_err(DriverError::from)?;
            let deleted = self.from.delete_one(still.clone()).session(&mut *session).await?;
            if deleted.deleted_count == 0 {
                self.to.delete_one(still).session(&mut *session).await?;
                changed += 1;
            }
        }
        Ok(count(found).saturating_sub(changed))
    }
}

fn id_of(document: &RawDocumentBuf) -> Option<Bson> {
    Bson::try_from(document.get("_id").ok()??).ok()
}

impl From<DriverError> for Failure {
    fn from(error: DriverError) -> Self {
        Self::Driver(error)
    }
}
