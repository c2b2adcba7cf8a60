//! An operation as it is said to the documents that it may change: in the words of the current version, or of older ones while those are
//! written.

use bson::{Bson, Document, RawDocument, doc};
use mongodb::options::UpdateModifications;
use schema_core::{DecodeOwned, peek};

use super::VersionedCollection;
use crate::{
    error::Error,
    filters::{and, of_kind},
    query::stored_path,
};

/// For documents of one version.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) filter: Document,
    pub(super) update: UpdateModifications,
}

impl Said {
    /// The filter; for that one document, if there is an id.
    pub(super) fn filter_of(&self, id: Option<Bson>) -> Document {
        match id {
            None => self.filter.clone(),
            Some(id) => and(self.filter.clone(), doc! { "_id": id }),
        }
    }
}

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// An update with its filter, which is `translated` for all versions as well, for each version from the one that is written on: nothing is
    /// older once it has been brought up, and most are of the first.
    ///
    /// # Errors
    ///
    /// [`Error::StampInUpdate`], and [`Error::OlderUpdate`] for what an older version that is written has no words for.
    pub(super) fn said(
        &self,
        filter: Document,
        translated: &Document,
        update: UpdateModifications,
        upsert: bool,
    ) -> Result<Vec<Said>, Error> {
        let update = self.keeping_the_stamp(update)?;
        let (written, current) = (self.write_version(), T::CHAIN.version);
        let mut said = Vec::with_capacity(1);
        for version in written..current {
            if upsert && *translated != of_kind(T::CHAIN.kind, filter.clone()) {
                let why = "what its filter says cannot become part of a new document".to_owned();
                return Err(Error::OlderUpdate { collection: self.name().to_owned(), version, why });
            }
            let filter = and(translated.clone(), doc! { T::CHAIN.version_field: version });
            said.push(Said { filter, update: self.in_words_of(version, &update)? });
        }
        said.push(Said { filter: self.of_current(filter), update });
        Ok(said)
    }

    /// Whether a document is of one of the versions that an update is said for.
    pub(super) fn is_written(&self, document: &RawDocument) -> bool {
        let versions = self.write_version()..=T::CHAIN.version;
        let stored = peek(document.as_bytes(), T::CHAIN.version_field);
        stored.is_ok_and(|stored| stored.is_some_and(|stored| versions.contains(&stored)))
    }

    /// An update in the fields of an older version.
    fn in_words_of(&self, version: u32, update: &UpdateModifications) -> Result<UpdateModifications, Error> {
        let fail = |why: String| Error::OlderUpdate { collection: self.name().to_owned(), version, why };
        let UpdateModifications::Document(update) = update else {
            return Err(fail("what a pipeline does to a field cannot be told".to_owned()));
        };
        let path = |path: &str| match stored_path::<T>(version, path) {
            Ok(Some(stored)) => Ok(stored),
            Ok(None) => Err(fail(format!("it has no place for `{path}`"))),
            Err(error) => Err(fail(error.to_string())),
        };
        let mut said = Document::new();
        for (operator, fields) in update {
            let Some(fields) = fields.as_document() else {
                return Err(fail(format!("`{operator}` has no fields")));
            };
            let mut renamed = Document::new();
            for (field, value) in fields {
                let value = match value {
                    Bson::String(to) if operator == "$rename" => Bson::String(path(to)?),
                    value => value.clone(),
                };
                renamed.insert(path(field)?, value);
            }
            said.insert(operator, renamed);
        }
        Ok(UpdateModifications::Document(said))
    }
}
