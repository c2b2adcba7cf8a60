//! What reads, inserts and deletes ask of a handle: of one for the documents of a type, or of one for those of all
//! [kinds](super::VersionedKinds).

use bson::{Document, RawDocument, RawDocumentBuf};
use mongodb::Collection;
use schema_core::DecodeOwned;

use super::{VersionedCollection, write_back::AsRead};
use crate::{
    error::Error,
    query::sort::{Sorting, translate_sort},
};

pub trait Handle: Send + Sync {
    /// What its documents are read as.
    type Document: Send;

    fn name(&self) -> &str;

    /// The collection as bytes.
    fn raw(&self) -> Collection<RawDocumentBuf>;

    /// The filter for documents of every version, of those that the handle is for.
    fn of_all_versions(&self, filter: Document) -> Result<Document, Error>;

    /// The order of these.
    fn sorting(&self, sort: Document) -> Result<Sorting, Error>;

    /// A document that was found.
    fn read(&self, document: &RawDocument, in_session: bool) -> Result<AsRead<Self::Document>, Error>;
}

impl<T: DecodeOwned + Send + Sync> Handle for VersionedCollection<T> {
    type Document = T;

    fn name(&self) -> &str {
        self.name()
    }

    fn raw(&self) -> Collection<RawDocumentBuf> {
        self.raw()
    }

    fn of_all_versions(&self, filter: Document) -> Result<Document, Error> {
        self.of_all_versions(filter)
    }

    fn sorting(&self, sort: Document) -> Result<Sorting, Error> {
        Ok(translate_sort::<T>(self.known_floor(), sort)?)
    }

    fn read(&self, document: &RawDocument, in_session: bool) -> Result<AsRead<T>, Error> {
        self.read(document, in_session)
    }
}
