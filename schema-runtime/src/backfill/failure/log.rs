//! The records of one job's failures, as they are written and looked through.

use bson::{Bson, DateTime, Document, RawDocumentBuf, doc, oid::ObjectId};
use futures_util::TryStreamExt;
use mongodb::{Collection, Database};
use schema_core::Chain;

use super::{FAILURES, Failure, FailureRecord};
use crate::{
    backfill::{
        job::{Identity, job_name},
        read::ids_about,
    },
    error::{During, Error},
    retry::with_retries,
    update_command::UpdateCommand,
};

#[derive(Debug, Clone)]
pub(in crate::backfill) struct FailureLog {
    update: UpdateCommand,
    records: Collection<Document>,
    /// The collection, or what the books call its rollback.
    collection: String,
    type_name: &'static str,
    target: u32,
    run: ObjectId,
}

impl FailureLog {
    /// Of the backfill of a collection.
    pub(in crate::backfill) fn new(
        database: &Database,
        collection: &str,
        chain: &Chain,
        run: ObjectId,
    ) -> Self {
        Self {
            update: UpdateCommand::new(database.clone(), FAILURES, None),
            records: database.collection(FAILURES),
            collection: collection.to_owned(),
            type_name: chain.type_name,
            target: chain.version,
            run,
        }
    }

    pub(in crate::backfill) fn of_job(database: &Database, job: &Identity, run: ObjectId) -> Self {
        let collection = job_name(&job.collection, job.work.is_rollback());
        Self { target: job.target, ..Self::new(database, &collection, &job.chain, run) }
    }

    /// Writes or renews the record of each failure.
    pub(in crate::backfill) async fn record(&self, failures: &[Failure]) -> Result<(), Error> {
        let upserts: Vec<RawDocumentBuf> = failures
            .iter()
            .map(|failure| RawDocumentBuf::try_from(&self.upsert(failure)))
            .collect::<Result<_, _>>()
            .map_err(mongodb::error::Error::from)
            .during("record failures", FAILURES)?;
        let written = self.update.send("record failures", upserts).await?;
        match written.refused.first() {
            None => Ok(()),
            Some(refusal) => Err(self.update.unexpected(refusal)),
        }
    }

    /// As a pipeline, so that the times are the server's: by them it is told what no later pass has renewed.
    fn upsert(&self, failure: &Failure) -> Document {
        let step = failure.step.map(|(from, to)| doc! { "from": i64::from(from), "to": i64::from(to) });
        let facts = doc! {
            "collection": &self.collection,
            "type": self.type_name,
            "targetVersion": i64::from(self.target),
            "kind": failure.kind,
            "storedVersion": failure.stored_version.map(i64::from),
            "step": step,
            "path": failure.path.clone(),
            "error": &failure.error,
            "run": self.run,
        };
        let mut record: Document =
            facts.into_iter().map(|(name, fact)| (name, doc! { "$literal": fact }.into())).collect();
        record.extend(doc! {
            "firstSeen": { "$ifNull": ["$firstSeen", "$$NOW"] },
            "lastSeen": "$$NOW",
            "attempts": { "$add": [{ "$ifNull": ["$attempts", 0] }, 1] },
        });
        doc! {
            "q": { "_id": { "$eq": self.id(failure.id.clone()) } },
            "u": [{ "$set": record }],
            "upsert": true,
        }
    }

    /// Removes the records of this collection that a complete pass has not renewed, which began at that time: their
    /// documents have been upgraded or are gone. What anybody has recorded since stays, even if this comes late.
    pub(in crate::backfill) async fn remove_resolved(&self, began: DateTime) -> Result<(), Error> {
        self.remove(doc! { "collection": &self.collection, "lastSeen": { "$lt": began } }).await
    }

    /// Removes those of these records that nobody has renewed since they were read.
    pub(in crate::backfill) async fn remove_resolved_of(
        &self,
        records: &[FailureRecord],
    ) -> Result<(), Error> {
        let as_read = records.iter().map(|record| {
            doc! { "_id": self.id(record.id.document.clone()), "attempts": i64::from(record.attempts) }
        });
        self.remove(doc! { "$or": as_read.collect::<Vec<_>>() }).await
    }

    async fn remove(&self, resolved: Document) -> Result<(), Error> {
        with_retries(|| self.records.delete_many(resolved.clone()))
            .await
            .during("remove resolved failures", FAILURES)?;
        Ok(())
    }

    pub(in crate::backfill) async fn count(&self) -> Result<u64, Error> {
        let all = doc! { "collection": &self.collection };
        with_retries(|| self.records.count_documents(all.clone()))
            .await
            .during("count the failures", FAILURES)
    }

    /// The same without documents of a newer version, which are no errors of anybody's.
    pub(in crate::backfill) async fn count_failed(&self) -> Result<u64, Error> {
        let failed = doc! { "collection": &self.collection, "kind": { "$ne": "newer" } };
        with_retries(|| self.records.count_documents(failed.clone()))
            .await
            .during("count the failures", FAILURES)
    }

    /// How many of these documents have failed since.
    pub(in crate::backfill) async fn count_since(&self, ids: &[Bson], since: DateTime) -> Result<u64, Error> {
        let ids: Vec<Document> = ids.iter().map(|id| self.id(id.clone())).collect();
        let filter = doc! { "_id": { "$in": ids }, "lastSeen": { "$gte": since } };
        with_retries(|| self.records.count_documents(filter.clone()))
            .await
            .during("count the failures", FAILURES)
    }

    /// The records after this one, in the order of the documents' ids.
    pub(in crate::backfill) async fn after(
        &self,
        last: Option<&FailureRecord>,
        limit: u32,
    ) -> Result<Vec<FailureRecord>, Error> {
        let mut range = ids_about(&self.collection);
        range.extend(last.map(|record| ("$gt".to_owned(), self.id(record.id.document.clone()).into())));
        let filter = doc! { "_id": range };
        let records = self.records.clone_with_type::<FailureRecord>();
        with_retries(async || {
            let find = records.find(filter.clone()).sort(doc! { "_id": 1 }).limit(limit.into());
            find.await?.try_collect().await
        })
        .await
        .during("read the failures", FAILURES)
    }

    fn id(&self, document: Bson) -> Document {
        doc! { "collection": &self.collection, "document": document }
    }
}
