//! Updates and the version field: which of them leave the stamp what it says.

use bson::{Document, doc};
use mongodb::options::UpdateModifications;
use schema_core::DecodeOwned;

use super::VersionedCollection;
use crate::error::Error;

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// An update after which a document has the version it had.
    ///
    /// # Errors
    ///
    /// [`Error::StampInUpdate`] for an operator on the version field. A pipeline may do anything; the stamp is set behind it.
    pub(super) fn keeping_the_stamp(
        &self,
        update: UpdateModifications,
    ) -> Result<UpdateModifications, Error> {
        match update {
            UpdateModifications::Document(update) => match names_the_stamp(&update, T::CHAIN.version_field) {
                Some(operator) => Err(Error::StampInUpdate {
                    collection: self.name().to_owned(),
                    operator: operator.to_owned(),
                    field: T::CHAIN.version_field,
                }),
                None => Ok(UpdateModifications::Document(update)),
            },
            UpdateModifications::Pipeline(mut stages) => {
                stages.push(doc! { "$set": { T::CHAIN.version_field: T::CHAIN.version } });
                Ok(UpdateModifications::Pipeline(stages))
            }
            other => Ok(other),
        }
    }
}

/// The operator that would change the version field, if one would.
fn names_the_stamp<'a>(update: &'a Document, version_field: &str) -> Option<&'a str> {
    let is_stamp = |path: &str| path.split('.').next() == Some(version_field);
    let touches = |operator: &str, fields: &Document| {
        fields.iter().any(|(path, value)| {
            is_stamp(path) || (operator == "$rename" && value.as_str().is_some_and(is_stamp))
        })
    };
    let operators = update.iter().filter_map(|(operator, fields)| Some((operator, fields.as_document()?)));
    operators
        .into_iter()
        .find_map(|(operator, fields)| touches(operator, fields).then_some(operator.as_str()))
}
