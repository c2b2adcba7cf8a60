//! The documents of a schema, whatever their type.

use futures_util::future::BoxFuture;
use schema_core::{Chain, DecodeOwned, history::Version};

use crate::{
    backfill::{Backfill, JobHandle, Report},
    census::Census,
    collection::VersionedCollection,
    error::Error,
    versions::{Floor, LiveMember},
};

/// What a schema does with a collection without knowing its type.
pub(crate) trait Documents: Send + Sync {
    /// As [`VersionedCollection::name`].
    fn name(&self) -> &str;

    /// The name of the collection itself.
    fn collection(&self) -> &str;

    fn chain(&self) -> &'static Chain;

    fn history(&self) -> &'static Version;

    fn job(&self, rollback: bool) -> JobHandle;

    fn census(&self) -> BoxFuture<'_, Result<Census, Error>>;

    /// What the documents are at most, without looking at each.
    fn estimated_count(&self) -> BoxFuture<'_, Result<u64, Error>>;

    fn live_members(&self) -> BoxFuture<'_, Result<Vec<LiveMember>, Error>>;

    fn verify_floor(&self) -> BoxFuture<'_, Result<Floor, Error>>;

    fn backfill<'a>(&'a self, stop: BoxFuture<'a, String>) -> BoxFuture<'a, Result<Report, Error>>;
}

impl<T: DecodeOwned + Send + Sync> Documents for VersionedCollection<T> {
    fn name(&self) -> &str {
        self.name()
    }

    fn collection(&self) -> &str {
        self.collection().name()
    }

    fn chain(&self) -> &'static Chain {
        &T::CHAIN
    }

    fn history(&self) -> &'static Version {
        T::HISTORY
    }

    fn job(&self, rollback: bool) -> JobHandle {
        let (database, name) = (self.database(), self.name());
        if rollback { JobHandle::rollback(&database, name) } else { JobHandle::new(&database, name) }
    }

    fn census(&self) -> BoxFuture<'_, Result<Census, Error>> {
        Box::pin(self.census())
    }

    fn estimated_count(&self) -> BoxFuture<'_, Result<u64, Error>> {
        Box::pin(async {
            use crate::error::During;
            self.collection().estimated_document_count().await.during("count the documents", self.name())
        })
    }

    fn live_members(&self) -> BoxFuture<'_, Result<Vec<LiveMember>, Error>> {
        Box::pin(self.live_members())
    }

    fn verify_floor(&self) -> BoxFuture<'_, Result<Floor, Error>> {
        Box::pin(self.verify_floor())
    }

    fn backfill<'a>(&'a self, stop: BoxFuture<'a, String>) -> BoxFuture<'a, Result<Report, Error>> {
        Box::pin(Backfill::new(self).stop_when(stop).run())
    }
}
