//! The task of a backfill: every document of a collection to the current version.

use std::marker::PhantomData;

use bson::{Bson, RawDocument, RawDocumentBuf};
use schema_core::{Chain, DecodeOwned};

use super::{
    convert::{Converted, convert, is_current},
    job::{Identity, Turn},
    partition::partitions,
    preimage::Keeper,
    read::reader,
    tally::Tally,
    task::Task,
    write::{BatchWriter, Conversion, Outcome},
};
use crate::{
    collection::VersionedCollection,
    error::Error,
    id_scan::{At, Batch, IdScan, Range},
};

pub(super) struct Upgrade<'b, T: Send + Sync> {
    versioned: &'b VersionedCollection<T>,
    identity: Identity,
    writer: BatchWriter,
    collated: bool,
}

impl<'b, T: DecodeOwned + Send + Sync> Upgrade<'b, T> {
    /// `collated`: whether the collection has a collation of its own. There, `"a"` may equal `"A"`; the guard must not think so.
    pub(super) fn new(
        versioned: &'b VersionedCollection<T>,
        collated: bool,
        dry_run: bool,
        preimages: Option<Keeper>,
    ) -> Self {
        let identity =
            Identity { preimages: preimages.is_some(), ..Identity::of::<T>(versioned.collection().name()) };
        let writer = BatchWriter::new(versioned, dry_run, preimages);
        Self { versioned, identity, writer, collated }
    }

    /// The documents of these ids, as they are now.
    pub(super) async fn read(&self, ids: Vec<Bson>) -> Result<Vec<RawDocumentBuf>, Error> {
        self.writer.read(ids, "read the failed documents").await
    }

    pub(super) async fn write(
        &self,
        documents: Vec<RawDocumentBuf>,
        turn: Option<Turn>,
    ) -> Result<Outcome, Error> {
        let conversion = ToCurrent::<T> { collated: self.collated, document: PhantomData };
        self.writer.write(&conversion, documents, turn).await
    }
}

impl<T: DecodeOwned + Send + Sync> Task for Upgrade<'_, T> {
    type Reader = IdScan;

    fn identity(&self) -> &Identity {
        &self.identity
    }

    async fn count(&self) -> Result<u64, Error> {
        Ok(self.versioned.census().await?.upgradable())
    }

    async fn left(&self, pass: &Tally) -> Result<u64, Error> {
        Ok(self.count().await?.saturating_sub(pass.failed_in_chain))
    }

    async fn partitions(&self, documents: u64, size: u64) -> Result<Vec<Range>, Error> {
        partitions(&self.versioned.fresh(), documents, size).await
    }

    fn reader(&self, range: Range, position: Option<At>) -> IdScan {
        reader(self.versioned.fresh(), &T::CHAIN, range, position)
    }

    async fn settle(&self, batch: Batch, turn: Option<Turn>) -> Result<Outcome, Error> {
        self.write(batch.documents, turn).await
    }
}

struct ToCurrent<T> {
    collated: bool,
    document: PhantomData<fn() -> T>,
}

impl<T: DecodeOwned> Conversion for ToCurrent<T> {
    fn chain(&self) -> &Chain {
        &T::CHAIN
    }

    fn convert(&self, stored: &RawDocumentBuf) -> Converted {
        convert::<T>(stored, self.collated)
    }

    fn is_done(&self, stored: &RawDocument) -> bool {
        is_current::<T>(stored)
    }
}
