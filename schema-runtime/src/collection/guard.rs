//! Changes to single documents, through the guarded write.

use std::time::Duration;

use bson::{Bson, Document, RawDocument, RawDocumentBuf, doc};
use mongodb::{ClientSession, Collection, error::Error as DriverError, options::UpdateModifications};
use schema_core::DecodeOwned;

use super::VersionedCollection;
use crate::{
    backfill::Failure,
    convert::{Reason, change},
    error::{During, Error},
    guarded_write::{Change, groups, statement},
    watch,
};

/// How often a document is read again that others change between each read and write.
pub(super) const MAX_ATTEMPTS: u32 = 10;
/// How often a document is inserted that nobody has found and somebody has.
pub(super) const MAX_INSERTS: u32 = 3;
const PAUSE_AFTER_CONFLICT: Duration = Duration::from_millis(5);

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// Makes the changes, each if its document is as it was read; how many were made.
    pub(super) async fn write(
        &self,
        changes: Vec<Change>,
        mut session: Option<&mut ClientSession>,
    ) -> Result<u64, Error> {
        let mut written = 0;
        for group in groups(changes) {
            written += write_group(&self.raw(), &group, session.as_deref_mut())
                .await
                .during("write a document that was read", self.name())?;
        }
        Ok(written)
    }

    /// Makes a change if its document is as it was read; whether the document is now what it was to become.
    pub(super) async fn write_one(
        &self,
        change: Change,
        session: Option<&mut ClientSession>,
    ) -> Result<bool, Error> {
        Ok(change.update().is_empty() || self.write(vec![change], session).await? > 0)
    }

    /// The change that brings a document up to the version that is written.
    pub(super) fn upgrade(&self, stored: &RawDocumentBuf, stored_version: u32) -> Result<Change, Error> {
        // A collation of the collection is not known here. Comparing by bytes what it might take for equal is right with any.
        let change = || change::<T>(stored, self.written_at(stored_version), true);
        self.contexts().scope(change).map_err(|reason| self.not_changed(stored, reason))
    }

    /// Others were faster: soon again.
    pub(super) async fn pause_after_conflict(&self, attempt: u32) {
        watch::conflict(self.name());
        tokio::time::sleep(PAUSE_AFTER_CONFLICT * attempt).await;
    }

    pub(super) fn conflict(&self) -> Error {
        Error::Conflict { collection: self.name().to_owned(), attempts: MAX_ATTEMPTS }
    }

    /// Why a stored document was not changed.
    pub(super) fn not_changed(&self, stored: &RawDocumentBuf, reason: Reason) -> Error {
        if let Reason::Decode(error) = &reason {
            watch::unreadable(self.name(), error);
        }
        self.not_written(stored, reason)
    }

    /// Why a document was not written.
    pub(super) fn not_written(&self, stored: &RawDocumentBuf, reason: Reason) -> Error {
        match reason {
            Reason::Decode(error) => Error::Decode(error),
            reason => match reason.missing_context() {
                Some(missing) => Error::missing_context(self.name(), &T::CHAIN, missing),
                None => Error::NotWritten {
                    collection: self.name().to_owned(),
                    failure: Box::new(Failure::new(&T::CHAIN, stored, reason)),
                },
            },
        }
    }
}

/// The `_id` of a document, for people.
pub(super) fn id_of(document: &RawDocument) -> Bson {
    let id = document.get("_id").ok().flatten();
    id.and_then(|id| Bson::try_from(id).ok()).unwrap_or(Bson::Null)
}

/// A statement as an update of its own: the server repeats none of it if the driver has to ask twice.
pub(super) async fn write_group(
    collection: &Collection<RawDocumentBuf>,
    group: &[Change],
    session: Option<&mut ClientSession>,
) -> Result<u64, DriverError> {
    let statement = Document::try_from(statement(group)?)?;
    // As variables of the command they would be evaluated.
    let constants = statement.get_document("c").into_iter().flatten();
    let constants: Document =
        constants.map(|(name, value)| (name.clone(), doc! { "$literal": value.clone() }.into())).collect();
    let pipeline =
        statement.get_array("u").into_iter().flatten().filter_map(|stage| stage.as_document().cloned());
    let pipeline = UpdateModifications::Pipeline(pipeline.collect());
    let update = match group {
        [change] => collection.update_one(doc! { "_id": change.id.clone() }, pipeline),
        _ => collection.update_many(statement.get_document("q").cloned()?, pipeline),
    };
    let mut update = update.let_vars(constants).comment("schema upgrade");
    if let Some(session) = session {
        update = update.session(session);
    }
    Ok(update.await?.modified_count)
}
