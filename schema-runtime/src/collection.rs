//! A collection of versioned documents.

mod action;
mod asked;
mod command;
mod contexts;
mod cursor;
mod delete;
mod documents;
mod filter;
mod find_and_update;
mod found;
mod guard;
mod handle;
mod insert;
mod kinds;
mod lately;
mod load;
mod modify;
mod newer;
mod project;
mod read;
mod replace;
mod said;
mod save;
mod search;
mod stamp;
mod update;
mod upgrade;
mod write_back;

use std::{fmt, sync::Arc};

use bson::{Document, RawDocument, RawDocumentBuf, doc};
use mongodb::{
    Collection, Database,
    options::{CollectionOptions, ReadConcern, ReadPreference, SelectionCriteria},
};
use schema_core::{DecodeOwned, context::Contexts};

pub use self::{
    delete::Delete,
    documents::Documents,
    find_and_update::FindOneAndUpdate,
    insert::{InsertMany, InsertOne},
    kinds::{KindsCensus, VersionedKinds},
    load::{Load, Loaded},
    modify::Modify,
    newer::Newer,
    project::Project,
    read::{Find, FindOne},
    replace::{ReplaceOne, Replaced},
    save::Save,
    update::Update,
    write_back::WriteBack,
};
use self::{lately::Lately, write_back::Policy};
use crate::{
    backfill::{self, Backfill, FailureRecord, is_not_current, rollback::Rollback},
    census::Census,
    convert::version_of,
    error::Error,
    filters::of_kind,
    population::{Population, name_of},
    query::translate,
    verify::Verify,
    versions::State,
};

/// A driver collection whose documents are of type `T`, in whatever version.
///
/// The driver's own [`collection`](Self::collection) upgrades on read and stamps on write by itself. The methods of this one are for a time
/// when documents of several versions are stored and several releases work on them: filters in current names find older documents,
/// an update never meets an older shape, and no document is written over that is newer or was changed since it was read.
///
/// Cheap to clone, like the driver's.
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
///     #[versioned(from = email)]
///     login: String,
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Client::with_uri_str("mongodb://localhost").await?.database("shop");
/// let users = VersionedCollection::<User>::new(&database);
///
/// // Whether it is stored with a `login` or with an `email`.
/// let user = users.find_one(doc! { "login": "a@example.org" }).await?;
///
/// print!("{}", users.census().await?);
/// let report = users.backfill().run().await?;
/// print!("{report}");
/// # Ok(()) }
/// ```
pub struct VersionedCollection<T: Send + Sync> {
    collection: Collection<T>,
    newer: Newer,
    contexts: Contexts,
    write_back: Arc<Policy>,
    lately: Arc<Lately>,
    /// As [`name`](Self::name) says.
    name: Arc<str>,
    /// Which version this handle writes, and what it knows of those that are stored. Clones share it.
    pub(crate) versions: Arc<State>,
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
        Self {
            name: name_of(collection.name(), T::CHAIN.kind),
            collection,
            contexts: Contexts::new(),
            versions: State::of(&T::CHAIN),
            newer: Newer::default(),
            write_back: Arc::default(),
            lately: Arc::default(),
        }
    }

    /// With what reads make of documents that are newer than this program; the default is to [reject](Newer::Reject) them.
    #[must_use]
    pub fn with_newer(self, newer: Newer) -> Self {
        Self { newer, ..self }
    }

    /// With reads that store what they upgrade; the default is not to. Clones made of this handle from now on share the policy.
    #[must_use]
    pub fn with_write_back(self, policy: WriteBack) -> Self {
        Self { write_back: Arc::new(policy.into()), ..self }
    }

    /// The driver's collection: reads upgrade, writes stamp.
    #[must_use]
    pub fn collection(&self) -> &Collection<T> {
        &self.collection
    }

    pub(crate) fn database(&self) -> Database {
        self.collection.client().database(&self.collection.namespace().db)
    }

    /// What this crate's own collections, messages and metrics call these documents: by the collection's name, and for documents of a
    /// [kind](schema_core::Kind) the kind's behind it. To be given to [`JobHandle::new`](backfill::JobHandle::new).
    ///
    /// So a chain that is given a kind goes by another name from then on, and its books begin empty: jobs, failures, pre-images, the floor and the members of
    /// before are those of the whole collection.
    ///
    /// ```
    /// # use schema_runtime::{VersionedCollection, VersionedDocument, mongodb::Database};
    /// #[derive(VersionedDocument)]
    /// #[versioned(version = 1, collection = "contents", kind(key = "type", value = "article"))]
    /// struct Article {
    ///     text: String,
    /// }
    ///
    /// # fn example(database: &Database) {
    /// let articles = VersionedCollection::<Article>::new(database);
    /// assert_eq!(articles.name(), "contents$article");
    /// assert_eq!(articles.collection().name(), "contents");
    /// # }
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn policy(&self) -> &Policy {
        &self.write_back
    }

    /// The version that a document of this one is written at, if that is not the current one: never an older one than it has.
    fn written_at(&self, stored_version: u32) -> Option<u32> {
        Some(self.write_version().max(stored_version)).filter(|version| *version < T::CHAIN.version)
    }

    /// The version of a document that can be read.
    fn stored_version(document: &RawDocument) -> u32 {
        version_of::<T>(document).unwrap_or(T::CHAIN.version)
    }

    /// The same collection as bytes.
    fn raw(&self) -> Collection<RawDocumentBuf> {
        self.collection.clone_with_type()
    }

    /// The documents as bytes and read from the primary: what is to be written back must be fresh.
    pub(crate) fn fresh(&self) -> Population {
        self.on_primary(None)
    }

    /// The same as [`fresh`](Self::fresh), without what could still be rolled back.
    pub(crate) fn committed(&self) -> Population {
        self.on_primary(Some(ReadConcern::majority()))
    }

    fn on_primary(&self, read_concern: Option<ReadConcern>) -> Population {
        let mut options = CollectionOptions::default();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        options.read_concern = read_concern;
        let whole = self.database().collection_with_options(self.collection.name(), options);
        Population::new(whole, T::CHAIN.kind, Arc::clone(&self.name))
    }

    /// The filter that finds in a collection of mixed versions what this one finds in documents of the current version, for the
    /// driver's own collection. The methods of this one translate by themselves, and a second time is once too often: the names of older
    /// versions are none of the current one. Where there are [kinds](schema_core::Kind) it finds those of this one. [`query`](crate::query) says how, and what cannot be said.
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
    /// let user = users.collection().find_one(filter).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Untranslatable`] with the field, the version and the reason.
    pub fn translate(&self, filter: Document) -> Result<Document, Error> {
        Ok(of_kind(T::CHAIN.kind, translate::<T>(filter)?))
    }

    /// The filter that finds what a job looks at, for the driver's own collection or for a
    /// backup: the documents that are not at the current version, those of newer versions and those without a valid one included. Where there are
    /// [kinds](schema_core::Kind) it finds those of this one. No index helps with it.
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, DecodeOwned};
    /// # async fn example<T: DecodeOwned + Send + Sync>(orders: VersionedCollection<T>) -> Result<(), Box<dyn std::error::Error>> {
    /// let to_be_done = orders.collection().count_documents(orders.not_current()).await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn not_current(&self) -> Document {
        of_kind(T::CHAIN.kind, doc! { "$expr": is_not_current(&T::CHAIN) })
    }

    /// Counts the documents of each stored version. Reads the whole collection, in the server; of a [kind](schema_core::Kind), an index
    /// on its key and the version field spares that.
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
        Self {
            collection: self.collection.clone(),
            name: Arc::clone(&self.name),
            contexts: self.contexts.clone(),
            versions: Arc::clone(&self.versions),
            newer: self.newer,
            write_back: Arc::clone(&self.write_back),
            lately: Arc::clone(&self.lately),
        }
    }
}

impl<T: Send + Sync> fmt::Debug for VersionedCollection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VersionedCollection")
            .field("namespace", &self.collection.namespace())
            .field("name", &self.name)
            .finish()
    }
}
