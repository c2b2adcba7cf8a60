//! Read: the documents of a partition that are not at the current version, in the order of `_id`, a batch at a time.
//!
//! Each batch is a query of its own from a position on, not a piece of one long cursor: a cursor dies with its server,
//! a position does not. Position and bound are index bounds (`min` and `max` on the `_id` index) and not range filters: those
//! compare within one BSON type only.

use bson::{Bson, Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::{Collection, options::Hint};
use schema_core::Chain;

use super::partition::{At, Range};
use crate::{
    error::{During, Error},
    retry::with_retries,
};

/// A batch ends at this size even when it has few documents, so that memory is bounded whatever their size.
const MAX_BATCH_BYTES: usize = 8 * 1024 * 1024;

pub(super) struct Reader {
    collection: Collection<RawDocumentBuf>,
    chain: Chain,
    upper: Option<At>,
    position: Start,
}

/// Where the next batch begins.
enum Start {
    At(Option<At>),
    After(At),
    End,
}

/// Some documents of a partition.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) documents: Vec<RawDocumentBuf>,
    pub(super) bytes: u64,
    /// The `_id` of the last one.
    pub(super) last: At,
}

impl Reader {
    /// Over the range, from after `position` on if there is one.
    pub(super) fn new(
        collection: Collection<RawDocumentBuf>,
        chain: Chain,
        range: Range,
        position: Option<At>,
    ) -> Self {
        let position = match position {
            Some(position) => Start::after(position),
            None => Start::At(range.lower),
        };
        Self { collection, chain, upper: range.upper, position }
    }

    /// The next documents, at most so many; `None` at the end of the partition.
    pub(super) async fn next_batch(&mut self, limit: u32) -> Result<Option<Batch>, Error> {
        if matches!(self.position, Start::End) {
            return Ok(None);
        }
        let (documents, bytes) =
            with_retries(|| self.read(limit)).await.during("read a batch", self.collection.name())?;
        let last = documents.last().and_then(|document| document.get("_id").ok().flatten());
        let Some(Ok(last)) = last.map(Bson::try_from) else {
            self.position = Start::End;
            return Ok(None);
        };
        let last = At { at: last };
        self.position = Start::after(last.clone());
        Ok(Some(Batch { documents, bytes: u64::try_from(bytes).unwrap_or(u64::MAX), last }))
    }

    async fn read(&self, limit: u32) -> mongodb::error::Result<(Vec<RawDocumentBuf>, usize)> {
        let mut find = self
            .collection
            .find(self.filter())
            .sort(doc! { "_id": 1 })
            .hint(Hint::Keys(doc! { "_id": 1 }))
            .limit(limit.into())
            .batch_size(limit);
        if let Start::At(Some(At { at })) | Start::After(At { at }) = &self.position {
            find = find.min(doc! { "_id": at.clone() });
        }
        if let Some(At { at }) = &self.upper {
            find = find.max(doc! { "_id": at.clone() });
        }
        let mut cursor = find.await?;
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < MAX_BATCH_BYTES
            && let Some(document) = cursor.try_next().await?
        {
            bytes += document.as_bytes().len();
            batch.push(document);
        }
        Ok((batch, bytes))
    }

    /// By expression, because in a filter `$ne` looks into arrays, where an expression compares the value.
    fn filter(&self) -> Document {
        let field = format!("${}", self.chain.version_field);
        let mut conditions = vec![doc! { "$ne": [field, i64::from(self.chain.version)] }];
        if let Start::After(At { at }) = &self.position {
            conditions.push(doc! { "$ne": ["$_id", { "$literal": at.clone() }] });
        }
        doc! { "$expr": { "$and": conditions } }
    }
}

impl Start {
    fn after(position: At) -> Self {
        // The last value there is; the server refuses it as a lower bound.
        if position.at == Bson::MaxKey { Self::End } else { Self::After(position) }
    }
}
