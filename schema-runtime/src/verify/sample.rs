//! Sample: documents that the server picks at random, a batch at a time.

use bson::{RawDocumentBuf, doc};

use super::BATCH;
use crate::{
    batch::bounded,
    error::{During, Error},
    numbers::count,
    population::Population,
    retry::with_retries,
};

pub(super) struct Sample {
    population: Population,
    left: u64,
}

impl Sample {
    pub(super) fn new(population: Population, documents: u64) -> Self {
        Self { population, left: documents }
    }

    /// The next documents; empty when there are enough.
    pub(super) async fn next_batch(&mut self) -> Result<Vec<RawDocumentBuf>, Error> {
        if self.left == 0 {
            return Ok(Vec::new());
        }
        let batch = with_retries(|| self.read()).await.during("read a sample", self.population.name())?;
        self.left = self.left.saturating_sub(count(&batch));
        Ok(batch)
    }

    /// A few at a time: those the server finds by jumping about, where a large part would have it sort the collection. Among documents of
    /// a kind it does not jump about.
    async fn read(&self) -> mongodb::error::Result<Vec<RawDocumentBuf>> {
        let size = i64::from(BATCH).min(i64::try_from(self.left).unwrap_or(i64::MAX));
        let sample = doc! { "$sample": { "size": size } };
        let cursor = self.population.aggregate([sample]).batch_size(BATCH).with_type().await?;
        bounded(cursor).await
    }
}
