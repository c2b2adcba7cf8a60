//! Deletes: documents of every version, by a filter in current names.

use bson::Document;
use mongodb::{options::DeleteOptions, results::DeleteResult};
use schema_core::DecodeOwned;

use super::{VersionedCollection, action::action, handle::Handle};
use crate::error::{During, Error};

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// Deletes the first document that a filter in current names finds, whatever its version.
    pub fn delete_one(&self, filter: Document) -> Delete<'_, Self> {
        Delete::new(self, filter, false)
    }

    /// Deletes all documents that a filter in current names finds, whatever their versions.
    pub fn delete_many(&self, filter: Document) -> Delete<'_, Self> {
        Delete::new(self, filter, true)
    }
}

action! {
    /// A delete. Made by [`VersionedCollection::delete_one`] and [`delete_many`](VersionedCollection::delete_many).
    ///
    /// # Errors
    ///
    /// Awaiting it ends with [`Error::Untranslatable`] for a filter that older documents cannot be asked, and with
    /// [`Error::Database`] when the delete fails.
    pub struct Delete<'a, H: Handle> {
        filter: Document,
        many: bool,
    } => DeleteResult, with DeleteOptions
}

impl<H: Handle> Delete<'_, H> {
    async fn run(self) -> Result<DeleteResult, Error> {
        let Self { versioned, filter, many, options, session } = self;
        let filter = versioned.of_all_versions(filter)?;
        let collection = versioned.raw();
        let delete = if many { collection.delete_many(filter) } else { collection.delete_one(filter) };
        let mut delete = delete.with_options(options);
        if let Some(session) = session {
            delete = delete.session(session);
        }
        delete.await.during("delete", versioned.name())
    }
}
