//! Loaded documents: read to be changed and saved again.

use std::ops::{Deref, DerefMut};

use bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::{ClientSession, options::FindOneOptions};
use schema_core::DecodeOwned;

use super::{VersionedCollection, action::action, asked::Asked};
use crate::error::Error;

/// A document as the current type, together with what it was when it was read. Made by [`VersionedCollection::get`] and
/// [`load`](VersionedCollection::load), for [`save`](VersionedCollection::save).
///
/// It is read and changed through `Deref`, as the document itself.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    pub(super) document: T,
    pub(super) stored: RawDocumentBuf,
}

impl<T> Loaded<T> {
    /// The document without its past.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.document
    }

    /// The bytes that it was read from, or that it was saved as.
    #[must_use]
    pub fn stored(&self) -> &RawDocumentBuf {
        &self.stored
    }
}

impl<T> Deref for Loaded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.document
    }
}

impl<T> DerefMut for Loaded<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.document
    }
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// Reads the document of this `_id`, whatever its version, so that it can be [saved](Self::save) again.
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, VersionedDocument};
    /// # #[derive(VersionedDocument)]
    /// # #[versioned(version = 1)]
    /// # struct User { login: String }
    /// # async fn example(users: VersionedCollection<User>) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(mut user) = users.get(7).await? {
    ///     user.login.make_ascii_lowercase();
    ///     users.save(&mut user).await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn get(&self, id: impl Into<Bson>) -> Load<'_, T> {
        self.load(doc! { "_id": id.into() })
    }

    /// The same for the first document that a filter in current names finds. It is read from the primary, because what is to be saved
    /// must be fresh.
    pub fn load(&self, filter: Document) -> Load<'_, T> {
        Load::new(self, filter)
    }
}

action! {
    /// A read of a document that is to be saved again. Made by [`VersionedCollection::get`] and [`load`](VersionedCollection::load).
    ///
    /// # Errors
    ///
    /// Awaiting it ends with
    ///
    /// - [`Error::Decode`] with the kind of error, the `_id` and the versions when the document cannot be read as `T`;
    /// - [`Error::Untranslatable`] for a filter that older documents cannot be asked;
    /// - [`Error::Database`] when the query fails.
    pub struct Load<'a, T> {
        filter: Document,
    } => Option<Loaded<T>>, with FindOneOptions
}

impl<T: Send + Sync> Load<'_, T> {
    /// The first in this order.
    pub fn sort(mut self, sort: Document) -> Self {
        self.options.sort = Some(sort);
        self
    }
}

impl<T: DecodeOwned + Send + Sync> Load<'_, T> {
    async fn run(self) -> Result<Option<Loaded<T>>, Error> {
        let Self { versioned, filter, options, session } = self;
        let asked = Asked::new(versioned.of_all_versions(filter)?, options.into());
        versioned.load_any(&asked, session).await
    }
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The first document that is found, to be changed.
    pub(super) async fn load_any(
        &self,
        asked: &Asked,
        session: Option<&mut ClientSession>,
    ) -> Result<Option<Loaded<T>>, Error> {
        let Some(stored) = self.find_any(asked, session).await? else { return Ok(None) };
        let document = self.read(&stored, true)?.document;
        Ok(Some(Loaded { document, stored }))
    }
}
