//! Convert: a stored document to the guarded write that makes of it what the types say, by the same chain as a lazy read.

mod carried;
mod reason;
mod types;

use std::marker::PhantomData;

use bson::{Bson, RawDocument, RawDocumentBuf};
use schema_core::{DecodeOwned, Decoded, Unversioned, decode, decode_stored, encode, encode_at, peek};

pub(crate) use self::reason::{Reason, with_causes};
use self::types::{ChainTypes, known};
use crate::{
    difference::{Documents, Update, difference, same_in_bytes},
    duplicate::duplicate_among,
    guarded_write::{Change, MAX_STATEMENT_BYTES},
};

/// Whether the document says that it is at the current version.
pub(crate) fn is_current<T: DecodeOwned>(document: &RawDocument) -> bool {
    peek(document.as_bytes(), T::CHAIN.version_field) == Ok(Some(T::CHAIN.version))
}

/// Whether the document says that it is of an older version of the chain.
pub(crate) fn is_upgradable<T: DecodeOwned>(document: &RawDocument) -> bool {
    version_of::<T>(document).is_some_and(|version| version < T::CHAIN.version && T::CHAIN.knows(version))
}

/// The version of a document, where it says one or is taken to be of one.
pub(crate) fn version_of<T: DecodeOwned>(document: &RawDocument) -> Option<u32> {
    match (peek(document.as_bytes(), T::CHAIN.version_field), T::CHAIN.unversioned) {
        (Ok(Some(version)), _) | (Ok(None), Unversioned::Version(version)) => Some(version),
        (Ok(None), Unversioned::Reject) | (Err(_), _) => None,
    }
}

/// The change that brings a document to a version.
///
/// `at`: an older version, as far back as the steps are reversible; the current one, if there is none. `collated`: whether the
/// collection has a collation of its own.
pub(crate) fn change<T: DecodeOwned>(
    stored: &RawDocumentBuf,
    at: Option<u32>,
    collated: bool,
) -> Result<Change, Reason> {
    let Decoded { document, stored_version, stored: written } = decode_stored::<T>(stored)?;
    let converted = match at {
        None => encode(&document)?,
        Some(version) => encode_at(document, version)?,
    };
    let conversion = Conversion::<T> {
        stored,
        stored_version,
        known: known::<T>(written, stored_version, at)?,
        unedited: None,
        converted,
        at,
        document: PhantomData,
    };
    conversion.change(collated)
}

/// The change that makes of a stored document what somebody has made of it in memory, and brings it to a version. Where it is at
/// that version already, only what differs from what was read is written.
pub(crate) fn edit<T: DecodeOwned>(
    stored: &RawDocumentBuf,
    edited: &T,
    at: Option<u32>,
    collated: bool,
) -> Result<Change, Reason> {
    let Decoded { document, stored_version, stored: written } = decode_stored::<T>(stored)?;
    let conversion = Conversion::<T> {
        stored,
        stored_version,
        known: known::<T>(written, stored_version, at)?,
        unedited: Some(write_at(&document, at)?),
        converted: write_at(edited, at)?,
        at,
        document: PhantomData,
    };
    conversion.change(collated)
}

/// A document as it is stored at a version; the current one, if there is none.
///
/// The way back takes a document that is its own, and this one is somebody's: it is read from what it writes.
pub(crate) fn write_at<T: DecodeOwned>(document: &T, at: Option<u32>) -> Result<RawDocumentBuf, Reason> {
    let current = encode(document)?;
    match at {
        None => Ok(current),
        Some(version) => Ok(encode_at(decode::<T>(&current)?, version)?),
    }
}

/// A change that one statement can hold.
pub(crate) fn fitting(change: Change) -> Result<Change, Reason> {
    match change.bytes() {
        bytes if bytes > MAX_STATEMENT_BYTES => Err(Reason::TooLarge { bytes }),
        _ => Ok(change),
    }
}

/// The documents between a stored one and what it is to be.
struct Conversion<'a, T> {
    stored: &'a RawDocumentBuf,
    stored_version: u32,
    /// What its version knows of it.
    known: RawDocumentBuf,
    /// What the chain alone makes of it, if more is made of it.
    unedited: Option<RawDocumentBuf>,
    converted: RawDocumentBuf,
    at: Option<u32>,
    document: PhantomData<fn() -> T>,
}

impl<T: DecodeOwned> Conversion<'_, T> {
    fn change(&self, collated: bool) -> Result<Change, Reason> {
        let documents = Documents::new(self.stored, &self.known, &self.converted)?;
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
            stored: self.stored,
            stored_version: self.stored_version,
            known: &self.known,
            unedited: self.unedited.as_ref().unwrap_or(&self.converted),
            converted: &self.converted,
            at: self.at,
            document: PhantomData,
        };
        let update = self.touched(difference(&documents, &types)?)?;
        let id = Bson::try_from(id)?;
        fitting(Change::new(id, self.stored_version, self.stored.clone(), update, collated)?)
    }

    /// Of the update of a document that stays at its version, what the edit asks for: what its type would only write in
    /// another form stays as it is.
    fn touched(&self, update: Update) -> Result<Update, bson::error::Error> {
        let at = self.at.unwrap_or(T::CHAIN.version);
        match &self.unedited {
            Some(unedited) if self.stored_version == at => update.between(unedited, &self.converted),
            _ => Ok(update),
        }
    }
}
