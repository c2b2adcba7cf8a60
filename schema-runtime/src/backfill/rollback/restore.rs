//! The task of a rollback by pre-images: what documents were before, where they are still what the backfill wrote.

use bson::{Bson, RawDocument, RawDocumentBuf, oid::ObjectId};
use schema_core::{Chain, DecodeOwned};

use super::{
    groups::{Groups, Preimages},
    lookup::{Found, Lookup},
};
use crate::{
    backfill::{
        convert::Converted,
        failure::Failure,
        job::{Identity, Turn},
        left::Closing,
        preimage::preimages,
        side::Side,
        task::{Due, Left, Task},
        work::Work,
        write::{BatchWriter, Conversion, Outcome},
    },
    collection::VersionedCollection,
    convert::{Reason, fitting},
    difference::Update,
    error::Error,
    guarded_write::Change,
    id_scan::{At, Batch, Range},
    numbers::count,
    versions::Lowering,
};

pub(super) struct Restore {
    identity: Identity,
    preimages: Preimages,
    writer: BatchWriter,
    collated: bool,
    lowering: Lowering,
}

impl Restore {
    /// `collated`: whether the collection has a collation of its own.
    ///
    /// # Errors
    ///
    /// [`Error::NoPreimages`] if the run has none.
    pub(super) async fn new<T: DecodeOwned + Send + Sync>(
        versioned: &VersionedCollection<T>,
        run: ObjectId,
        collated: bool,
        dry_run: bool,
    ) -> Result<Self, Error> {
        let collection = versioned.name().to_owned();
        let identity = Identity { work: Work::Restore { of: run }, ..Identity::of::<T>(&collection) };
        let preimages = Preimages { collection: preimages(&versioned.database()), of: collection, run };
        if preimages.count().await? == 0 {
            return Err(Error::NoPreimages { collection: preimages.of, run: Some(run) });
        }
        let writer = BatchWriter::new(versioned, dry_run, None);
        // Documents may have been of any version before.
        let lowering = Lowering::new(&versioned.database(), &preimages.of, None);
        Ok(Self { identity, preimages, writer, collated, lowering })
    }
}

impl Task for Restore {
    type Reader = Groups;

    fn identity(&self) -> &Identity {
        &self.identity
    }

    async fn may_begin(&self) -> Result<bool, Error> {
        self.lowering.is_known().await
    }

    async fn due(&self) -> Result<Due, Error> {
        Ok(Due { documents: self.preimages.count().await?, side: Side::Client })
    }

    /// Whoever writes documents meanwhile writes none that are to be restored.
    async fn left(&self, _: Side, _: &Closing<'_>) -> Result<Left, Error> {
        Ok(Left { documents: 0, nothing: true })
    }

    async fn partitions(&self, _: Side, documents: u64, size: u64) -> Result<Vec<Range>, Error> {
        self.preimages.partitions(documents, size).await
    }

    fn reader(&self, _: Side, range: Range, position: Option<At>) -> Groups {
        self.preimages.reader(range, position)
    }

    async fn settle(&self, batch: Batch, turn: Option<Turn>) -> Result<Outcome, Error> {
        let mut lookup = Lookup::default();
        let mut failures = Vec::new();
        for preimage in &batch.documents {
            if let Err(error) = lookup.add(preimage) {
                failures.push(Failure::new(&self.identity.chain, preimage, Reason::Malformed(error)));
            }
        }
        let ids = lookup.ids();
        let documents = count(&ids);
        let found = self.writer.read(ids, "read documents to be restored").await?;
        let gone = documents.saturating_sub(count(&found));
        let superseded = count(&batch.documents).saturating_sub(documents + count(&failures));
        let conversion = Back { chain: &self.identity.chain, lookup, collated: self.collated };
        let mut outcome = self.writer.write(&conversion, found, turn).await?;
        outcome.gone += gone;
        outcome.superseded += superseded;
        outcome.failures.extend(failures);
        Ok(outcome)
    }
}

struct Back<'a> {
    chain: &'a Chain,
    lookup: Lookup,
    collated: bool,
}

impl Conversion for Back<'_> {
    fn chain(&self) -> &Chain {
        self.chain
    }

    fn convert(&self, stored: &RawDocumentBuf) -> Converted {
        let change = match self.lookup.find(stored) {
            Ok(Found::Back) => return Converted::Done,
            Ok(Found::Before(before)) => self.change(stored, before),
            Ok(Found::Changed) => Err(Reason::Changed),
            Err(error) => Err(Reason::Malformed(error)),
        };
        Converted::of(change, self.chain, stored)
    }

    fn is_done(&self, stored: &RawDocument) -> bool {
        matches!(self.lookup.find(stored), Ok(Found::Back))
    }
}

impl Back<'_> {
    fn change(&self, stored: &RawDocumentBuf, before: &RawDocumentBuf) -> Result<Change, Reason> {
        let id = before.get("_id")?.map(Bson::try_from).transpose()?.ok_or(Reason::NoId)?;
        let version = schema_core::peek(stored.as_bytes(), self.chain.version_field).ok().flatten();
        let update = Update::to(before.clone());
        fitting(Change::new(id, version.unwrap_or_default(), stored.clone(), update, self.collated)?)
    }
}
