//! A collection of versioned documents.

mod contexts;

use std::fmt;

use bson::{Document, RawDocumentBuf};
use mongodb::{
    Collection, Database,
    options::{CollectionOptions, ReadConcern, ReadPreference, SelectionCriteria},
};
use schema_core::{DecodeOwned, context::Contexts};

use crate::{
    backfill::{self, Backfill, FailureRecord, rollback::Rollback},
    census::Census,
    error::{During, Error},
    query::translate,
    verify::Verify,
};

/// A driver collection whose documents are of type `T`, in whatever version.
///
/// Everything about single documents is the driver's: [`collection`](Self::collection) upgrades on read and
/// stamps on write by itself. Cheap to clone, like the driver's.
///
/// ```no_run
/// use schema_runtime::{VersionedCollection, VersionedDocument, mongodb::{Client, bson::doc}};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1, collection = "users")]
/// struct UserV1 {
///     email: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 2, previous = UserV1)]
/// struct User {
///     #[versioned(from = email, with = |email| email.to_lowercase())]
///     login: String,
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Client::with_uri_str("mongodb://localhost").await?.database("shop");
/// let users = VersionedCollection::<User>::new(&database);
///
/// print!("{}", users.census().await?);
/// let report = users.backfill().run().await?;
/// print!("{report}");
///
/// // The driver's own collection reads any version as `User`.
/// let user = users.collection().find_one(doc! { "login": "a@example.org" }).await?;
/// # Ok(()) }
/// ```
pub struct VersionedCollection<T: Send + Sync> {
    collection: Collection<T>,
    contexts: Contexts,
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The collection that the chain of `T` names. A chain that names none does not compile here; use
    /// [`over`](Self::over) then.
    #[must_use]
    pub fn new(database: &Database) -> Self {
        let name = const {
            match T::CHAIN.collection {
                Some(name) => name,
                None => panic!(
                    "this document type names no collection; write `collection = \"..\"` on the type that \
                     starts its chain, or use `VersionedCollection::over`"
                ),
            }
        };
        Self::over(database.collection(name))
    }

    /// A collection of any name, with the options it was opened with.
    #[must_use]
    pub fn over(collection: Collection<T>) -> Self {
        Self { collection, contexts: Contexts::new() }
    }

    /// The driver's collection: reads upgrade, writes stamp.
    #[must_use]
    pub fn collection(&self) -> &Collection<T> {
        &self.collection
    }

    pub(crate) fn database(&self) -> Database {
        self.collection.client().database(&self.collection.namespace().db)
    }

    /// The same collection as bytes.
    fn raw(&self) -> Collection<RawDocumentBuf> {
        self.collection.clone_with_type()
    }

    /// The same collection as bytes and read from the primary: what is to be written back must be fresh.
    pub(crate) fn fresh(&self) -> Collection<RawDocumentBuf> {
        self.on_primary(None)
    }

    /// The same as [`fresh`](Self::fresh), without what could still be rolled back.
    pub(crate) fn committed(&self) -> Collection<RawDocumentBuf> {
        self.on_primary(Some(ReadConcern::majority()))
    }

    fn on_primary(&self, read_concern: Option<ReadConcern>) -> Collection<RawDocumentBuf> {
        let mut options = CollectionOptions::default();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        options.read_concern = read_concern;
        self.database().collection_with_options(self.collection.name(), options)
    }

    /// Reads one document as the current type, whatever its version.
    ///
    /// The driver's `find_one` does the same; this one tells apart what can be wrong with the document.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] with the kind of error, the `_id` and the versions when the document cannot be read as
    /// `T`; [`Error::Database`] when the query fails.
    pub async fn find_one(&self, filter: Document) -> Result<Option<T>, Error> {
        let found = self.raw().find_one(filter).await.during("find a document", self.collection.name())?;
        Ok(found.map(|document| self.decode(&document)).transpose()?)
    }

    /// The filter that finds in a collection of mixed versions what this one finds in documents of the current version, for the
    /// driver's collection: `users.collection().find(users.translate(filter)?)`. [`query`](crate::query) says how, and what cannot
    /// be said.
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, VersionedDocument, mongodb::bson::doc};
    /// # #[derive(VersionedDocument)]
    /// # #[versioned(version = 1)]
    /// # struct UserV1 { mail: String }
    /// # #[derive(VersionedDocument)]
    /// # #[versioned(version = 2, previous = UserV1)]
    /// # struct User {
    /// #     #[versioned(from = mail)]
    /// #     login: String,
    /// # }
    /// # async fn example(users: VersionedCollection<User>) -> Result<(), Box<dyn std::error::Error>> {
    /// let filter = users.translate(doc! { "login": "a@example.org" })?;
    /// let user = users.find_one(filter).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Untranslatable`] with the field, the version and the reason.
    pub fn translate(&self, filter: Document) -> Result<Document, Error> {
        Ok(translate::<T>(filter)?)
    }

    /// Counts the documents of each stored version. Reads the whole collection, in the server.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when the count fails.
    pub async fn census(&self) -> Result<Census, Error> {
        Census::take(&self.fresh(), &T::CHAIN).await
    }

    /// The same, without what could still be rolled back.
    pub(crate) async fn committed_census(&self) -> Result<Census, Error> {
        Census::take(&self.committed(), &T::CHAIN).await
    }

    /// The records of documents that a backfill could not bring up, `limit` at most, in the order of their ids.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when they cannot be read.
    pub async fn failures(&self, limit: u32) -> Result<Vec<FailureRecord>, Error> {
        backfill::failures(self, limit).await
    }

    /// A job that brings every document to the current version; nothing happens before it is
    /// [run](Backfill::run).
    pub fn backfill(&self) -> Backfill<'_, T> {
        Backfill::new(self)
    }

    /// A job that takes documents back, to what they were before a backfill or to an older version; nothing happens before it is
    /// [run](Rollback::run).
    pub fn rollback(&self) -> Rollback<'_, T> {
        Rollback::new(self)
    }

    /// Whether every document is what its current type says; nothing happens before it is [run](Verify::run), and nothing
    /// is written then.
    pub fn verify(&self) -> Verify<'_, T> {
        Verify::new(self)
    }
}

impl<T: Send + Sync> Clone for VersionedCollection<T> {
    // Not derived: that would ask for `T: Clone`, which a handle does not need.
    fn clone(&self) -> Self {
        Self { collection: self.collection.clone(), contexts: self.contexts.clone() }
    }
}

impl<T: Send + Sync> fmt::Debug for VersionedCollection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VersionedCollection").field("namespace", &self.collection.namespace()).finish()
    }
}
