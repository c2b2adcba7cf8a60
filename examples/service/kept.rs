//! Kept: whether the version that is written has a place for what a client asks for.
//!
//! As long as the release before is alive, documents are written as it reads them. What that has no place for would be lost, and the client
//! told that it is stored. So it is told to come again.

use axum::BoxError;
use mongodb::bson::{Document, serialize_to_document};
use schema_runtime::{decode, encode, encode_at};

use crate::{api::Documents, problem::Problem, resource::Resource};

/// Whether these `fields` of the document are the same after they were stored.
pub(crate) fn kept<T: Resource>(
    documents: &Documents<T>,
    document: &T,
    fields: &Document,
) -> Result<(), Problem> {
    let written = documents.write_version();
    if written == T::CHAIN.version {
        return Ok(());
    }
    let asked = serialize_to_document(document).map_err(Problem::internal)?;
    let stored = stored_at(written, document).map_err(Problem::internal)?;
    let lost: Vec<_> = fields.keys().filter(|field| asked.get(field) != stored.get(field)).collect();
    if lost.is_empty() { Ok(()) } else { Err(Problem::not_yet(&lost, written)) }
}

/// The document as it is read after it was stored at an older version.
fn stored_at<T: Resource>(version: u32, document: &T) -> Result<Document, BoxError> {
    // The way back takes a document that is its own.
    let own: T = decode(&encode(document)?)?;
    let read_again: T = decode(&encode_at(own, version)?)?;
    Ok(serialize_to_document(&read_again)?)
}
