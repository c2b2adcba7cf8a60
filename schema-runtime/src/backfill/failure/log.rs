//! The records of one collection's failures, as they are written and looked through.

use bson::{Bson, DateTime, Document, RawDocumentBuf, doc, oid::ObjectId};
use futures_util::TryStreamExt;
use mongodb::{Collection, Database};
use schema_core::Chain;

use super::{FAILURES, Failure, FailureRecord};
use crate::{
    error::{During, Error},
    retry::with_retries,
    update_command::UpdateCommand,
};

#[derive(Debug, Clone)]
pub(in crate::backfill) struct FailureLog {
    update: UpdateCommand,
    records: Collection<Document>,
    collection: String,
    chain: Chain,
    run: ObjectId,
    pass: u32,
}

impl FailureLog {
    pub(in crate::backfill) fn new(
        database: &Database,
        collection: String,
        chain: Chain,
        run: ObjectId,
    ) -> Self {
        Self {
            update: UpdateCommand::new(database.clone(), FAILURES, None),
            records: database.collection(FAILURES),
            collection,
            chain,
            run,
            pass: 1,
        }
    }

    pub(in crate::backfill) fn of_pass(&self, pass: u32) -> Self {
        Self { pass, ..self.clone() }
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

    fn upsert(&self, failure: &Failure) -> Document {
        let now = DateTime::now();
        let step = failure.step.map(|(from, to)| doc! { "from": i64::from(from), "to": i64::from(to) });
        doc! {
            "q": { "_id": { "$eq": self.id(failure.id.clone()) } },
            "u": {
                "$set": {
                    "collection": &self.collection,
                    "type": self.chain.type_name,
                    "targetVersion": i64::from(self.chain.version),
                    "kind": failure.kind,
                    "storedVersion": failure.stored_version.map(i64::from),
                    "step": step,
                    "path": failure.path.clone(),
                    "error": &failure.error,
                    "lastSeen": now,
                    "run": self.run,
                    "pass": i64::from(self.pass),
                },
                "$setOnInsert": { "firstSeen": now },
                "$inc": { "attempts": 1 },
            },
            "upsert": true,
        }
    }

    /// Removes the records of this collection that a complete pass has not renewed: their documents have been
    /// upgraded or are gone.
    pub(in crate::backfill) async fn remove_resolved(&self) -> Result<(), Error> {
        self.remove(doc! {}).await
    }

    /// The same among the records of these documents.
    pub(in crate::backfill) async fn remove_resolved_of(
        &self,
        records: &[FailureRecord],
    ) -> Result<(), Error> {
        let ids: Vec<Document> = records.iter().map(|record| self.id(record.id.document.clone())).collect();
        self.remove(doc! { "_id": { "$in": ids } }).await
    }

    async fn remove(&self, mut stale: Document) -> Result<(), Error> {
        let renewed = doc! { "run": self.run, "pass": i64::from(self.pass) };
        stale.extend(doc! { "collection": &self.collection, "$nor": [renewed] });
        with_retries(|| self.records.delete_many(stale.clone()))
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

    /// The records after this one, in the order of the documents' ids.
    pub(in crate::backfill) async fn after(
        &self,
        last: Option<&FailureRecord>,
        limit: u32,
    ) -> Result<Vec<FailureRecord>, Error> {
        let mut range = match last {
            Some(record) => doc! { "$gt": self.id(record.id.document.clone()) },
            // Less than that of every document: it lacks a field that they have.
            None => doc! { "$gte": { "collection": &self.collection } },
        };
        // The next name there can be.
        range.insert("$lt", doc! { "collection": format!("{}\0", self.collection) });
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
