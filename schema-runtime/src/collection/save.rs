//! Save: a loaded document, as it is now, over what was read.

use bson::RawDocumentBuf;
use schema_core::DecodeOwned;

use super::{Loaded, VersionedCollection, action::action};
use crate::{convert::edit, error::Error, guarded_write::Change};

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// Stores what has been changed in a loaded document, if nobody has changed it in the database since it was read. Fields that the type
    /// does not know stay as they are, and an older document is upgraded by the same write.
    ///
    /// Afterwards the document is as if it had been loaded now: it can be changed and saved again.
    pub fn save<'a>(&'a self, document: &'a mut Loaded<T>) -> Save<'a, T> {
        Save::new(self, document)
    }
}

action! {
    /// A write of what has been changed in a loaded document. Made by [`VersionedCollection::save`].
    ///
    /// # Errors
    ///
    /// Awaiting it ends with
    ///
    /// - [`Error::Changed`] when somebody has changed or deleted the document since it was read: nothing is overwritten;
    /// - [`Error::NotWritten`] when it cannot be stored without losing something of somebody else's, or its `_id` was changed;
    /// - [`Error::Database`] when the write fails.
    pub struct Save<'a, T> {
        loaded: &'a mut Loaded<T>,
    } => ()
}

impl<T: DecodeOwned + Send + Sync> Save<'_, T> {
    async fn run(self) -> Result<(), Error> {
        let Self { versioned, loaded, session } = self;
        let change = versioned.edit(&loaded.stored, &loaded.document)?;
        let (id, outcome) = (change.id.clone(), versioned.outcome(&change)?);
        if !versioned.write_one(change, session).await? {
            return Err(Error::Changed { collection: versioned.name().to_owned(), id: Box::new(id) });
        }
        loaded.stored = outcome;
        Ok(())
    }
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The change that makes a stored document what it has become in memory.
    pub(super) fn edit(&self, stored: &RawDocumentBuf, edited: &T) -> Result<Change, Error> {
        let version = Self::stored_version(stored);
        // A collation of the collection is not known here; see `upgrade`.
        self.contexts()
            .scope(|| edit(stored, edited, self.written_at(version), true))
            .map_err(|reason| self.not_changed(stored, reason))
    }

    /// What a change makes of the document.
    pub(super) fn outcome(&self, change: &Change) -> Result<RawDocumentBuf, Error> {
        change.outcome().map_err(|error| self.not_written(change.read(), error.into()))
    }
}
