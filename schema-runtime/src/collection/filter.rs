//! Which documents an operation is about: those that a filter in current names finds, apart by their version.

use bson::{Document, doc};
use schema_core::DecodeOwned;

use super::VersionedCollection;
use crate::{
    error::Error,
    filters::{and, of_kind},
    query::translate_since,
    watch,
};

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The filter for documents of every version, of the kind that this collection is for.
    pub(super) fn of_all_versions(&self, filter: Document) -> Result<Document, Error> {
        Ok(of_kind(T::CHAIN.kind, self.translated(filter)?))
    }

    /// The filter for documents of every version.
    pub(crate) fn translated(&self, filter: Document) -> Result<Document, Error> {
        let since = self.known_floor();
        // No step changes an `_id`, and most filters ask for nothing else.
        if since >= T::CHAIN.version || filter.keys().all(|name| name == "_id") {
            return Ok(filter);
        }
        let translated = translate_since::<T>(since, filter.clone())?;
        if translated != filter {
            watch::rewritten(self.name());
        }
        Ok(translated)
    }

    /// The filter for documents of the current version: in those, its names mean what they say.
    pub(super) fn of_current(&self, filter: Document) -> Document {
        and(of_kind(T::CHAIN.kind, filter), doc! { T::CHAIN.version_field: T::CHAIN.version })
    }

    /// Of a filter for documents of every version, the one for those of versions that are not written any more, or not yet.
    pub(super) fn of_others(&self, translated: Document) -> Document {
        let written: Vec<u32> = (self.write_version()..=T::CHAIN.version).collect();
        and(translated, doc! { T::CHAIN.version_field: { "$nin": written } })
    }
}
