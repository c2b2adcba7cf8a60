//! Sample: documents that the server picks at random, a batch at a time.

use bson::{RawDocumentBuf, doc};
use mongodb::Collection;

use super::BATCH;
use crate::{
    batch::bounded,
    error::{During, Error},
    numbers::count,
    retry::with_retries,
};

pub(super) struct Sample {
    collection: Collection<RawDocumentBuf>,
    left: u64,
}

impl Sample {
    pub(super) fn new(collection: Collection<RawDocumentBuf>, documents: u64) -> Self {
        Self { collection, left: documents }
    }

    /// The next documents; empty when there are enough.
    pub(super) async fn next_batch(&mut self) -> Result<Vec<RawDocumentBuf>, Error> {
        if self.left == 0 {
            return Ok(Vec::new());
        }
        let batch = with_retries(|| self.read()).await.during("read a sample", self.collection.name())?;
        self.left = self.left.saturating_sub(count(&batch));
        Ok(batch)
    }

    /// A few at a time: those the server finds by jumping about, where a large part would have it sort the collection.
    async fn read(&self) -> mongodb::error::Result<Vec<RawDocumentBuf>> {
        let size = i64::from(BATCH).min(i64::try_from(self.left).unwrap_or(i64::MAX));
        let sample = doc! { "$sample": { "size": size } };
        let cursor = self.collection.aggregate([sample]).batch_size(BATCH).with_type().await?;
        bounded(cursor).await
    }
}
