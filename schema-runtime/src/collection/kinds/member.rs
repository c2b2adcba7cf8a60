//! The handle of one kind, among those of others.

use std::{any::Any, sync::Arc};

use bson::{Document, RawDocument, RawDocumentBuf};
use futures_util::future::BoxFuture;
use mongodb::Collection;
use schema_core::{Chain, DecodeOwned, DocumentKinds, HasKind, VisitKinds};

use crate::{
    census::Census,
    collection::{VersionedCollection, handle::Handle, write_back::AsRead},
    error::Error,
    query::sort::Sorting,
};

pub(super) trait Member<K>: Send + Sync {
    fn chain(&self) -> Chain;

    /// For those who know of which type it is.
    fn as_any(&self) -> &dyn Any;

    /// A filter in the names of its current version, for documents of all its versions.
    fn translated(&self, filter: Document) -> Result<Document, Error>;

    fn sorting(&self, sort: Document) -> Result<Sorting, Error>;

    /// A document of this kind.
    fn read(&self, document: &RawDocument, in_session: bool) -> Result<AsRead<K>, Error>;

    /// The document as it is inserted; `None` if it is of another kind.
    fn new_document(&self, document: &K) -> Option<Result<RawDocumentBuf, Error>>;

    fn census(&self) -> BoxFuture<'_, Result<Census, Error>>;
}

impl<K: HasKind<T>, T: DecodeOwned + Send + Sync + 'static> Member<K> for VersionedCollection<T> {
    fn chain(&self) -> Chain {
        T::CHAIN
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn translated(&self, filter: Document) -> Result<Document, Error> {
        self.translated(filter)
    }

    fn sorting(&self, sort: Document) -> Result<Sorting, Error> {
        Handle::sorting(self, sort)
    }

    fn read(&self, document: &RawDocument, in_session: bool) -> Result<AsRead<K>, Error> {
        Ok(self.read(document, in_session)?.map(K::from))
    }

    fn new_document(&self, document: &K) -> Option<Result<RawDocumentBuf, Error>> {
        document.as_kind().map(|document| self.new_document(document))
    }

    fn census(&self) -> BoxFuture<'_, Result<Census, Error>> {
        Box::pin(self.census())
    }
}

/// A handle for each kind.
pub(super) fn members<K: DocumentKinds + Send + Sync + 'static>(
    collection: &Collection<K>,
) -> Vec<Arc<dyn Member<K>>> {
    let mut members = Members { collection, members: Vec::new() };
    K::visit(&mut members);
    members.members
}

struct Members<'a, K: Send + Sync> {
    collection: &'a Collection<K>,
    members: Vec<Arc<dyn Member<K>>>,
}

impl<K: Send + Sync + 'static> VisitKinds<K> for Members<'_, K> {
    fn kind<T: DecodeOwned + Send + Sync + 'static>(&mut self)
    where
        K: HasKind<T>,
    {
        let collection = self.collection.clone_with_type::<T>();
        self.members.push(Arc::new(VersionedCollection::over(collection)));
    }
}
