//! Find and update: an update of one document that gives the document, before it or after it.

use bson::{Bson, Document, RawDocumentBuf};
use mongodb::options::{FindOneAndUpdateOptions, ReturnDocument, UpdateModifications};
use schema_core::DecodeOwned;

use super::{
    VersionedCollection,
    action::action,
    asked::Asked,
    guard::{MAX_ATTEMPTS, MAX_INSERTS},
    said::Said,
    upgrade::Missed,
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
        FindOneAndUpdate::new(self, filter, update.into())
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
        let versioned = self.versioned;
        let upsert = self.options.upsert.take().unwrap_or(false);
        let FindOneAndUpdateOptions { collation, hint, let_vars, sort, .. } = &self.options;
        let filter = versioned.of_all_versions(self.filter.clone())?;
        let mut asked = Asked::by_update(filter, collation.as_ref(), hint.as_ref(), let_vars.as_ref());
        asked.options.sort = sort.clone();
        let filter = std::mem::take(&mut self.filter);
        let said = versioned.said(filter, &asked.filter, self.update.clone(), upsert)?;
        let in_order = versioned.has_to_choose(&asked);
        let mut chosen = None;
        for attempt in 1..=MAX_ATTEMPTS {
            let mut beside = None;
            if !in_order || chosen.is_some() {
                let update = self.send(&said, chosen.take());
                let (updated, found) = versioned.beside_search(&asked, attempt == 1, update).await;
                let updated = updated?;
                if updated.is_some() {
                    return self.read(updated);
                }
                beside = found;
            }
            match versioned.missed(&asked, beside, self.session.as_deref_mut()).await? {
                Missed::Nothing if !upsert => return Ok(None),
                Missed::Nothing => match self.insert(&said).await {
                    // Somebody else has inserted it just now.
                    Err(error) if error.is_duplicate_key() && attempt < MAX_INSERTS => {
                        versioned.pause_after_conflict(attempt).await;
                    }
                    inserted => return self.read(inserted?),
                },
                Missed::Written(id) => chosen = Some(id),
                Missed::Old(upgrade) => {
                    chosen = Some(upgrade.id.clone());
                    if !versioned.write_one(upgrade, self.session.as_deref_mut()).await? {
                        versioned.pause_after_conflict(attempt).await;
                    }
                }
            }
        }
        Err(versioned.conflict())
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

    fn read(&self, given: Option<RawDocumentBuf>) -> Result<Option<T>, Error> {
        given.map(|stored| Ok(self.versioned.read(&stored, true)?.document)).transpose()
    }
}
