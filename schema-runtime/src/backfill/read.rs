//! Read: the documents that are not at the current version, in the order of `_id`, a batch at a time.
//!
//! Each batch is a query of its own from a position on, not a piece of one long cursor: a cursor dies with its server,
//! a position does not. The position is an index bound (`min` on the `_id` index) and not a range filter: `$gt` only
//! compares within one BSON type, and a collection whose `_id`s are of several types would be cut short.

use bson::{Bson, Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::{Collection, options::Hint};
use schema_core::Chain;

use crate::{
    error::{During, Error},
    retry::with_retries,
};

/// A batch ends at this size even when it has few documents, so that memory is bounded whatever their size.
const MAX_BATCH_BYTES: usize = 8 * 1024 * 1024;

pub(super) struct Reader {
    collection: Collection<RawDocumentBuf>,
    chain: Chain,
    batch_size: u32,
    position: Option<Bson>,
}

impl Reader {
    pub(super) fn new(collection: Collection<RawDocumentBuf>, chain: Chain, batch_size: u32) -> Self {
        Self { collection, chain, batch_size, position: None }
    }

    /// The next documents; empty at the end of the collection.
    pub(super) async fn next_batch(&mut self) -> Result<Vec<RawDocumentBuf>, Error> {
        // The last value there is; the server refuses it as a lower bound.
        if self.position == Some(Bson::MaxKey) {
            return Ok(Vec::new());
        }
        let batch = with_retries(|| self.read()).await.during("read a batch", self.collection.name())?;
        let last = batch.last().and_then(|document| document.get("_id").ok().flatten());
        if let Some(Ok(last)) = last.map(Bson::try_from) {
            self.position = Some(last);
        }
        Ok(batch)
    }

    /// A batch from the position on.
    async fn read(&self) -> mongodb::error::Result<Vec<RawDocumentBuf>> {
        let mut find = self
            .collection
            .find(self.filter())
            .sort(doc! { "_id": 1 })
            .hint(Hint::Keys(doc! { "_id": 1 }))
            .limit(self.batch_size.into());
        if let Some(position) = &self.position {
            find = find.min(doc! { "_id": position.clone() });
        }
        let mut cursor = find.await?;
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < MAX_BATCH_BYTES
            && let Some(document) = cursor.try_next().await?
        {
            bytes += document.as_bytes().len();
            batch.push(document);
        }
        Ok(batch)
    }

    /// By expression, because in a filter `$ne` looks into arrays, where an expression compares the value.
    fn filter(&self) -> Document {
        let field = format!("${}", self.chain.version_field);
        let mut conditions = vec![doc! { "$ne": [field, i64::from(self.chain.version)] }];
        if let Some(position) = &self.position {
            conditions.push(doc! { "$ne": ["$_id", { "$literal": position.clone() }] });
        }
        doc! { "$expr": { "$and": conditions } }
    }
}
