//! Inserts: new documents, stamped.

use std::borrow::Borrow;

use bson::RawDocumentBuf;
use mongodb::{
    options::{InsertManyOptions, InsertOneOptions},
    results::{InsertManyResult, InsertOneResult},
};
use schema_core::DecodeOwned;

use super::{VersionedCollection, action::action, handle::Handle};
use crate::{
    convert::write_at,
    error::{During, Error},
};

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// Inserts a document, stamped with the version that is written.
    pub fn insert_one(&self, document: impl Borrow<T>) -> InsertOne<'_, Self> {
        InsertOne::new(self, self.new_document(document.borrow()))
    }

    /// Inserts documents, stamped with the version that is written.
    pub fn insert_many<D: Borrow<T>>(&self, documents: impl IntoIterator<Item = D>) -> InsertMany<'_, Self> {
        let documents = documents.into_iter().map(|document| self.new_document(document.borrow())).collect();
        InsertMany::new(self, documents)
    }

    /// A document as it is inserted.
    pub(super) fn new_document(&self, document: &T) -> Result<RawDocumentBuf, Error> {
        let written = self.contexts().scope(|| write_at(document, self.written_at(T::CHAIN.oldest)));
        written.map_err(|reason| self.not_written(&RawDocumentBuf::new(), reason))
    }
}

action! {
    /// An insert of a document. Made by [`VersionedCollection::insert_one`].
    ///
    /// # Errors
    ///
    /// Awaiting it ends with [`Error::NotWritten`] for a document that has no BSON form, or none at the version that is written,
    /// and with [`Error::Database`] when the insert fails.
    pub struct InsertOne<'a, H: Handle> {
        document: Result<RawDocumentBuf, Error>,
    } => InsertOneResult, with InsertOneOptions
}

impl<H: Handle> InsertOne<'_, H> {
    async fn run(self) -> Result<InsertOneResult, Error> {
        let Self { versioned, document, options, session } = self;
        let collection = versioned.raw();
        let mut insert = collection.insert_one(document?).with_options(options);
        if let Some(session) = session {
            insert = insert.session(session);
        }
        insert.await.during("insert a document", versioned.name())
    }
}

action! {
    /// An insert of documents. Made by [`VersionedCollection::insert_many`].
    ///
    /// # Errors
    ///
    /// As for [`InsertOne`]; nothing is inserted where one of the documents has no BSON form.
    pub struct InsertMany<'a, H: Handle> {
        documents: Result<Vec<RawDocumentBuf>, Error>,
    } => InsertManyResult, with InsertManyOptions
}

impl<H: Handle> InsertMany<'_, H> {
    async fn run(self) -> Result<InsertManyResult, Error> {
        let Self { versioned, documents, options, session } = self;
        let collection = versioned.raw();
        let mut insert = collection.insert_many(documents?).with_options(options);
        if let Some(session) = session {
            insert = insert.session(session);
        }
        insert.await.during("insert documents", versioned.name())
    }
}
