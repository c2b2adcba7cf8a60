//! Stretches: a partition as ranges of about so many documents each, without reading the documents.
//!
//! Where the next one begins is found in the `_id` index alone. The bounds are said in expressions: those compare ids of
//! every BSON type in the order of the index, and the server takes them for bounds of it.

use bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::{Collection, options::Hint};

use crate::{
    error::{During, Error},
    id_scan::{At, Range},
    retry::with_retries,
};

/// How many ids are looked at for one that a driver can say.
const CANDIDATES: u32 = 4;

/// Documents in a row, by their ids.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stretch {
    pub(super) range: Range,
    /// How many there are; at the end of a partition, how many there are at most.
    pub(super) documents: u64,
}

impl Stretch {
    /// The filter for all documents in it.
    pub(super) fn filter(&self) -> Document {
        let bound = |at: &At| doc! { "$literal": at.at.clone() };
        let lower = self.range.lower.iter().map(|at| doc! { "$gte": ["$_id", bound(at)] });
        let upper = self.range.upper.iter().map(|at| doc! { "$lt": ["$_id", bound(at)] });
        let bounds: Vec<Document> = lower.chain(upper).collect();
        if bounds.is_empty() {
            Document::new()
        } else {
            doc! { "$expr": { "$and": bounds } }
        }
    }
}

pub(super) struct Stretches {
    collection: Collection<RawDocumentBuf>,
    /// What is left of the partition.
    rest: Option<Range>,
}

impl Stretches {
    /// Over the range; with `position`, from there on.
    pub(super) fn new(collection: Collection<RawDocumentBuf>, range: Range, position: Option<At>) -> Self {
        let lower = position.or(range.lower);
        Self { collection, rest: Some(Range { lower, ..range }) }
    }

    /// The next stretch of so many documents; `None` at the end of the range.
    pub(super) async fn next(&mut self, limit: u32) -> Result<Option<Stretch>, Error> {
        let Some(rest) = self.rest.take() else { return Ok(None) };
        // Looking costs a fiftieth of the change. Not for what may be growing.
        if let Some(documents) = rest.documents
            && rest.upper.is_some()
            && documents <= u64::from(limit) * 3 / 2
        {
            return Ok(Some(Stretch { range: rest, documents }));
        }
        let found = with_retries(|| self.after(&rest, limit))
            .await
            .during("look for the next range", self.collection.name())?;
        let next = (0..).zip(found).find_map(|(passed, id)| Some((u64::from(limit) + passed, id?)));
        let Some((documents, next)) = next else {
            return Ok(Some(Stretch { range: rest, documents: limit.into() }));
        };
        let range = Range { lower: rest.lower, upper: Some(next.clone()), documents: Some(documents) };
        let more = rest.documents.map(|all| all.saturating_sub(documents));
        self.rest = Some(Range { lower: Some(next), upper: rest.upper, documents: more });
        Ok(Some(Stretch { range, documents }))
    }

    /// What is left of the range.
    pub(super) fn rest(self) -> Option<Range> {
        self.rest
    }

    /// The ids behind so many documents; `None` for one that no driver can say.
    async fn after(&self, rest: &Range, documents: u32) -> mongodb::error::Result<Vec<Option<At>>> {
        let lower = rest.lower.as_ref();
        // The last value there is; the server refuses it as a bound of a scan.
        if lower.is_some_and(|lower| lower.at == Bson::MaxKey) {
            return Ok(Vec::new());
        }
        let mut find = self
            .collection
            .find(doc! {})
            .projection(doc! { "_id": 1 })
            .sort(doc! { "_id": 1 })
            .hint(Hint::Keys(doc! { "_id": 1 }))
            .skip(documents.into())
            .limit(CANDIDATES.into());
        // A scan with a lower bound and no upper one ends before the greatest value, which then is in the last stretch.
        if let Some(At { at }) = lower {
            find = find.min(doc! { "_id": at.clone() });
        }
        if let Some(At { at }) = &rest.upper {
            find = find.max(doc! { "_id": at.clone() });
        }
        let mut cursor = find.await?;
        let mut ids = Vec::new();
        while cursor.advance().await? {
            let id = cursor.current().get("_id").ok().flatten();
            ids.push(id.and_then(|id| Bson::try_from(id).ok()).map(|at| At { at }));
        }
        Ok(ids)
    }
}
