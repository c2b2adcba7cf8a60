//! The documents of a schema, whatever their type.

#[cfg(feature = "cli")]
use std::path::Path;

#[cfg(feature = "cli")]
use bson::Document;
use futures_util::future::BoxFuture;
use schema_core::{Chain, DecodeOwned, history::Markdown};

use super::DocumentsStatus;
use crate::{
    backfill::{Backfill, Report},
    census::Census,
    collection::VersionedCollection,
    error::Error,
    indexes::IndexReport,
    versions::LiveMember,
};
#[cfg(feature = "cli")]
use crate::{
    cli::{Answer, CliError, OfDocuments, Telling},
    testing::{Findings, Golden, Lock},
};

/// What a schema does with a collection without knowing its type.
pub(crate) trait Documents: Send + Sync {
    /// As [`VersionedCollection::name`].
    fn name(&self) -> &str;

    /// The name of the collection itself.
    fn collection(&self) -> &str;

    fn chain(&self) -> &'static Chain;

    /// The filter that finds what a backfill would touch.
    #[cfg(feature = "cli")]
    fn not_current(&self) -> Document;

    /// Creates the declared indexes that are missing.
    fn create_indexes(&self) -> BoxFuture<'_, Result<IndexReport, Error>>;

    fn compare_indexes(&self) -> BoxFuture<'_, Result<IndexReport, Error>>;

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

    /// What the command line answers.
    #[cfg(feature = "cli")]
    fn answer<'a>(
        &'a self,
        command: OfDocuments,
        telling: &'a Telling,
    ) -> BoxFuture<'a, Result<Answer, CliError>>;

    /// Adds them to a lock.
    #[cfg(feature = "cli")]
    fn lock(&self, lock: Lock) -> Lock;

    /// Compares the golden documents of a folder with what the code makes of them.
    #[cfg(feature = "cli")]
    fn golden(&self, folder: &Path) -> Result<(), Findings>;
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

    #[cfg(feature = "cli")]
    fn not_current(&self) -> Document {
        self.not_current()
    }

    fn create_indexes(&self) -> BoxFuture<'_, Result<IndexReport, Error>> {
        Box::pin(async { self.indexes().create().await })
    }

    fn compare_indexes(&self) -> BoxFuture<'_, Result<IndexReport, Error>> {
        Box::pin(async { self.indexes().compare().await })
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
    #[cfg(feature = "cli")]
    fn answer<'a>(
        &'a self,
        command: OfDocuments,
        telling: &'a Telling,
    ) -> BoxFuture<'a, Result<Answer, CliError>> {
        Box::pin(command.run(self, telling))
    }

    #[cfg(feature = "cli")]
    fn lock(&self, lock: Lock) -> Lock {
        lock.document_as::<T>(self.name())
    }

    #[cfg(feature = "cli")]
    fn golden(&self, folder: &Path) -> Result<(), Findings> {
        Golden::<T>::at(folder).check()
    }
}
