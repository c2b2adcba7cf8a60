//! Convert: one stored document to its guarded write, by the same chain as a lazy read.

use bson::{Document, RawDocument, RawDocumentBuf};
use schema_core::{DecodeOwned, decode_stored, encode, peek};

use super::{
    failure::{Failure, Reason},
    types::ChainTypes,
};
use crate::{
    difference::{Documents, difference, same},
    duplicate::duplicate_field,
    guarded_write::{MAX_STATEMENT_BYTES, Statement},
};

/// What a document turned out to need.
#[derive(Debug)]
pub(super) enum Converted {
    /// It is at the current version.
    Current,
    /// It is to be changed like this.
    Upgrade(Statement),
    /// It cannot be brought to the current version.
    Failed(Box<Failure>),
}

pub(super) fn convert<T: DecodeOwned>(stored: &RawDocumentBuf, collation: Option<&RawDocument>) -> Converted {
    if is_current::<T>(stored) {
        return Converted::Current;
    }
    match statement::<T>(stored, collation) {
        Ok(statement) => Converted::Upgrade(statement),
        Err(reason) => Converted::Failed(Box::new(Failure::new(&T::CHAIN, stored, reason))),
    }
}

/// Whether the document says that it is at the current version.
pub(super) fn is_current<T: DecodeOwned>(document: &RawDocument) -> bool {
    peek(document.as_bytes(), T::CHAIN.version_field) == Ok(Some(T::CHAIN.version))
}

fn statement<T: DecodeOwned>(
    stored: &RawDocumentBuf,
    collation: Option<&RawDocument>,
) -> Result<Statement, Reason> {
    let decoded = decode_stored::<T>(stored)?;
    let upgraded = encode(&decoded.document)?;
    // As maps, the documents have each name once.
    if let Some(field) = duplicate_field(stored)? {
        return Err(Reason::StoredTwice { field });
    }
    if let Some(field) = duplicate_field(&upgraded)? {
        return Err(Reason::WrittenTwice { field });
    }
    let before = Document::try_from(stored)?;
    let known = Document::try_from(&decoded.stored)?;
    let after = Document::try_from(&upgraded)?;
    let id = before.get("_id").cloned().ok_or(Reason::NoId)?;
    // Compared with what the old type wrote: a number that both read as another type is the same id.
    if let Some(new) = after.get("_id")
        && !same(known.get("_id").unwrap_or(&id), new)
    {
        return Err(Reason::IdChanged(Box::new((id, new.clone()))));
    }
    let documents = Documents { stored: &before, known: &known, upgraded: &after };
    let update =
        difference(documents, &ChainTypes { stored: &before, decoded: &decoded, upgraded: &upgraded })?;
    let statement = Statement::new(id, decoded.stored_version, stored, update, collation)?;
    if statement.bytes() > MAX_STATEMENT_BYTES {
        return Err(Reason::TooLarge { bytes: statement.bytes() });
    }
    Ok(statement)
}
