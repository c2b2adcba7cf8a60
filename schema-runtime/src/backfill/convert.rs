//! Convert: one stored document to its guarded write, by the same chain as a lazy read.

use std::marker::PhantomData;

use bson::{Bson, RawDocument, RawDocumentBuf};
use schema_core::{Chain, DecodeOwned, Decoded, Unversioned, decode_stored, encode, encode_at, peek};

use super::{
    failure::{Failure, Reason},
    types::{ChainTypes, known},
};
use crate::{
    difference::{Documents, difference, same_in_bytes},
    duplicate::duplicate_among,
    guarded_write::{Change, MAX_STATEMENT_BYTES},
};

/// What a document turned out to need.
#[derive(Debug)]
pub(super) enum Converted {
    /// It is where it is to be: at the current version.
    Done,
    /// It is to be changed like this.
    Change(Box<Change>),
    /// It cannot be brought there.
    Failed(Box<Failure>),
}

impl Converted {
    /// A change that one statement can hold, or why there is none.
    pub(super) fn of(change: Result<Change, Reason>, chain: &Chain, stored: &RawDocument) -> Self {
        let fits = |change: Change| match change.bytes() {
            bytes if bytes > MAX_STATEMENT_BYTES => Err(Reason::TooLarge { bytes }),
            _ => Ok(change),
        };
        match change.and_then(fits) {
            Ok(change) => Self::Change(Box::new(change)),
            Err(reason) => Self::Failed(Box::new(Failure::new(chain, stored, reason))),
        }
    }
}

/// `collated`: whether the collection has a collation of its own.
pub(super) fn convert<T: DecodeOwned>(stored: &RawDocumentBuf, collated: bool) -> Converted {
    if is_current::<T>(stored) {
        return Converted::Done;
    }
    Converted::of(change::<T>(stored, None, collated), &T::CHAIN, stored)
}

/// Whether the document says that it is at the current version.
pub(super) fn is_current<T: DecodeOwned>(document: &RawDocument) -> bool {
    peek(document.as_bytes(), T::CHAIN.version_field) == Ok(Some(T::CHAIN.version))
}

/// Whether the document says that it is of an older version of the chain.
pub(super) fn is_upgradable<T: DecodeOwned>(document: &RawDocument) -> bool {
    let version = match (peek(document.as_bytes(), T::CHAIN.version_field), T::CHAIN.unversioned) {
        (Ok(Some(version)), _) | (Ok(None), Unversioned::Version(version)) => version,
        (Ok(None), Unversioned::Reject) | (Err(_), _) => return false,
    };
    version < T::CHAIN.version && T::CHAIN.knows(version)
}

/// `back_to`: the version that the document is taken back to; to the current one, if there is none.
pub(super) fn change<T: DecodeOwned>(
    stored: &RawDocumentBuf,
    back_to: Option<u32>,
    collated: bool,
) -> Result<Change, Reason> {
    let Decoded { document, stored_version, stored: written } = decode_stored::<T>(stored)?;
    let known = known::<T>(written, stored_version, back_to)?;
    let converted = match back_to {
        None => encode(&document)?,
        Some(version) => encode_at(document, version)?,
    };
    let documents = Documents::new(stored, &known, &converted)?;
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
    let types = ChainTypes::<T> {
        stored,
        stored_version,
        known: &known,
        converted: &converted,
        back_to,
        document: PhantomData,
    };
    let update = difference(&documents, &types)?;
    let id = Bson::try_from(id)?;
    Ok(Change::new(id, stored_version, stored.clone(), update, collated)?)
}
