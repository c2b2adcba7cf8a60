//! What is asked of documents of every version before they are changed: a filter in the words of each, and how it is compared.

use bson::{Document, RawDocumentBuf, doc};
use mongodb::{
    ClientSession,
    options::{Collation, FindOptions, Hint, ReadPreference, SelectionCriteria},
};
use schema_core::DecodeOwned;

use super::{VersionedCollection, search::first_in};
use crate::{error::Error, filters::and};

#[derive(Debug)]
pub(super) struct Asked {
    /// Translated, which is done once for an operation.
    pub(super) filter: Document,
    pub(super) options: FindOptions,
}

impl Asked {
    pub(super) fn new(translated: Document, mut options: FindOptions) -> Self {
        // What is to be changed must be fresh, or no write would ever find it unchanged. In a transaction nothing else is allowed.
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        Self { filter: translated, options }
    }

    /// With those of an update's options that say which documents it is about.
    pub(super) fn by_update(
        translated: Document,
        collation: Option<&Collation>,
        hint: Option<&Hint>,
        let_vars: Option<&Document>,
    ) -> Self {
        let mut options = FindOptions::default();
        options.collation = collation.cloned();
        options.hint = hint.cloned();
        options.let_vars = let_vars.cloned();
        Self::new(translated, options)
    }
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The first document that is found, of any version: one that was looked for among those of the current version may have become one of
    /// them just then.
    pub(super) async fn find_any(
        &self,
        asked: &Asked,
        session: Option<&mut ClientSession>,
    ) -> Result<Option<RawDocumentBuf>, Error> {
        first_in(self, self.fresh().whole(), asked.filter.clone(), asked.options.clone(), session).await
    }

    /// The first among those of a version that is newer than the current one.
    pub(super) async fn find_newer(
        &self,
        asked: &Asked,
        session: Option<&mut ClientSession>,
    ) -> Result<Option<RawDocumentBuf>, Error> {
        let newer = doc! { T::CHAIN.version_field: { "$gt": T::CHAIN.version } };
        let newer = and(asked.filter.clone(), newer);
        first_in(self, self.fresh().whole(), newer, asked.options.clone(), session).await
    }
}
