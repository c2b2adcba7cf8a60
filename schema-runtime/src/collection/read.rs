//! Reads: documents of every version as the current type, with errors that tell what is wrong.

use bson::{Document, RawDocument};
use mongodb::options::{FindOneOptions, FindOptions};
use schema_core::DecodeOwned;

use super::{
    Documents, VersionedCollection,
    action::action,
    found::Found,
    handle::Handle,
    search::{search, search_one},
    write_back::AsRead,
};
use crate::{
    convert::is_current,
    error::{During, Error},
    watch,
};

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// Finds documents of every version by a filter in the names of the current one, and reads them as the current type.
    ///
    /// The filter is [translated](crate::query) for older documents. A document that cannot be read is an error in its place, and
    /// the stream goes on behind it.
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, VersionedDocument, mongodb::bson::doc};
    /// # #[derive(VersionedDocument)]
    /// # #[versioned(version = 1)]
    /// # struct User { login: String }
    /// # async fn example(users: VersionedCollection<User>) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut found = users.find(doc! { "login": { "$gt": "a" } }).limit(10).await?;
    /// while let Some(user) = found.next().await {
    ///     match user {
    ///         Ok(user) => println!("{}", user.login),
    ///         Err(error) => eprintln!("passed over: {error}"),
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn find(&self, filter: Document) -> Find<'_, Self> {
        Find::new(self, filter)
    }

    /// Finds one document of any version by a filter in the names of the current one, and reads it as the current type.
    ///
    /// ```no_run
    /// # use schema_runtime::{Error, VersionedCollection, VersionedDocument, DecodeErrorKind, mongodb::bson::doc};
    /// # #[derive(VersionedDocument)]
    /// # #[versioned(version = 1)]
    /// # struct User { login: String }
    /// # async fn example(users: VersionedCollection<User>) -> Result<(), Box<dyn std::error::Error>> {
    /// match users.find_one(doc! { "login": "a@example.org" }).await {
    ///     Err(Error::Decode(error)) if matches!(error.kind(), DecodeErrorKind::Newer { .. }) => println!("update first"),
    ///     user => println!("{}", user?.is_some()),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn find_one(&self, filter: Document) -> FindOne<'_, Self> {
        FindOne::new(self, filter)
    }

    /// How many documents of every version a filter in the names of the current one finds.
    ///
    /// # Errors
    ///
    /// [`Error::Untranslatable`] for a filter that older documents cannot be asked; [`Error::Database`] when the count fails.
    pub async fn count_documents(&self, filter: Document) -> Result<u64, Error> {
        let filter = self.of_all_versions(filter)?;
        self.collection().count_documents(filter).await.during("count documents", self.name())
    }

    /// A document that was found, as the current type.
    pub(super) fn read(&self, document: &RawDocument, in_session: bool) -> Result<AsRead<T>, Error> {
        match self.decode(document) {
            Ok(read) if is_current::<T>(document) => Ok(AsRead::alone(read)),
            Ok(read) => {
                let stored = Self::stored_version(document);
                self.lately.old();
                watch::upgraded_lazily(self.name(), stored);
                let write_back = if in_session { None } else { self.write_back(document, stored) };
                Ok(AsRead { document: read, write_back })
            }
            Err(error) => match self.read_newer(document) {
                Some(read) => Ok(AsRead::alone(read)),
                None => {
                    watch::unreadable(self.name(), &error);
                    Err(error.into())
                }
            },
        }
    }
}

action! {
    /// A search for documents. Made by [`VersionedCollection::find`].
    ///
    /// # Errors
    ///
    /// Awaiting it ends with [`Error::Untranslatable`] for a filter that older documents cannot be asked, and with
    /// [`Error::Database`] when the query fails.
    pub struct Find<'a, H: Handle> {
        filter: Document,
    } => Documents<'a, H::Document>, with FindOptions
}

impl<'a, H> Find<'a, H> {
    /// In this order.
    pub fn sort(mut self, sort: Document) -> Self {
        self.options.sort = Some(sort);
        self
    }

    /// So many at most.
    pub fn limit(mut self, limit: i64) -> Self {
        self.options.limit = Some(limit);
        self
    }

    /// Without the first so many.
    pub fn skip(mut self, skip: u64) -> Self {
        self.options.skip = Some(skip);
        self
    }

    /// So many documents from the server at a time. They are what is held in memory.
    pub fn batch_size(mut self, documents: u32) -> Self {
        self.options.batch_size = Some(documents);
        self
    }
}

impl<'a, H: Handle> Find<'a, H> {
    async fn run(self) -> Result<Documents<'a, H::Document>, Error> {
        let Self { versioned, filter, options, mut session } = self;
        let cursor = search(versioned, filter, options, session.as_deref_mut()).await?;
        let found = Found::new(cursor, session);
        Ok(Documents::new(versioned.name(), found, |document, in_session| {
            versioned.read(document, in_session)
        }))
    }
}

action! {
    /// A search for one document. Made by [`VersionedCollection::find_one`].
    ///
    /// # Errors
    ///
    /// Awaiting it ends with
    ///
    /// - [`Error::Decode`] with the kind of error, the `_id` and the versions when the document cannot be read;
    /// - [`Error::Untranslatable`] for a filter that older documents cannot be asked;
    /// - [`Error::Database`] when the query fails.
    pub struct FindOne<'a, H: Handle> {
        filter: Document,
    } => Option<H::Document>, with FindOneOptions
}

impl<H> FindOne<'_, H> {
    /// The first in this order.
    pub fn sort(mut self, sort: Document) -> Self {
        self.options.sort = Some(sort);
        self
    }
}

impl<H: Handle> FindOne<'_, H> {
    async fn run(self) -> Result<Option<H::Document>, Error> {
        let Self { versioned, filter, options, session } = self;
        let in_session = session.is_some();
        let Some(found) = search_one(versioned, filter, options.into(), session).await? else {
            return Ok(None);
        };
        Ok(Some(versioned.read(&found, in_session)?.settled().await))
    }
}
