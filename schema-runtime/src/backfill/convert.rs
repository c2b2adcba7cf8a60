//! Convert: one stored document to its guarded write, by the same chain as a lazy read.

use bson::{Bson, RawDocument, RawDocumentBuf};
use schema_core::{DecodeOwned, decode_stored, encode, peek};

use super::{
    failure::{Failure, Reason},
    types::ChainTypes,
};
use crate::{
    difference::{Documents, difference, same_in_bytes},
    duplicate::duplicate_among,
    guarded_write::{Change, MAX_STATEMENT_BYTES},
};

/// What a document turned out to need.
#[derive(Debug)]
pub(super) enum Converted {
    /// It is at the current version.
    Current,
    /// It is to be changed like this.
    Upgrade(Box<Change>),
    /// It cannot be brought to the current version.
    Failed(Box<Failure>),
}

/// `collated`: whether the collection has a collation of its own.
pub(super) fn convert<T: DecodeOwned>(stored: &RawDocumentBuf, collated: bool) -> Converted {
    if is_current::<T>(stored) {
        return Converted::Current;
    }
    match change::<T>(stored, collated) {
        Ok(change) => Converted::Upgrade(Box::new(change)),
        Err(reason) => Converted::Failed(Box::new(Failure::new(&T::CHAIN, stored, reason))),
    }
}

/// Whether the document says that it is at the current version.
pub(super) fn is_current<T: DecodeOwned>(document: &RawDocument) -> bool {
    peek(document.as_bytes(), T::CHAIN.version_field) == Ok(Some(T::CHAIN.version))
}

fn change<T: DecodeOwned>(stored: &RawDocumentBuf, collated: bool) -> Result<Change, Reason> {
    let decoded = decode_stored::<T>(stored)?;
    let upgraded = encode(&decoded.document)?;
    let documents = Documents::new(stored, &decoded.stored, &upgraded)?;
    // From here on, each name is that of one field.
    if let Some(field) = duplicate_among(&documents.stored)? {
        return Err(Reason::StoredTwice { field });
    }
    if let Some(field) = duplicate_among(&documents.upgraded)? {
        return Err(Reason::WrittenTwice { field });
    }
    let id = documents.stored.get("_id").ok_or(Reason::NoId)?;
    // Compared with what the old type wrote: a number that both read as another type is the same id.
    if let Some(new) = documents.upgraded.get("_id")
        && !same_in_bytes(documents.known.get("_id").unwrap_or(id), new)?
    {
        return Err(Reason::IdChanged(Box::new((id.try_into()?, new.try_into()?))));
    }
    let update = difference(&documents, &ChainTypes { stored, decoded: &decoded, upgraded: &upgraded })?;
    let id = Bson::try_from(id)?;
    let change = Change::new(id, decoded.stored_version, stored.clone(), update, collated)?;
    if change.bytes() > MAX_STATEMENT_BYTES {
        return Err(Reason::TooLarge { bytes: change.bytes() });
    }
    Ok(change)
}
