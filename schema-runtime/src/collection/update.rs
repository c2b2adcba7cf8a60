//! Updates: ordinary update documents in the fields of the current version, for documents of every version.

use bson::{Bson, Document};
use mongodb::{
    options::{UpdateModifications, UpdateOptions},
    results::UpdateResult,
};
use schema_core::DecodeOwned;

use super::{
    VersionedCollection,
    action::action,
    asked::Asked,
    command::upgrade_and_update,
    guard::{MAX_ATTEMPTS, MAX_INSERTS, id_of},
    said::Said,
    upgrade::Missed,
};
use crate::{
    error::{During, Error},
    guarded_write::Change,
};

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// Updates the first document that a filter in current names finds, by an update in the fields of the current version. One of an older
    /// version is upgraded before, so that the update never meets another shape than the one it was written for.
    ///
    /// On a document of the current version this is one command, as by the driver.
    ///
    /// ```no_run
    /// # use schema_runtime::{VersionedCollection, VersionedDocument, mongodb::bson::doc};
    /// # #[derive(VersionedDocument)]
    /// # #[versioned(version = 1)]
    /// # struct User { login: String, visits: i64 }
    /// # async fn example(users: VersionedCollection<User>) -> Result<(), Box<dyn std::error::Error>> {
    /// users.update_one(doc! { "login": "a@example.org" }, doc! { "$inc": { "visits": 1 } }).await?;
    /// # Ok(()) }
    /// ```
    pub fn update_one(&self, filter: Document, update: impl Into<UpdateModifications>) -> Update<'_, T> {
        Update::new(self, filter, update.into(), false)
    }

    /// The same for all documents that the filter finds. Those of older versions are upgraded before any is updated; if one cannot be, as when
    /// it is newer, nothing is updated. Two searches by the filter come with it, one before the update and one behind it.
    pub fn update_many(&self, filter: Document, update: impl Into<UpdateModifications>) -> Update<'_, T> {
        Update::new(self, filter, update.into(), true)
    }
}

action! {
    /// An update. Made by [`VersionedCollection::update_one`] and [`update_many`](VersionedCollection::update_many).
    ///
    /// # Errors
    ///
    /// - [`Error::StampInUpdate`] for an update of the version field;
    /// - [`Error::Decode`] when a document that is found cannot be read as `T`, as when it is newer: it is not updated;
    /// - [`Error::NewerLeft`] when a newer release has stored documents during an update of many;
    /// - [`Error::NotWritten`] when an older document cannot be upgraded without losing something of somebody else's;
    /// - [`Error::OlderUpdate`] while an older version [is written](VersionedCollection::writing) that has no words for the update;
    /// - [`Error::Conflict`] when others change the document, or store older ones, all the time;
    /// - [`Error::Untranslatable`] for a filter that older documents cannot be asked;
    /// - [`Error::Database`] when a read or write fails.
    pub struct Update<'a, T> {
        filter: Document,
        update: UpdateModifications,
        many: bool,
    } => UpdateResult, with UpdateOptions
}

impl<T: Send + Sync> Update<'_, T> {
    /// Whether to insert a document where none is found: what the filter and the update say, stamped with the current version.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.options.upsert = Some(upsert);
        self
    }

    /// Which elements of lists the update is about.
    pub fn array_filters(mut self, filters: impl Into<Vec<Document>>) -> Self {
        self.options.array_filters = Some(filters.into());
        self
    }
}

impl<T: DecodeOwned + Send + Sync> Update<'_, T> {
    async fn run(mut self) -> Result<UpdateResult, Error> {
        let upsert = self.options.upsert.take().unwrap_or(false);
        let UpdateOptions { collation, hint, let_vars, .. } = &self.options;
        let filter = self.versioned.of_all_versions(self.filter.clone())?;
        let mut asked = Asked::by_update(filter, collation.as_ref(), hint.as_ref(), let_vars.as_ref());
        asked.options.sort = self.options.sort.clone().filter(|_| !self.many);
        let filter = std::mem::take(&mut self.filter);
        let said = self.versioned.said(filter, &asked.filter, self.update.clone(), upsert)?;
        for attempt in 1..=MAX_ATTEMPTS {
            let updated = if self.many {
                Some(self.many(&asked, &said).await?)
            } else {
                self.one(&asked, &said, attempt == 1).await?
            };
            match updated {
                // Nothing was updated yet, so this is safe to begin again.
                Some(result) if upsert && result.matched_count == 0 => match self.insert(&said).await {
                    // Somebody else has inserted it just now.
                    Err(error) if error.is_duplicate_key() && attempt < MAX_INSERTS => {}
                    inserted => return inserted,
                },
                Some(result) => return Ok(result),
                None => {}
            }
            self.versioned.pause_after_conflict(attempt).await;
        }
        Err(self.versioned.conflict())
    }

    async fn many(&mut self, asked: &Asked, said: &[Said]) -> Result<UpdateResult, Error> {
        self.versioned.upgrade_all(asked, self.session.as_deref_mut()).await?;
        let mut result = UpdateResult::default();
        for said in said {
            let of_version = self.send(said, None, false).await?;
            result.matched_count += of_version.matched_count;
            result.modified_count += of_version.modified_count;
        }
        // There was none when the others were upgraded; a newer release may have come in between.
        match self.versioned.find_newer(asked, self.session.as_deref_mut()).await? {
            None => Ok(result),
            Some(newer) => Err(Error::NewerLeft {
                collection: self.versioned.name().to_owned(),
                id: Box::new(id_of(&newer)),
                updated: result.matched_count,
            }),
        }
    }

    /// `None` if others were faster.
    async fn one(
        &mut self,
        asked: &Asked,
        said: &[Said],
        first_attempt: bool,
    ) -> Result<Option<UpdateResult>, Error> {
        let versioned = self.versioned;
        let in_order = versioned.has_to_choose(asked);
        let mut beside = None;
        if !in_order {
            let (result, found) = versioned.beside_search(asked, first_attempt, self.first(said, None)).await;
            let result = result?;
            if result.matched_count > 0 {
                return Ok(Some(result));
            }
            beside = found;
        }
        match versioned.missed(asked, beside, self.session.as_deref_mut()).await? {
            Missed::Nothing => Ok(Some(UpdateResult::default())),
            Missed::Written(id) if in_order => {
                Ok(Some(self.first(said, Some(id)).await?).filter(|result| result.matched_count > 0))
            }
            Missed::Written(_) => Ok(None),
            Missed::Old(upgrade) => self.upgrade_and_send(said, &upgrade).await,
        }
    }

    /// The update of the first document of a version that it is said for; of that one, if there is an id.
    async fn first(&mut self, said: &[Said], id: Option<Bson>) -> Result<UpdateResult, Error> {
        let mut result = UpdateResult::default();
        for said in said {
            result = self.send(said, id.clone(), false).await?;
            if result.matched_count > 0 {
                break;
            }
        }
        Ok(result)
    }

    /// The update of no document, which makes one of the version that is written. If there is one by now, it is that one alone: others that came
    /// just now have come behind the update.
    async fn insert(&mut self, said: &[Said]) -> Result<UpdateResult, Error> {
        match said.first() {
            Some(said) => self.send(said, None, true).await,
            None => Ok(UpdateResult::default()),
        }
    }

    /// The update of documents of one version; of that one, if there is an id.
    async fn send(&mut self, said: &Said, id: Option<Bson>, upsert: bool) -> Result<UpdateResult, Error> {
        let mut options = self.options.clone();
        if id.is_some() {
            options.sort = None;
        }
        let (filter, update) = (said.filter_of(id), said.update.clone());
        let collection = self.versioned.raw();
        let update = if self.many && !upsert {
            collection.update_many(filter, update)
        } else {
            collection.update_one(filter, update)
        };
        let mut update = update.with_options(options);
        if upsert {
            update = update.upsert(true);
        }
        if let Some(session) = self.session.as_deref_mut() {
            update = update.session(session);
        }
        update.await.during("update", self.versioned.name())
    }

    /// The upgrade of a document and the update behind it; `None` if others were faster.
    async fn upgrade_and_send(
        &mut self,
        said: &[Said],
        upgrade: &Change,
    ) -> Result<Option<UpdateResult>, Error> {
        let Some(said) = said.first() else { return Ok(None) };
        let (collection, filter) = (self.versioned.raw(), said.filter_of(Some(upgrade.id.clone())));
        let session = self.session.as_deref_mut();
        let updated =
            upgrade_and_update(&collection, upgrade, filter, &said.update, &self.options, session).await;
        let result = updated.during("upgrade a document and update it", self.versioned.name())?;
        Ok(Some(result).filter(|result| result.matched_count > 0))
    }
}
