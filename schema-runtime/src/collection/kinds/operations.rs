//! What can be done with documents without knowing their kind.

use std::borrow::Borrow;

use bson::{Document, RawDocumentBuf};
use schema_core::DocumentKinds;

use super::VersionedKinds;
use crate::{
    collection::{Delete, Find, FindOne, InsertMany, InsertOne, handle::Handle},
    error::{During, Error},
};

impl<K: DocumentKinds + Send + Sync + 'static> VersionedKinds<K> {
    /// Finds documents of all kinds and every version by a filter in names of their current ones, as
    /// [`VersionedCollection::find`](crate::VersionedCollection::find) does. What a kind does not have, is missing in its documents.
    pub fn find(&self, filter: Document) -> Find<'_, Self> {
        Find::new(self, filter)
    }

    /// Finds one document of any kind and version by a filter in names of their current ones.
    pub fn find_one(&self, filter: Document) -> FindOne<'_, Self> {
        FindOne::new(self, filter)
    }

    /// How many documents of all kinds and versions a filter in names of their current ones finds.
    ///
    /// # Errors
    ///
    /// [`Error::Untranslatable`] for a filter that older documents cannot be asked; [`Error::Database`] when the count fails.
    pub async fn count_documents(&self, filter: Document) -> Result<u64, Error> {
        let filter = self.of_all_versions(filter)?;
        self.collection.count_documents(filter).await.during("count documents", self.name())
    }

    /// Inserts a document, stamped with its kind and the version of it that is written.
    pub fn insert_one(&self, document: impl Borrow<K>) -> InsertOne<'_, Self> {
        InsertOne::new(self, self.new_document(document.borrow()))
    }

    /// Inserts documents, each stamped with its kind and the version of it that is written.
    pub fn insert_many<D: Borrow<K>>(&self, documents: impl IntoIterator<Item = D>) -> InsertMany<'_, Self> {
        let documents = documents.into_iter().map(|document| self.new_document(document.borrow())).collect();
        InsertMany::new(self, documents)
    }

    /// Deletes the first document of any kind and version that a filter in names of their current ones finds.
    pub fn delete_one(&self, filter: Document) -> Delete<'_, Self> {
        Delete::new(self, filter, false)
    }

    /// Deletes all documents of all kinds and versions that a filter in names of their current ones finds.
    pub fn delete_many(&self, filter: Document) -> Delete<'_, Self> {
        Delete::new(self, filter, true)
    }

    /// By the handle of its kind, of which there is one for each variant.
    fn new_document(&self, document: &K) -> Result<RawDocumentBuf, Error> {
        let own = self.members.iter().find_map(|member| member.new_document(document));
        own.unwrap_or_else(|| {
            bson::serialize_to_raw_document_buf(document)
                .map_err(mongodb::error::Error::from)
                .during("encode a document", self.name())
        })
    }
}
