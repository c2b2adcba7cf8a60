//! Upgrades before an update: an update in the fields of the current version never meets a document of an older one.

use bson::{Document, RawDocumentBuf, doc};
use mongodb::{ClientSession, options::FindOptions};
use schema_core::DecodeOwned;

use super::{VersionedCollection, cursor::AnyCursor, filter::and, guard::MAX_ATTEMPTS};
use crate::{
    error::{During, Error},
    guarded_write::Change,
    watch,
};

/// How many documents are upgraded at a time.
const BATCH: usize = 100;

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The first document that the filter finds, of any version: one that was looked for among those of the current version may have
    /// become one of them just then.
    pub(super) async fn find_any(
        &self,
        filter: &Document,
        session: Option<&mut ClientSession>,
    ) -> Result<Option<RawDocumentBuf>, Error> {
        self.find_fresh(self.of_all_versions(filter.clone())?, session).await
    }

    /// The first among those of a version that is newer than the current one.
    pub(super) async fn find_newer(
        &self,
        filter: &Document,
        session: Option<&mut ClientSession>,
    ) -> Result<Option<RawDocumentBuf>, Error> {
        let newer = doc! { T::CHAIN.version_field: { "$gt": T::CHAIN.version } };
        self.find_fresh(and(self.of_all_versions(filter.clone())?, newer), session).await
    }

    async fn find_fresh(
        &self,
        filter: Document,
        session: Option<&mut ClientSession>,
    ) -> Result<Option<RawDocumentBuf>, Error> {
        let collection = self.fresh();
        let mut find = collection.find_one(filter);
        if let Some(session) = session {
            find = find.session(session);
        }
        find.await.during("find a document of another version", self.name())
    }

    /// Upgrades all documents that the filter finds, until there are none that are not of the current version.
    ///
    /// # Errors
    ///
    /// The first that cannot be upgraded, as when it is newer; [`Error::Conflict`] when others store older ones all the time.
    pub(super) async fn upgrade_all(
        &self,
        filter: &Document,
        mut session: Option<&mut ClientSession>,
    ) -> Result<(), Error> {
        for attempt in 1..=MAX_ATTEMPTS {
            let filter = self.of_others(filter.clone())?;
            let during = "find documents of other versions";
            let options = FindOptions::default();
            let mut cursor = AnyCursor::find(&self.fresh(), filter, options, session.as_deref_mut())
                .await
                .during(during, self.name())?;
            let (mut found, mut batch) = (false, Vec::with_capacity(BATCH));
            while let Some(stored) = cursor.next(session.as_deref_mut()).await.during(during, self.name())? {
                found = true;
                batch.push(self.upgrade_to_update(&stored.to_owned())?);
                if batch.len() == BATCH {
                    self.write(std::mem::take(&mut batch), session.as_deref_mut()).await?;
                }
            }
            self.write(batch, session.as_deref_mut()).await?;
            if !found {
                return Ok(());
            }
            if attempt > 1 {
                self.pause_after_conflict(attempt).await;
            }
        }
        Err(self.conflict())
    }

    pub(super) fn upgrade_to_update(&self, stored: &RawDocumentBuf) -> Result<Change, Error> {
        let version = Self::stored_version(stored);
        let change = self.upgrade(stored, version)?;
        self.lately.old();
        watch::upgraded_before_update(self.name(), version);
        Ok(change)
    }
}
