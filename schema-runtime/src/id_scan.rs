//! The documents of a collection in the order of `_id`, a batch at a time.
//!
//! Each batch is a query of its own from a position on, not a piece of one long cursor: a cursor dies with its server,
//! a position does not. Position and bound are bounds of the `_id` index (`min` and `max`) and not range filters: `$gt`
//! compares within one BSON type only, and a collection may hold ids of many.

use bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::options::Hint;
use serde::{Deserialize, Serialize};

use crate::{
    batch::bounded,
    error::{During, Error},
    population::Population,
    retry::with_retries,
};

/// An `_id` as a position. Wrapped, because null is an id like any other, and no position is something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct At {
    pub(crate) at: Bson,
}

/// From one `_id` on up to, and without, another.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Range {
    pub(crate) lower: Option<At>,
    pub(crate) upper: Option<At>,
    /// About how many documents there are, where that is known.
    pub(crate) documents: Option<u64>,
}

pub(crate) struct IdScan {
    population: Population,
    /// An expression that is true of the documents to be read.
    condition: Option<Document>,
    upper: Option<At>,
    start: Start,
    /// How many documents from there on have been read: those whose `_id` is no value that a driver can say.
    passed: u64,
}

/// Where the next batch begins.
enum Start {
    At(Option<At>),
    After(At),
    /// With the greatest value there is: a scan that has a lower bound and no upper one stops before it.
    Greatest,
    End,
}

/// Some documents in a row.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) documents: Vec<RawDocumentBuf>,
    /// The `_id` to go on from after this batch, unless it is the one before it.
    pub(crate) last: Option<At>,
}

impl IdScan {
    /// Over the range, from after `position` on if there is one.
    pub(crate) fn new(population: Population, range: Range, position: Option<At>) -> Self {
        let start = match position {
            Some(position) => Start::after(position),
            None => Start::At(range.lower),
        };
        Self { population, condition: None, upper: range.upper, start, passed: 0 }
    }

    /// Only documents of which this expression is true.
    pub(crate) fn only(mut self, condition: Document) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Goes on after this position, and not after the last document that was read.
    pub(crate) fn go_on_after(&mut self, position: At) {
        self.start = Start::after(position);
        self.passed = 0;
    }

    /// The next documents, at most so many; `None` at the end of the range.
    pub(crate) async fn next_batch(&mut self, limit: u32) -> Result<Option<Batch>, Error> {
        while !matches!(self.start, Start::End) {
            let documents =
                with_retries(|| self.read(limit)).await.during("read a batch", self.population.name())?;
            if documents.is_empty() {
                let to_the_end = matches!(self.start, Start::At(None) | Start::Greatest);
                self.start = if to_the_end || self.upper.is_some() { Start::End } else { Start::Greatest };
                self.passed = 0;
                continue;
            }
            let mut last = None;
            for document in &documents {
                match document.get("_id").ok().flatten().map(Bson::try_from) {
                    Some(Ok(at)) => (last, self.passed) = (Some(At { at }), 0),
                    _ => self.passed += 1,
                }
            }
            if let Some(last) = &last {
                self.start = Start::after(last.clone());
            }
            return Ok(Some(Batch { documents, last }));
        }
        Ok(None)
    }

    async fn read(&self, limit: u32) -> mongodb::error::Result<Vec<RawDocumentBuf>> {
        let mut find = self
            .population
            .find(self.filter())
            .sort(doc! { "_id": 1 })
            .hint(Hint::Keys(doc! { "_id": 1 }))
            .skip(self.passed)
            .limit(limit.into())
            // The driver's default is a first answer of 101 documents and a second round trip for the rest.
            .batch_size(limit);
        match &self.start {
            Start::At(Some(At { at })) | Start::After(At { at }) => {
                find = find.min(doc! { "_id": at.clone() })
            }
            Start::At(None) | Start::Greatest | Start::End => {}
        }
        if let Some(At { at }) = &self.upper {
            find = find.max(doc! { "_id": at.clone() });
        }
        bounded(find.await?).await
    }

    fn filter(&self) -> Document {
        let mut conditions: Vec<Document> = self.condition.iter().cloned().collect();
        if let Start::After(At { at }) = &self.start {
            conditions.push(doc! { "$ne": ["$_id", { "$literal": at.clone() }] });
        }
        let mut filter = Document::new();
        if let Start::Greatest = self.start {
            filter.insert("_id", Bson::MaxKey);
        }
        if !conditions.is_empty() {
            filter.insert("$expr", doc! { "$and": conditions });
        }
        filter
    }
}

impl Start {
    fn after(position: At) -> Self {
        // The last value there is; the server refuses it as a lower bound.
        if position.at == Bson::MaxKey { Self::End } else { Self::After(position) }
    }
}
