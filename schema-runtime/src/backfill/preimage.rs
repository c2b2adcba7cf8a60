//! Pre-images: what documents were before a backfill changed them, so that it can be taken back.
//!
//! ```text
//! { _id: { collection, run, document, token }, before, set, unset, order, writtenAt, expiresAt, .. }
//! ```
//!
//! The collection goes by the [name](VersionedCollection::name) of its documents, `contents$article` for those of a kind.
//!
//! They are only ever added. One that is added before a write that misses its guard is of no use, and so is what a process adds
//! that was paused until others had done its work; so there may be several of one document. Which of them is true is told by
//! the document: it is what `set` and `unset` make of `before`. Where that holds for two, it is the later one in the [`Order`] in
//! which processes had the right to write, whatever their clocks say.

use std::time::Duration;

use bson::{Bson, DateTime, RawDocumentBuf, oid::ObjectId};
use mongodb::{
    Collection, Database, IndexModel,
    error::ErrorKind,
    options::{CollectionOptions, IndexOptions, ReadPreference, SelectionCriteria, WriteConcern},
};
use schema_core::{Chain, DecodeOwned};
use serde::{Deserialize, Serialize};

use super::{
    failure::Failure,
    job::{Order, Turn, is_duplicate},
};
use crate::{
    collection::VersionedCollection,
    convert::Reason,
    difference::applied,
    error::{During, Error},
    guarded_write::{Change, MAX_STATEMENT_BYTES, bytes_to_replace},
    retry::with_retries,
};

/// The collection that pre-images are kept in, beside the collection that is backfilled.
pub const PREIMAGES: &str = "schema_preimages";

/// The server's codes for an index that is there with other options.
const INDEX_IS_ANOTHER: [i32; 2] = [85, 86];

/// What a pre-image has beside its three documents.
const FRAMING_BYTES: usize = 1024;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Preimage {
    #[serde(rename = "_id")]
    pub(super) id: PreimageId,
    pub(super) before: RawDocumentBuf,
    /// With `unset`, what the backfill did to it.
    set: RawDocumentBuf,
    unset: Vec<String>,
    stored_version: u32,
    target_version: u32,
    pub(super) order: Order,
    written_at: DateTime,
    expires_at: DateTime,
}

/// Its fields are in the order of the index: all pre-images of a run are together, and in there all of a document.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PreimageId {
    collection: String,
    run: ObjectId,
    pub(super) document: Bson,
    token: ObjectId,
}

impl Preimage {
    /// The document as the backfill wrote it.
    ///
    /// # Errors
    ///
    /// Bytes that are not BSON.
    pub(super) fn after(&self) -> Result<RawDocumentBuf, bson::error::Error> {
        applied(&self.before, &self.set, &self.unset)
    }
}

/// Read and written so that nothing in it can be rolled back.
pub(super) fn preimages(database: &Database) -> Collection<RawDocumentBuf> {
    let mut options = CollectionOptions::default();
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    options.write_concern = Some(WriteConcern::majority());
    database.collection_with_options(PREIMAGES, options)
}

/// Keeps the pre-images of one backfill.
#[derive(Debug)]
pub(super) struct Keeper {
    preimages: Collection<RawDocumentBuf>,
    /// The collection that is backfilled.
    collection: String,
    chain: Chain,
    retention: Duration,
    collated: bool,
}

impl Keeper {
    /// `collated`: whether the collection has a collation of its own.
    pub(super) fn new<T: DecodeOwned + Send + Sync>(
        versioned: &VersionedCollection<T>,
        retention: Duration,
        collated: bool,
    ) -> Self {
        let preimages = preimages(&versioned.database());
        let collection = versioned.name().to_owned();
        Self { preimages, collection, chain: T::CHAIN, retention, collated }
    }

    /// Has the server remove pre-images when they have expired. An index that is there with other options is somebody's
    /// decision, and stays: pre-images are then kept for longer, never for less.
    pub(super) async fn prepare(&self) -> Result<(), Error> {
        let expires = IndexOptions::builder().expire_after(Duration::ZERO).build();
        let index = IndexModel::builder().keys(bson::doc! { "expiresAt": 1 }).options(expires).build();
        match with_retries(|| self.preimages.create_index(index.clone())).await {
            Err(error) if is_another(&error) => {
                tracing::warn!(%error, "expired pre-images are removed when the index that is there says so");
                Ok(())
            }
            result => result.map(drop).during("create the index by which pre-images expire", PREIMAGES),
        }
    }

    /// Keeps the pre-image of each change that is about to be written. Changes that could not be taken back are taken out, and
    /// become failures; without a turn, nothing is written.
    pub(super) async fn keep(
        &self,
        changes: Vec<Change>,
        turn: Option<Turn>,
        failures: &mut Vec<Failure>,
    ) -> Result<Vec<Change>, Error> {
        let mut kept = Vec::with_capacity(changes.len());
        for change in changes {
            match can_be_taken_back(&change, self.collated) {
                Ok(()) => kept.push(change),
                Err(reason) => {
                    failures.push(Failure::of(change.id.clone(), Some(change.stored_version), reason));
                }
            }
        }
        if let Some(turn) = turn {
            self.insert(&kept, turn).await?;
        }
        Ok(kept)
    }

    async fn insert(&self, changes: &[Change], turn: Turn) -> Result<(), Error> {
        let action = "keep pre-images";
        let documents: Vec<RawDocumentBuf> = changes
            .iter()
            .map(|change| bson::serialize_to_raw_document_buf(&self.preimage(change, turn)))
            .collect::<Result<_, _>>()
            .map_err(mongodb::error::Error::from)
            .during(action, PREIMAGES)?;
        if documents.is_empty() {
            return Ok(());
        }
        with_retries(async || match self.preimages.insert_many(&documents).ordered(false).await {
            // Inserted by an attempt whose answer was lost.
            Err(error) if is_duplicate(&error) => Ok(()),
            result => result.map(drop),
        })
        .await
        .during(action, PREIMAGES)
    }

    fn preimage(&self, change: &Change, turn: Turn) -> Preimage {
        let now = DateTime::now();
        let retention = i64::try_from(self.retention.as_millis()).unwrap_or(i64::MAX);
        Preimage {
            id: PreimageId {
                collection: self.collection.clone(),
                run: turn.run,
                document: change.id.clone(),
                token: ObjectId::new(),
            },
            before: change.read().clone(),
            set: change.update().set.clone(),
            unset: change.update().unset.clone(),
            stored_version: change.stored_version,
            target_version: self.chain.version,
            order: turn.order,
            written_at: now,
            expires_at: DateTime::from_millis(now.timestamp_millis().saturating_add(retention)),
        }
    }
}

/// Whether the pre-image fits a document, and the way back one command: both hold the document as it was and what it became.
pub(super) fn can_be_taken_back(change: &Change, collated: bool) -> Result<(), Reason> {
    let before = change.read();
    let kept = before.as_bytes().len() + change.update().set.as_bytes().len() + FRAMING_BYTES;
    let back = bytes_to_replace(&change.outcome()?, before, collated)?;
    let bytes = kept.max(back);
    if bytes > MAX_STATEMENT_BYTES { Err(Reason::NotKept { bytes }) } else { Ok(()) }
}

fn is_another(error: &mongodb::error::Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(refusal) if INDEX_IS_ANOTHER.contains(&refusal.code))
}
