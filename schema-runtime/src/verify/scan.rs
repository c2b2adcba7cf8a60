//! Scan: all documents, in the order of `_id`, a batch at a time.
//!
//! As in a backfill, each batch is a query of its own from a position on: a long cursor dies with its server, and a range
//! filter only compares within one BSON type.

use bson::{Bson, RawDocumentBuf, doc};
use mongodb::{Collection, options::Hint};

use super::batch::{BATCH, bounded};
use crate::{
    error::{During, Error},
    retry::with_retries,
};

pub(super) struct Scan {
    collection: Collection<RawDocumentBuf>,
    position: Option<Bson>,
    /// How many documents after the position have been read: those whose `_id` is no text that a driver can say.
    passed: u64,
}

impl Scan {
    pub(super) fn new(collection: Collection<RawDocumentBuf>) -> Self {
        Self { collection, position: None, passed: 0 }
    }

    /// The next documents; empty at the end of the collection.
    pub(super) async fn next_batch(&mut self) -> Result<Vec<RawDocumentBuf>, Error> {
        // The last value there is; the server refuses it as a lower bound.
        if self.position == Some(Bson::MaxKey) {
            return Ok(Vec::new());
        }
        let batch = with_retries(|| self.read()).await.during("read a batch", self.collection.name())?;
        for document in &batch {
            match document.get("_id").ok().flatten().map(Bson::try_from) {
                Some(Ok(id)) => (self.position, self.passed) = (Some(id), 0),
                _ => self.passed += 1,
            }
        }
        Ok(batch)
    }

    async fn read(&self) -> mongodb::error::Result<Vec<RawDocumentBuf>> {
        let filter = match &self.position {
            Some(position) => doc! { "$expr": { "$ne": ["$_id", { "$literal": position.clone() }] } },
            None => doc! {},
        };
        let mut find = self
            .collection
            .find(filter)
            .sort(doc! { "_id": 1 })
            .hint(Hint::Keys(doc! { "_id": 1 }))
            .skip(self.passed)
            .limit(BATCH.into())
            // The driver's default is a first answer of 101 documents and a second round trip for the rest.
            .batch_size(BATCH);
        if let Some(position) = &self.position {
            find = find.min(doc! { "_id": position.clone() });
        }
        bounded(find.await?).await
    }
}
