//! Read: the documents that are not at the current version, in the order of `_id`, a batch at a time.
//!
//! The position is an index bound (`min` on the `_id` index) and not a range filter: `$gt` only compares within one
//! BSON type, and a collection whose `_id`s are of several types would be cut short.

use bson::{Bson, Document, RawDocumentBuf, doc};
use futures_util::StreamExt;
use mongodb::{Collection, Cursor, options::Hint};
use schema_core::Chain;

use crate::{
    error::{During, Error},
    retry::with_retries,
};

/// A batch ends at this size even when it has few documents, so that memory is bounded whatever their size.
const MAX_BATCH_BYTES: usize = 8 * 1024 * 1024;

pub(super) struct Reader {
    query: Query,
    cursor: Option<Cursor<RawDocumentBuf>>,
    position: Option<Bson>,
}

impl Reader {
    pub(super) fn new(collection: Collection<RawDocumentBuf>, chain: Chain, batch_size: u32) -> Self {
        Self { query: Query { collection, chain, batch_size }, cursor: None, position: None }
    }

    /// The next documents; empty at the end of the collection.
    pub(super) async fn next_batch(&mut self) -> Result<Vec<RawDocumentBuf>, Error> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < usize::try_from(self.query.batch_size).unwrap_or(usize::MAX)
            && bytes < MAX_BATCH_BYTES
        {
            let Some(document) = self.next_document().await? else {
                break;
            };
            bytes += document.as_bytes().len();
            self.position = document.get("_id").ok().flatten().and_then(|id| Bson::try_from(id).ok());
            batch.push(document);
        }
        Ok(batch)
    }

    async fn next_document(&mut self) -> Result<Option<RawDocumentBuf>, Error> {
        if let Some(cursor) = &mut self.cursor {
            match cursor.next().await {
                Some(Ok(document)) => return Ok(Some(document)),
                None => return Ok(None),
                // A cursor dies with its server; the position does not.
                Some(Err(error)) => {
                    tracing::warn!(%error, position = ?self.position, "the read broke off; reading on from its position");
                }
            }
        }
        let (cursor, first) = with_retries(|| self.query.open(self.position.as_ref()))
            .await
            .during("read a batch", self.query.collection.name())?;
        self.cursor = Some(cursor);
        Ok(first)
    }
}

/// What is read, without how far: a cursor cannot be shared between threads, and retries have to be.
struct Query {
    collection: Collection<RawDocumentBuf>,
    chain: Chain,
    batch_size: u32,
}

impl Query {
    /// A cursor behind the position, proven by its first document.
    async fn open(
        &self,
        position: Option<&Bson>,
    ) -> mongodb::error::Result<(Cursor<RawDocumentBuf>, Option<RawDocumentBuf>)> {
        let mut find = self
            .collection
            .find(self.filter(position))
            .sort(doc! { "_id": 1 })
            .hint(Hint::Keys(doc! { "_id": 1 }))
            .batch_size(self.batch_size);
        if let Some(position) = position {
            find = find.min(doc! { "_id": position.clone() });
        }
        let mut cursor = find.await?;
        let first = cursor.next().await.transpose()?;
        Ok((cursor, first))
    }

    /// By expression, because in a filter `$ne` looks into arrays, where an expression compares the value.
    fn filter(&self, position: Option<&Bson>) -> Document {
        let field = format!("${}", self.chain.version_field);
        let mut conditions = vec![doc! { "$ne": [field, i64::from(self.chain.version)] }];
        if let Some(position) = position {
            conditions.push(doc! { "$ne": ["$_id", { "$literal": position.clone() }] });
        }
        doc! { "$expr": { "$and": conditions } }
    }
}
