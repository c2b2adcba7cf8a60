//! What the steps of a collection's documents need besides the documents.

use std::any::Any;

use bson::RawDocument;
use schema_core::{DecodeError, DecodeOwned, context::Contexts, decode};

use super::VersionedCollection;

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// With a value that steps may ask for by its type, [`context::get`](schema_core::context::get): in the reads and writes of this handle and in
    /// its jobs, the backfill, the plan, the verification and the rollback. It takes the place of one of its type. Collections that
    /// share one are given an `Arc` of it.
    ///
    /// Load it first, then read:
    ///
    /// ```no_run
    /// use std::{collections::HashMap, error::Error};
    ///
    /// use futures_util::TryStreamExt;
    /// use schema_runtime::{
    ///     VersionedCollection, VersionedDocument, context,
    ///     mongodb::{Client, Database, bson::{Document, doc}},
    /// };
    ///
    /// #[derive(VersionedDocument)]
    /// #[versioned(version = 1, collection = "users")]
    /// struct UserV1 {
    ///     zip: String,
    /// }
    ///
    /// #[derive(VersionedDocument)]
    /// #[versioned(version = 2, previous = UserV1)]
    /// struct User {
    ///     #[versioned(from = zip, try_with = city_of)]
    ///     city: String,
    /// }
    ///
    /// fn city_of(zip: String) -> Result<String, Box<dyn Error + Send + Sync>> {
    ///     let cities = context::get::<Cities>()?;
    ///     Ok(cities.0.get(&zip).ok_or_else(|| format!("{zip} is the zip code of no city"))?.clone())
    /// }
    ///
    /// /// The name of each city by its zip code.
    /// struct Cities(HashMap<String, String>);
    ///
    /// impl Cities {
    ///     async fn load(database: &Database) -> Result<Self, Box<dyn Error>> {
    ///         let mut names = HashMap::new();
    ///         let mut cities = database.collection::<Document>("cities").find(doc! {}).await?;
    ///         while let Some(city) = cities.try_next().await? {
    ///             names.insert(city.get_str("_id")?.to_owned(), city.get_str("name")?.to_owned());
    ///         }
    ///         Ok(Self(names))
    ///     }
    /// }
    ///
    /// # async fn example() -> Result<(), Box<dyn Error>> {
    /// let database = Client::with_uri_str("mongodb://localhost").await?.database("shop");
    /// let users = VersionedCollection::<User>::new(&database).with_context(Cities::load(&database).await?);
    ///
    /// let user = users.find_one(doc! { "_id": 7 }).await?;
    /// let report = users.backfill().run().await?;
    ///
    /// // The driver's own collection knows of no contexts. It decodes while it is awaited:
    /// let read = users.collection().find_one(doc! { "_id": 7 });
    /// let user = users.contexts().scope_async(read.into_future()).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// A read without it is an [`Error::Decode`](crate::Error::Decode) with a
    /// [`missing_context`](DecodeError::missing_context). A job without it ends as [`Error::MissingContext`](crate::Error::MissingContext)
    /// at the first document that needs it: no document is recorded as failed for that, and the next run goes on from there.
    ///
    /// A job knows its chain and not what a context says. All processes that work on it, and the service that reads meanwhile, have
    /// to be given the same; a job that is taken up with another one goes on with that.
    #[must_use]
    pub fn with_context<C: Any + Send + Sync>(mut self, value: C) -> Self {
        self.contexts = self.contexts.with(value);
        self
    }

    /// What this handle was given; for what decodes without it, such as the driver's own collection.
    #[must_use]
    pub fn contexts(&self) -> &Contexts {
        &self.contexts
    }

    pub(crate) fn decode(&self, document: &RawDocument) -> Result<T, DecodeError> {
        self.contexts.scope(|| decode(document))
    }
}
