//! Upgrades before an update: an update in the fields of the current version never meets a document of an older one.

use std::future::Future;

use bson::{Bson, RawDocumentBuf};
use futures_util::future::join;
use mongodb::ClientSession;
use schema_core::DecodeOwned;

use super::{
    VersionedCollection,
    asked::Asked,
    cursor::AnyCursor,
    guard::{MAX_ATTEMPTS, id_of},
};
use crate::{
    error::{During, Error},
    guarded_write::Change,
    watch,
};

/// How many documents are upgraded at a time.
const BATCH: usize = 100;

/// What is there where an update of documents of the current version has found none.
#[derive(Debug)]
pub(super) enum Missed {
    Nothing,
    /// This document, which needs no upgrade since a moment ago.
    Written(Bson),
    /// An older document, and its upgrade.
    Old(Change),
}

/// What a search beside an update has found.
type Beside = Option<Result<Option<RawDocumentBuf>, Error>>;

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// An update of a document of the current version, which most are. Where older ones are to be expected, a search among all is made at the
    /// same time, so that nobody waits for it.
    pub(super) async fn beside_search<R>(
        &self,
        asked: &Asked,
        first_attempt: bool,
        update: impl Future<Output = R>,
    ) -> (R, Beside) {
        if first_attempt && self.lately.expects_old() {
            let (updated, found) = join(update, self.find_any(asked, None)).await;
            (updated, Some(found))
        } else {
            (update.await, None)
        }
    }

    /// What there is for an update that has found nothing.
    ///
    /// A search beside it knows nothing of a transaction. Within a session, an old document is all that is taken from it: the upgrade is
    /// guarded, and misses if the document is another one there.
    pub(super) async fn missed(
        &self,
        asked: &Asked,
        beside: Beside,
        session: Option<&mut ClientSession>,
    ) -> Result<Missed, Error> {
        let beside = beside.map(|found| self.look_at(found?));
        match beside {
            Some(missed) if session.is_none() => missed,
            Some(Ok(old @ Missed::Old(_))) => Ok(old),
            _ => self.look_at(self.find_any(asked, session).await?),
        }
    }

    fn look_at(&self, found: Option<RawDocumentBuf>) -> Result<Missed, Error> {
        Ok(match found {
            None => Missed::Nothing,
            Some(stored) if self.is_written(&stored) => Missed::Written(id_of(&stored)),
            Some(stored) => Missed::Old(self.upgrade_to_update(&stored)?),
        })
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
                AnyCursor::find(self.fresh().whole(), filter, asked.options.clone(), session.as_deref_mut())
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

    fn upgrade_to_update(&self, stored: &RawDocumentBuf) -> Result<Change, Error> {
        let version = Self::stored_version(stored);
        let change = self.upgrade(stored, version)?;
        self.lately.old();
        watch::upgraded_before_update(self.name(), version);
        Ok(change)
    }
}
