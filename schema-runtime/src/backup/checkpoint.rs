//! How far a copy is, kept in its target: a document for each collection, until all are done.

use bson::{Document, doc, oid::ObjectId};
use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    options::{CollectionOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern},
};
use serde::{Deserialize, Serialize};

use super::{
    catalog::Entry,
    error::{BackupError, Doing},
};
use crate::{id_scan::At, retry::with_retries};

/// The collection in the target of a copy that says how far the copy is. It is gone when the copy is finished.
pub const COPIES: &str = "schema_copies";

/// How far one collection is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Checkpoint {
    /// The collection.
    #[serde(rename = "_id")]
    pub(super) collection: String,
    pub(super) source: Source,
    /// The process that copies. One that another has followed finds itself out by this.
    owner: ObjectId,
    /// Up to here, all documents are in the target.
    pub(super) position: Option<At>,
    /// How many that are.
    pub(super) documents: i64,
    pub(super) done: bool,
}

/// What a collection is copied from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Source {
    database: String,
    uuid: Option<String>,
}

impl Source {
    pub(super) fn new(database: &Database, entry: &Entry) -> Self {
        Self { database: database.name().to_owned(), uuid: entry.uuid.clone() }
    }
}

/// The checkpoints of a target, for one process.
pub(super) struct Checkpoints {
    collection: Collection<Document>,
    owner: ObjectId,
}

impl Checkpoints {
    pub(super) fn new(target: &Database) -> Self {
        let mut options = CollectionOptions::default();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        options.read_concern = Some(ReadConcern::majority());
        options.write_concern = Some(WriteConcern::majority());
        Self { collection: target.collection_with_options(COPIES, options), owner: ObjectId::new() }
    }

    /// What an unfinished copy has left.
    pub(super) async fn load(&self) -> Result<Vec<Checkpoint>, BackupError> {
        let typed = self.collection.clone_with_type::<Checkpoint>();
        with_retries(async || typed.find(doc! {}).await?.try_collect().await)
            .await
            .doing("read the checkpoints in", self.place())
    }

    /// Takes up the copy of a collection, where another process has left it or at its beginning.
    pub(super) async fn take(
        &self,
        source: Source,
        entry: &Entry,
        left: Option<&Checkpoint>,
    ) -> Result<Checkpoint, BackupError> {
        let checkpoint = match left {
            Some(left) => Checkpoint { owner: self.owner, ..left.clone() },
            None => Checkpoint {
                collection: entry.name.clone(),
                source,
                owner: self.owner,
                position: None,
                documents: 0,
                done: false,
            },
        };
        let replacement = self.document(&checkpoint)?;
        let replace = || {
            let id = doc! { "_id": &checkpoint.collection };
            self.collection.replace_one(id, replacement.clone()).upsert(true)
        };
        with_retries(replace).await.doing("write a checkpoint in", self.place())?;
        Ok(checkpoint)
    }

    /// Notes how far it is, unless another process has taken it up.
    pub(super) async fn note(&self, checkpoint: &Checkpoint) -> Result<(), BackupError> {
        let replacement = self.document(checkpoint)?;
        let replace = || {
            let own = doc! { "_id": &checkpoint.collection, "owner": self.owner };
            self.collection.replace_one(own, replacement.clone())
        };
        let replaced = with_retries(replace).await.doing("write a checkpoint in", self.place())?;
        self.is_ours(replaced.matched_count == 1)
    }

    /// Forgets the copy, now that it is finished.
    pub(super) async fn finish(&self) -> Result<(), BackupError> {
        let own = || self.collection.count_documents(doc! { "owner": self.owner });
        let others = || self.collection.count_documents(doc! { "owner": { "$ne": self.owner } });
        let own = with_retries(own).await.doing("read the checkpoints in", self.place())?;
        let others = with_retries(others).await.doing("read the checkpoints in", self.place())?;
        self.is_ours(own > 0)?;
        if others == 0 {
            return with_retries(|| self.collection.drop()).await.doing("drop", self.place());
        }
        // Those of a copy of other collections.
        let delete = || self.collection.delete_many(doc! { "owner": self.owner });
        with_retries(delete).await.map(drop).doing("delete the checkpoints in", self.place())
    }

    fn is_ours(&self, ours: bool) -> Result<(), BackupError> {
        let database = || self.collection.namespace().db;
        if ours { Ok(()) } else { Err(BackupError::TakenOver { database: database() }) }
    }

    fn document(&self, checkpoint: &Checkpoint) -> Result<Document, BackupError> {
        bson::serialize_to_document(checkpoint)
            .map_err(mongodb::error::Error::from)
            .doing("write a checkpoint in", self.place())
    }

    fn place(&self) -> String {
        self.collection.namespace().to_string()
    }
}

impl Checkpoint {
    /// So many documents more, the last of them with this `_id`.
    pub(super) fn advance(&mut self, documents: usize, last: Option<At>) {
        self.documents += i64::try_from(documents).unwrap_or(i64::MAX);
        if last.is_some() {
            self.position = last;
        }
    }
}
