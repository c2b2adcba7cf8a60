//! The task of a backfill: every document of a collection to the current version.

use std::marker::PhantomData;

use bson::{Bson, RawDocument, RawDocumentBuf};
use schema_core::{Chain, DecodeOwned};

use super::{
    convert::{Converted, convert},
    inside_server::InsideServer,
    job::{Identity, Turn},
    left::Closing,
    partition::{partitions, stretches},
    preimage::Keeper,
    read::reader,
    side::Side,
    stretch::{Stretch, Stretches},
    task::{Batches, Due, Left, Portion, Task},
    write::{BatchWriter, Conversion, Outcome},
};
use crate::{
    census::Census,
    collection::VersionedCollection,
    convert::{is_current, is_upgradable},
    error::Error,
    id_scan::{At, Batch, IdScan, Range},
};

pub(super) struct Upgrade<'b, T: Send + Sync> {
    versioned: &'b VersionedCollection<T>,
    identity: Identity,
    writer: BatchWriter,
    inside_server: InsideServer,
    /// Whether a job that this begins may have a pass inside the server.
    may_begin_inside_server: bool,
    collated: bool,
}

impl<'b, T: DecodeOwned + Send + Sync> Upgrade<'b, T> {
    /// `collated`: whether the collection has a collation of its own. There, `"a"` may equal `"A"`; the guard must not think so.
    pub(super) fn new(
        versioned: &'b VersionedCollection<T>,
        collated: bool,
        dry_run: bool,
        preimages: Option<Keeper>,
        may_begin_inside_server: bool,
    ) -> Self {
        let identity = Identity { preimages: preimages.is_some(), ..Identity::of::<T>(versioned.name()) };
        let writer = BatchWriter::new(versioned, dry_run, preimages);
        let inside_server = InsideServer::new(versioned);
        Self { versioned, identity, writer, inside_server, may_begin_inside_server, collated }
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
    type Reader = Reader;

    fn identity(&self) -> &Identity {
        &self.identity
    }

    /// As long as a live service cannot read the current version, no document is brought to it.
    async fn may_begin(&self) -> Result<bool, Error> {
        self.versioned.all_read(T::CHAIN.version).await.map(|()| true)
    }

    async fn due(&self) -> Result<Due, Error> {
        let census = Census::estimate(&self.versioned.fresh(), &T::CHAIN).await?;
        let inside = self.may_begin_inside_server && self.inside_server.has_work(&census);
        Ok(Due { documents: census.upgradable(), side: if inside { Side::Server } else { Side::Client } })
    }

    async fn left(&self, side: Side, closing: &Closing<'_>) -> Result<Left, Error> {
        let (documents, nothing) = match side {
            // Counted as at the beginning.
            Side::Server => {
                let census = Census::estimate(&self.versioned.committed(), &T::CHAIN).await?;
                (census.upgradable(), census.current() == census.total())
            }
            Side::Client => {
                let due = self.versioned.committed_census().await?.upgradable();
                let all = reader(self.versioned.fresh(), &T::CHAIN, Range::default(), None);
                let documents = closing.passed_by(due, all, is_upgradable::<T>).await?;
                (documents, documents == 0)
            }
        };
        Ok(Left { documents, nothing })
    }

    async fn partitions(&self, side: Side, documents: u64, size: u64) -> Result<Vec<Range>, Error> {
        let population = self.versioned.fresh();
        match side {
            Side::Client => partitions(population.whole(), documents, size).await,
            Side::Server => stretches(population.whole(), size).await,
        }
    }

    fn reader(&self, side: Side, range: Range, position: Option<At>) -> Reader {
        let population = self.versioned.fresh();
        match side {
            Side::Client => Reader::Documents(reader(population, &T::CHAIN, range, position)),
            Side::Server => Reader::Stretches(Stretches::new(population.whole().clone(), range, position)),
        }
    }

    async fn settle(&self, batch: Read, turn: Option<Turn>) -> Result<Outcome, Error> {
        match batch {
            Read::Documents(batch) => self.write(batch.documents, turn).await,
            Read::Stretch(stretch) => self.inside_server.change(&stretch).await,
        }
    }
}

/// Reads a partition for either side.
pub(super) enum Reader {
    Documents(IdScan),
    Stretches(Stretches),
}

pub(super) enum Read {
    Documents(Batch),
    Stretch(Stretch),
}

impl Batches for Reader {
    type Batch = Read;

    async fn next_batch(&mut self, limit: u32) -> Result<Option<Read>, Error> {
        Ok(match self {
            Self::Documents(scan) => scan.next_batch(limit).await?.map(Read::Documents),
            Self::Stretches(stretches) => stretches.next(limit).await?.map(Read::Stretch),
        })
    }
}

impl Portion for Read {
    fn documents(&self) -> u64 {
        match self {
            Self::Documents(batch) => batch.documents(),
            Self::Stretch(stretch) => stretch.documents,
        }
    }

    /// The server passes by most of a range without a word.
    fn seen(&self) -> Option<u64> {
        match self {
            Self::Documents(batch) => batch.seen(),
            Self::Stretch(_) => None,
        }
    }

    fn bytes(&self) -> u64 {
        match self {
            Self::Documents(batch) => batch.bytes(),
            Self::Stretch(_) => 0,
        }
    }

    fn end(&self) -> Option<At> {
        match self {
            Self::Documents(batch) => batch.end(),
            Self::Stretch(stretch) => stretch.range.upper.clone(),
        }
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
