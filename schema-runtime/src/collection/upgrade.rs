//! Upgrades before an update: an update in the fields of the current version never meets a document of an older one.

use bson::{Document, RawDocumentBuf, doc};
use mongodb::{
    ClientSession,
    options::{Collation, FindOptions, Hint},
};
use schema_core::DecodeOwned;

use super::{VersionedCollection, cursor::AnyCursor, guard::MAX_ATTEMPTS};
use crate::{
    error::{During, Error},
    filters::and,
    guarded_write::Change,
    watch,
};

/// How many documents are upgraded at a time.
const BATCH: usize = 100;

/// What is asked of documents of every version: a translated filter, and how it is compared.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) filter: Document,
    pub(super) collation: Option<Collation>,
    pub(super) hint: Option<Hint>,
    pub(super) let_vars: Option<Document>,
}

impl Asked {
    fn options(&self) -> FindOptions {
        let mut options = FindOptions::default();
        options.collation = self.collation.clone();
        options.hint = self.hint.clone();
        options.let_vars = self.let_vars.clone();
        options
    }
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The first document that is found, of any version: one that was looked for among those of the current version may have become one of
    /// them just then.
    pub(super) async fn find_any(
        &self,
        asked: &Asked,
        session: Option<&mut ClientSession>,
    ) -> Result<Option<RawDocumentBuf>, Error> {
        self.first_fresh(asked.filter.clone(), asked.options(), session).await
    }

    /// The first among those of a version that is newer than the current one.
    pub(super) async fn find_newer(
        &self,
        asked: &Asked,
        session: Option<&mut ClientSession>,
    ) -> Result<Option<RawDocumentBuf>, Error> {
        let newer = doc! { T::CHAIN.version_field: { "$gt": T::CHAIN.version } };
        self.first_fresh(and(asked.filter.clone(), newer), asked.options(), session).await
    }

    async fn first_fresh(
        &self,
        filter: Document,
        mut options: FindOptions,
        mut session: Option<&mut ClientSession>,
    ) -> Result<Option<RawDocumentBuf>, Error> {
        options.limit = Some(-1);
        let during = "find a document of another version";
        let found = AnyCursor::find(self.fresh().whole(), filter, options, session.as_deref_mut()).await;
        let mut found = found.during(during, self.name())?;
        let first = found.next(session).await.during(during, self.name())?;
        Ok(first.map(ToOwned::to_owned))
    }

    /// Upgrades all documents that are found, until there are none that are not of the current version.
    ///
    /// # Errors
    ///
    /// The first that cannot be upgraded, as when it is newer; [`Error::Conflict`] when others store older ones all the time.
    pub(super) async fn upgrade_all(
        &self,
        asked: &Asked,
        mut session: Option<&mut ClientSession>,
    ) -> Result<(), Error> {
        for attempt in 1..=MAX_ATTEMPTS {
            let filter = self.of_others(asked.filter.clone());
            let during = "find documents of other versions";
            let mut cursor =
                AnyCursor::find(self.fresh().whole(), filter, asked.options(), session.as_deref_mut())
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
