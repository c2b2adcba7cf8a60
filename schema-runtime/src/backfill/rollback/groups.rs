//! The pre-images of a run, so that those of one document are never apart: one by itself cannot say whether the document has been
//! changed since.

use bson::{Bson, Document, RawDocumentBuf, doc, oid::ObjectId};
use mongodb::Collection;

use crate::{
    backfill::{partition::partitions_of, task::Batches},
    error::{During, Error},
    id_scan::{At, Batch, IdScan, Range},
    population::Population,
    retry::with_retries,
};

/// The pre-images of one run, by the places of their ids in the index.
#[derive(Debug, Clone)]
pub(super) struct Preimages {
    pub(super) collection: Collection<RawDocumentBuf>,
    /// The collection that was backfilled.
    pub(super) of: String,
    pub(super) run: ObjectId,
}

impl Preimages {
    pub(super) async fn count(&self) -> Result<u64, Error> {
        with_retries(|| self.collection.count_documents(self.filter()))
            .await
            .during("count the pre-images", self.collection.name())
    }

    pub(super) async fn partitions(&self, preimages: u64, size: u64) -> Result<Vec<Range>, Error> {
        let before_all_of = |id: Bson| match &id {
            Bson::Document(id) => self.id(id.get("document").cloned()).into(),
            _ => id,
        };
        let mut ranges =
            partitions_of(&self.collection, preimages, size, self.filter(), before_all_of).await?;
        if let Some(first) = ranges.first_mut() {
            first.lower = Some(At { at: self.id(None).into() });
        }
        if let Some(last) = ranges.last_mut() {
            last.upper = Some(At { at: self.end().into() });
        }
        Ok(ranges)
    }

    pub(super) fn reader(&self, range: Range, position: Option<At>) -> Groups {
        let scan = IdScan::new(Population::all_of(self.collection.clone()), range, position);
        Groups { preimages: self.clone(), scan }
    }

    /// Ids of one type, which the server compares by themselves.
    fn filter(&self) -> Document {
        doc! { "_id": { "$gte": self.id(None), "$lt": self.end() } }
    }

    /// A place before all pre-images of a document, or of the run.
    fn id(&self, document: Option<Bson>) -> Document {
        let mut id = doc! { "collection": &self.of, "run": self.run };
        id.extend(document.map(|document| ("document".to_owned(), document)));
        id
    }

    /// The place behind all pre-images of a document.
    fn behind(&self, document: Bson) -> Document {
        let mut id = self.id(Some(document));
        id.insert("token", Bson::MaxKey);
        id
    }

    /// The place behind all pre-images of the run.
    fn end(&self) -> Document {
        self.behind(Bson::MaxKey)
    }
}

/// Reads a partition in batches that end where the pre-images of a document do.
pub(super) struct Groups {
    preimages: Preimages,
    scan: IdScan,
}

impl Batches for Groups {
    type Batch = Batch;

    async fn next_batch(&mut self, limit: u32) -> Result<Option<Batch>, Error> {
        let Some(mut batch) = self.scan.next_batch(limit).await? else { return Ok(None) };
        let document = match &batch.last {
            Some(At { at: Bson::Document(id) }) => id.get("document").cloned(),
            _ => None,
        };
        let Some(document) = document else { return Ok(Some(batch)) };
        let end = At { at: self.preimages.behind(document).into() };
        let range = Range { upper: Some(end.clone()), ..Range::default() };
        let collection = Population::all_of(self.preimages.collection.clone());
        let mut rest = IdScan::new(collection, range, batch.last);
        while let Some(more) = rest.next_batch(limit).await? {
            batch.documents.extend(more.documents);
        }
        self.scan.go_on_after(end.clone());
        batch.last = Some(end);
        Ok(Some(batch))
    }
}
