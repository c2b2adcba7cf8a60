//! The documents of one chain in a collection: all of it, or those of its [kind](Kind).
//!
//! Whatever reads through this has the filter of the kind in it, so that nobody can forget it. Where the collection as such is meant, its
//! options, its indexes or a range of its ids, it is asked for as [`whole`](Population::whole).

use std::sync::Arc;

use bson::{Bson, Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::{
    Collection, Database,
    action::{Aggregate, Find},
};
use schema_core::Kind;

use crate::{
    error::{During, Error},
    filters::of_kind,
    retry::with_retries,
};

/// The documents of one chain.
#[derive(Debug, Clone)]
pub(crate) struct Population {
    collection: Collection<RawDocumentBuf>,
    kind: Option<Kind>,
    name: Arc<str>,
}

impl Population {
    /// `name`: as of [`name_of`].
    pub(crate) fn new(collection: Collection<RawDocumentBuf>, kind: Option<Kind>, name: Arc<str>) -> Self {
        Self { collection, kind, name }
    }

    /// Everything in a collection.
    pub(crate) fn all_of(collection: Collection<RawDocumentBuf>) -> Self {
        let name = collection.name().into();
        Self { collection, kind: None, name }
    }

    /// What books, messages and metrics call it. Commands need the name of the [`whole`](Self::whole).
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The collection, with documents that are not of this chain.
    pub(crate) fn whole(&self) -> &Collection<RawDocumentBuf> {
        &self.collection
    }

    pub(crate) fn database(&self) -> Database {
        self.collection.client().database(&self.collection.namespace().db)
    }

    /// What finds of these documents those that a filter finds.
    pub(crate) fn only(&self, filter: Document) -> Document {
        of_kind(self.kind, filter)
    }

    pub(crate) fn find(&self, filter: Document) -> Find<'_, RawDocumentBuf> {
        self.collection.find(self.only(filter))
    }

    /// Of a kind, this begins with a `$match`, and a `$sample` behind it makes the server look at every document and sort them.
    pub(crate) fn aggregate(&self, pipeline: impl IntoIterator<Item = Document>) -> Aggregate<'_> {
        match &self.kind {
            None => self.collection.aggregate(pipeline),
            Some(kind) => {
                let of_kind = [doc! { "$match": kind.filter() }];
                self.collection.aggregate(of_kind.into_iter().chain(pipeline)).allow_disk_use(true)
            }
        }
    }

    /// Those of these ids, as they are now.
    pub(crate) async fn by_ids(
        &self,
        ids: Vec<Bson>,
        action: &'static str,
    ) -> Result<Vec<RawDocumentBuf>, Error> {
        let filter = doc! { "_id": { "$in": ids } };
        with_retries(async || self.find(filter.clone()).await?.try_collect().await)
            .await
            .during(action, self.name())
    }
}

/// What books, messages and metrics call the documents of a kind in a collection: `contents$article`. Without a kind, it is the
/// collection's own name.
///
/// No collection's own name has a `$` in it. Within the value it is doubled, because more comes behind it: `contents$article$rollback`.
pub(crate) fn name_of(collection: &str, kind: Option<Kind>) -> Arc<str> {
    name_of_value(collection, kind.map(|kind| kind.value))
}

/// The same where only the value of the kind is known.
pub(crate) fn name_of_value(collection: &str, kind: Option<&str>) -> Arc<str> {
    match kind {
        None => collection.into(),
        Some(value) => format!("{collection}${}", value.replace('$', "$$")).into(),
    }
}
