//! The task of a rollback by steps: documents above a version back to it, through steps that are `reversible`.

use std::marker::PhantomData;

use bson::{Document, RawDocument, RawDocumentBuf, doc};
use schema_core::{Chain, DecodeOwned, Unversioned, peek};

use crate::{
    backfill::{
        convert::Converted,
        job::{Identity, Turn},
        left::Closing,
        partition::partitions,
        side::Side,
        task::{Due, Left, Task},
        work::Work,
        write::{BatchWriter, Conversion, Outcome},
    },
    census::Census,
    collection::VersionedCollection,
    convert::change,
    error::Error,
    id_scan::{At, Batch, IdScan, Range},
    versions::Lowering,
};

pub(super) struct Downgrade<'b, T: Send + Sync> {
    versioned: &'b VersionedCollection<T>,
    identity: Identity,
    writer: BatchWriter,
    conversion: Down<T>,
    lowering: Lowering,
}

impl<'b, T: DecodeOwned + Send + Sync> Downgrade<'b, T> {
    /// `collated`: whether the collection has a collation of its own.
    pub(super) fn new(
        versioned: &'b VersionedCollection<T>,
        version: u32,
        collated: bool,
        dry_run: bool,
    ) -> Self {
        let identity =
            Identity { work: Work::Downgrade, target: version, ..Identity::of::<T>(versioned.name()) };
        let writer = BatchWriter::new(versioned, dry_run, None);
        let conversion = Down { version, collated, document: PhantomData };
        let lowering = Lowering::new(&versioned.database(), &identity.collection, Some(version));
        Self { versioned, identity, writer, conversion, lowering }
    }

    /// Which documents are above the version, or may be: also those whose version is no number.
    fn condition(&self) -> Document {
        let field = format!("${}", T::CHAIN.version_field);
        let below = doc! { "$and": [
            { "$isNumber": &field },
            { "$lte": [&field, i64::from(self.conversion.version)] },
        ] };
        let mut passed_by = vec![below];
        if !self.conversion.is_above(None) {
            passed_by.push(doc! { "$eq": [{ "$type": &field }, "missing"] });
        }
        doc! { "$not": [{ "$or": passed_by }] }
    }

    fn due_in(&self, census: &Census) -> u64 {
        let above = |version: &u32| *version > self.conversion.version && T::CHAIN.knows(*version);
        let stamped: u64 = census.versions.iter().filter(|(version, _)| above(version)).map(|(_, n)| n).sum();
        stamped + if self.conversion.is_above(None) { census.unversioned } else { 0 }
    }
}

impl<T: DecodeOwned + Send + Sync> Task for Downgrade<'_, T> {
    type Reader = IdScan;

    fn identity(&self) -> &Identity {
        &self.identity
    }

    async fn may_begin(&self) -> Result<bool, Error> {
        self.lowering.is_known().await
    }

    async fn due(&self) -> Result<Due, Error> {
        let documents = self.due_in(&self.versioned.census().await?);
        Ok(Due { documents, side: Side::Client })
    }

    async fn left(&self, side: Side, closing: &Closing<'_>) -> Result<Left, Error> {
        let due = self.due_in(&self.versioned.committed_census().await?);
        let is_due = |document: &RawDocument| {
            let peeked = peek(document.as_bytes(), T::CHAIN.version_field);
            peeked.is_ok_and(|version| {
                self.conversion.is_above(version) && version.is_none_or(|version| T::CHAIN.knows(version))
            })
        };
        let documents = closing.passed_by(due, self.reader(side, Range::default(), None), is_due).await?;
        Ok(Left { documents, nothing: documents == 0 })
    }

    async fn partitions(&self, _: Side, documents: u64, size: u64) -> Result<Vec<Range>, Error> {
        partitions(self.versioned.fresh().whole(), documents, size).await
    }

    fn reader(&self, _: Side, range: Range, position: Option<At>) -> IdScan {
        IdScan::new(self.versioned.fresh(), range, position).only(self.condition())
    }

    async fn settle(&self, batch: Batch, turn: Option<Turn>) -> Result<Outcome, Error> {
        self.writer.write(&self.conversion, batch.documents, turn).await
    }
}

struct Down<T> {
    version: u32,
    collated: bool,
    document: PhantomData<fn() -> T>,
}

impl<T: DecodeOwned> Down<T> {
    /// Whether a document that says it has this version, or says nothing, is above the one to go back to.
    fn is_above(&self, peeked: Option<u32>) -> bool {
        match (peeked, T::CHAIN.unversioned) {
            (Some(version), _) | (None, Unversioned::Version(version)) => version > self.version,
            (None, Unversioned::Reject) => true,
        }
    }
}

impl<T: DecodeOwned> Conversion for Down<T> {
    fn chain(&self) -> &Chain {
        &T::CHAIN
    }

    fn convert(&self, stored: &RawDocumentBuf) -> Converted {
        if self.is_done(stored) {
            return Converted::Done;
        }
        Converted::of(change::<T>(stored, Some(self.version), self.collated), &T::CHAIN, stored)
    }

    fn is_done(&self, stored: &RawDocument) -> bool {
        peek(stored.as_bytes(), T::CHAIN.version_field).is_ok_and(|peeked| !self.is_above(peeked))
    }
}
