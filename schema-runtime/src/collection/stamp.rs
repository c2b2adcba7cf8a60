//! Updates and the stamps, the version and the kind: which of them leave these what they say.

use bson::{Document, doc};
use mongodb::options::UpdateModifications;
use schema_core::{DecodeOwned, Kind};

use super::VersionedCollection;
use crate::error::Error;

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// An update after which a document has the version and the kind it had, and a new one has those that are written.
    ///
    /// # Errors
    ///
    /// [`Error::StampInUpdate`] for an operator on one of their fields. A pipeline may do anything; they are set behind it.
    pub(super) fn keeping_the_stamp(
        &self,
        update: UpdateModifications,
    ) -> Result<UpdateModifications, Error> {
        match update {
            UpdateModifications::Document(update) => {
                for field in T::CHAIN.stamps() {
                    if let Some(operator) = operator_on(field, &update) {
                        let (collection, operator) = (self.name().to_owned(), operator.to_owned());
                        return Err(Error::StampInUpdate { collection, operator, field });
                    }
                }
                Ok(UpdateModifications::Document(stamping_the_kind(update, T::CHAIN.kind)))
            }
            UpdateModifications::Pipeline(mut stages) => {
                let mut stamps = doc! { T::CHAIN.version_field: T::CHAIN.version };
                stamps.extend(
                    T::CHAIN.kind.map(|kind| (kind.key.to_owned(), doc! { "$literal": kind.value }.into())),
                );
                stages.push(doc! { "$set": stamps });
                Ok(UpdateModifications::Pipeline(stages))
            }
            other => Ok(other),
        }
    }
}

/// A document that an upsert makes has what its filter says, unless that leaves a choice.
fn stamping_the_kind(mut update: Document, kind: Option<Kind>) -> Document {
    let Some(kind) = kind.filter(|kind| kind.or_missing) else { return update };
    match update.get_document_mut("$setOnInsert") {
        Ok(on_insert) => drop(on_insert.insert(kind.key, kind.value)),
        Err(_) => drop(update.insert("$setOnInsert", doc! { kind.key: kind.value })),
    }
    update
}

/// The operator that would change a stamp, if one would.
fn operator_on<'a>(stamp: &str, update: &'a Document) -> Option<&'a str> {
    let is_stamp = |path: &str| path.split('.').next() == Some(stamp);
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
