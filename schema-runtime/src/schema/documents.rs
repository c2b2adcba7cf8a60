//! The documents of a schema, whatever their type.

use futures_util::future::BoxFuture;
use schema_core::{Chain, DecodeOwned, history::Markdown};

use super::DocumentsStatus;
use crate::{
    backfill::{Backfill, Report},
    census::Census,
    collection::VersionedCollection,
    error::Error,
    versions::LiveMember,
};

/// What a schema does with a collection without knowing its type.
pub(crate) trait Documents: Send + Sync {
    /// As [`VersionedCollection::name`].
    fn name(&self) -> &str;

    /// The name of the collection itself.
    fn collection(&self) -> &str;

    fn chain(&self) -> &'static Chain;

    fn markdown(&self) -> Markdown;

    fn census(&self) -> BoxFuture<'_, Result<Census, Error>>;

    fn live_members(&self) -> BoxFuture<'_, Result<Vec<LiveMember>, Error>>;

    fn status(&self) -> BoxFuture<'_, Result<DocumentsStatus, Error>>;

    /// Brings them to their current version. `max_rate`: documents a second.
    fn backfill<'a>(
        &'a self,
        max_rate: Option<f64>,
        stop: BoxFuture<'a, String>,
    ) -> BoxFuture<'a, Result<Report, Error>>;
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

    fn markdown(&self) -> Markdown {
        Markdown::of::<T>()
    }

    fn census(&self) -> BoxFuture<'_, Result<Census, Error>> {
        Box::pin(self.census())
    }

    fn live_members(&self) -> BoxFuture<'_, Result<Vec<LiveMember>, Error>> {
        Box::pin(self.live_members())
    }

    fn status(&self) -> BoxFuture<'_, Result<DocumentsStatus, Error>> {
        Box::pin(DocumentsStatus::of(self))
    }

    fn backfill<'a>(
        &'a self,
        max_rate: Option<f64>,
        stop: BoxFuture<'a, String>,
    ) -> BoxFuture<'a, Result<Report, Error>> {
        let mut backfill = Backfill::new(self).stop_when(stop);
        if let Some(max_rate) = max_rate {
            // And no batch of more than a second.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let a_second = max_rate.clamp(1.0, 1000.0) as u32;
            backfill = backfill.max_rate(max_rate).batch_size(a_second);
        }
        Box::pin(backfill.run())
    }
}
