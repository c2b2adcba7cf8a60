//! Find and update: an update of one document that gives the document, before it or after it.

use bson::{Bson, Document, RawDocument, RawDocumentBuf};
use mongodb::options::{FindOneAndUpdateOptions, FindOneOptions, ReturnDocument, UpdateModifications};
use schema_core::DecodeOwned;

use super::{
    VersionedCollection,
    action::action,
    guard::{MAX_ATTEMPTS, MAX_INSERTS, id_of},
    said::Said,
    upgrade::Asked,
};
use crate::error::{During, Error};

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// Updates the first document that a filter in current names finds, as [`update_one`](Self::update_one) does, and gives it as it was
    /// before, or with [`return_document`](FindOneAndUpdate::return_document) as it is after. Before, for one of an older version, is after its upgrade.
    pub fn find_one_and_update(
        &self,
        filter: Document,
        update: impl Into<UpdateModifications>,
    ) -> FindOneAndUpdate<'_, T> {
        let (update, options) = (update.into(), FindOneAndUpdateOptions::default());
        FindOneAndUpdate { versioned: self, filter, update, options, session: None }
    }
}

action! {
    /// An update that gives the document. Made by [`VersionedCollection::find_one_and_update`].
    ///
    /// A projection has to keep what the type needs, the version field among it.
    ///
    /// # Errors
    ///
    /// As for [`Update`](super::Update).
    pub struct FindOneAndUpdate<'a, T> {
        filter: Document,
        update: UpdateModifications,
    } => Option<T>, with FindOneAndUpdateOptions
}

impl<T: Send + Sync> FindOneAndUpdate<'_, T> {
    /// The first in this order.
    pub fn sort(mut self, sort: Document) -> Self {
        self.options.sort = Some(sort);
        self
    }

    /// Whether to insert a document where none is found: what the filter and the update say, stamped with the current version.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.options.upsert = Some(upsert);
        self
    }

    /// The document before the update, which is the default, or after it.
    pub fn return_document(mut self, which: ReturnDocument) -> Self {
        self.options.return_document = Some(which);
        self
    }
}

impl<T: DecodeOwned + Send + Sync> FindOneAndUpdate<'_, T> {
    async fn run(mut self) -> Result<Option<T>, Error> {
        let upsert = self.options.upsert.take().unwrap_or(false);
        let asked = Asked {
            filter: self.versioned.of_all_versions(self.filter.clone())?,
            collation: self.options.collation.clone(),
            hint: self.options.hint.clone(),
            let_vars: self.options.let_vars.clone(),
        };
        let said = self.versioned.said(&self.filter, &asked.filter, self.update.clone(), upsert)?;
        // Which one is first in an order has to be asked of all versions at once.
        let in_order = self.options.sort.is_some() && self.versioned.known_floor() < T::CHAIN.version;
        let mut id = None;
        for attempt in 1..=MAX_ATTEMPTS {
            if in_order {
                id = self.first().await?;
            }
            let chosen = id.is_some();
            if (chosen || !in_order)
                && let Some(found) = self.send(&said, id.take()).await?
            {
                return self.read(&found);
            }
            if !in_order {
                let found = self.versioned.find_any(&asked, self.session.as_deref_mut()).await?;
                id = self.current(found).await?;
            }
            if chosen || id.is_some() {
                continue;
            }
            if !upsert {
                return Ok(None);
            }
            match self.insert(&said).await {
                // Somebody else has inserted it just now.
                Err(error) if error.is_duplicate_key() && attempt < MAX_INSERTS => {}
                Ok(Some(found)) => return self.read(&found),
                other => return other.map(|_| None),
            }
            self.versioned.pause_after_conflict(attempt).await;
        }
        Err(self.versioned.conflict())
    }

    /// The first document in the order.
    async fn first(&mut self) -> Result<Option<Bson>, Error> {
        let mut options = FindOneOptions::default();
        options.sort = self.options.sort.clone();
        options.collation = self.options.collation.clone();
        options.hint = self.options.hint.clone();
        options.let_vars = self.options.let_vars.clone();
        let mut load = self.versioned.load(self.filter.clone()).with_options(options);
        if let Some(session) = self.session.as_deref_mut() {
            load = load.session(session);
        }
        let first = load.await?.map(|loaded| loaded.stored);
        self.current(first).await
    }

    /// The `_id` of a document that was found, which needs no upgrade now if nobody was faster.
    async fn current(&mut self, found: Option<RawDocumentBuf>) -> Result<Option<Bson>, Error> {
        let Some(stored) = found else { return Ok(None) };
        if !self.versioned.is_written(&stored) {
            let change = self.versioned.upgrade_to_update(&stored)?;
            self.versioned.write(vec![change], self.session.as_deref_mut()).await?;
        }
        Ok(Some(id_of(&stored)))
    }

    /// The update of the first document of a version that it is said for; of that one, if there is an id.
    async fn send(&mut self, said: &[Said], id: Option<Bson>) -> Result<Option<RawDocumentBuf>, Error> {
        for said in said {
            let found = self.send_one(said, id.clone(), false).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The update of no document, which makes one of the version that is written.
    async fn insert(&mut self, said: &[Said]) -> Result<Option<RawDocumentBuf>, Error> {
        match said.first() {
            Some(said) => self.send_one(said, None, true).await,
            None => Ok(None),
        }
    }

    async fn send_one(
        &mut self,
        said: &Said,
        id: Option<Bson>,
        upsert: bool,
    ) -> Result<Option<RawDocumentBuf>, Error> {
        let collection = self.versioned.raw();
        let mut update = collection
            .find_one_and_update(said.filter_of(id), said.update.clone())
            .with_options(self.options.clone());
        if upsert {
            update = update.upsert(true);
        }
        if let Some(session) = self.session.as_deref_mut() {
            update = update.session(session);
        }
        update.await.during("update a document", self.versioned.name())
    }

    fn read(&self, found: &RawDocument) -> Result<Option<T>, Error> {
        Ok(Some(self.versioned.read(found, true)?.0))
    }
}
