//! Resource: what the API has to know of a document type, beyond the type itself.

use mongodb::bson::{self, Bson, Document, RawDocumentBuf, doc};
use schema_runtime::{DecodeErrorKind, DecodeOwned, decode};
use serde::{Serialize, de::DeserializeOwned};

use crate::problem::Problem;

/// A document type that the API offers, as one release has it.
pub(crate) trait Resource: DecodeOwned + Send + Sync + 'static {
    /// The version that is written beside processes of the release before: the newest that it reads. The steps back to it are
    /// `reversible`.
    const READ_BY_RELEASE_BEFORE: u32;

    /// What clients may write, all of it optional: PATCH sets what is there. POST and PUT take the same, and the document type
    /// says which of it a document cannot do without.
    type Fields: DeserializeOwned + Serialize + Send;

    /// What clients may ask for in a list.
    const ASKED: &'static [(&'static str, Kind)];
}

/// What a field that is asked for holds: a query string is all text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
}

/// The fields that a client has written, as they are stored.
pub(crate) fn stored<T: Resource>(fields: &T::Fields) -> Result<Document, Problem> {
    let fields =
        bson::serialize_to_document(fields).map_err(|error| Problem::unprocessable(error.to_string()))?;
    // What was left out, and what was null.
    Ok(fields.into_iter().filter(|(_, value)| *value != Bson::Null).collect())
}

/// A whole document out of these fields.
pub(crate) fn whole<T: Resource>(id: &str, fields: &Document) -> Result<T, Problem> {
    with(doc! { "_id": id, T::CHAIN.version_field: T::CHAIN.version }, fields)
}

/// A document with these fields in the place of its own.
pub(crate) fn changed<T: Resource>(document: &T, fields: &Document) -> Result<T, Problem> {
    with(bson::serialize_to_document(document).map_err(Problem::internal)?, fields)
}

fn with<T: Resource>(mut document: Document, fields: &Document) -> Result<T, Problem> {
    document.extend(fields.clone());
    let document =
        RawDocumentBuf::try_from(&document).map_err(|error| Problem::unprocessable(error.to_string()))?;
    decode(&document).map_err(|error| match error.kind() {
        // The client is told its field, and not what the service calls the type.
        DecodeErrorKind::Body { source, .. } => Problem::unprocessable(source.to_string()),
        _ => Problem::unprocessable(error.one_line()),
    })
}
