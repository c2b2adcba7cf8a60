//! The guarded write: change document X from what was read to what was computed, if and only if nobody has
//! changed it in between.
//!
//! The guard is the document as it was read, byte for byte, not its version: code of the previous release updates a
//! version-1 document and leaves it version 1. The server decides about each document atomically, and a statement is safe to
//! repeat: a change that was made already misses its guard. No lock is held between read and write, so a job that dies or
//! hangs holds up nobody.
//!
//! ```text
//! changes -> groups that share a form -> a statement of the `update` command for each group
//! ```
//!
//! One statement for a hundred documents costs the server about half of what a hundred statements cost, each with a guard
//! of its own ([`statement`]). The server's `==` takes 5 for 5.0; what else there is to the guard is in [`places`].

mod group;
mod places;
mod statement;

use bson::{Bson, RawDocument, RawDocumentBuf, error::Result};

use self::places::{Place, places};
pub(crate) use self::{group::groups, statement::statement};
use crate::difference::Update;

/// The largest command a server takes is 16 MiB and a little; a statement holds the document it guards, and this
/// leaves room for its framing (<https://www.mongodb.com/docs/manual/reference/limits/>).
pub(crate) const MAX_STATEMENT_BYTES: usize = 16 * 1024 * 1024 - 64 * 1024;

/// What the form of one change takes up beside its two documents: entries in lists, names, a size.
const FRAMING_BYTES: usize = 256;

/// One document as it was read, and what is to be changed in it.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) id: Bson,
    /// The version the document was read at.
    pub(crate) stored_version: u32,
    read: RawDocumentBuf,
    /// The fields that are set, or all that there are to be.
    set: RawDocumentBuf,
    unset: Vec<String>,
    /// Whether the document becomes `set`, in the order of its fields as well.
    whole: bool,
    places: Vec<Place>,
}

impl Change {
    /// `collated`: whether the collection has a collation of its own, which may take `"a"` for `"A"`.
    ///
    /// # Errors
    ///
    /// A document that was read and is no BSON.
    pub(crate) fn new(
        id: Bson,
        stored_version: u32,
        read: RawDocumentBuf,
        update: Update,
        collated: bool,
    ) -> Result<Self> {
        let places = places(&read, collated)?;
        let Update { set, unset } = update;
        Ok(Self { id, stored_version, read, set, unset, whole: false, places })
    }

    /// Makes another document of it, of the same `_id`.
    ///
    /// # Errors
    ///
    /// A document that was read and is no BSON.
    pub(crate) fn replacement(
        id: Bson,
        stored_version: u32,
        read: RawDocumentBuf,
        by: RawDocumentBuf,
        collated: bool,
    ) -> Result<Self> {
        let places = places(&read, collated)?;
        Ok(Self { id, stored_version, read, set: by, unset: Vec::new(), whole: true, places })
    }

    /// The document as it was read.
    pub(crate) fn read(&self) -> &RawDocumentBuf {
        &self.read
    }

    /// The fields that are set in it.
    pub(crate) fn set(&self) -> &RawDocumentBuf {
        &self.set
    }

    /// The names of the fields that are removed from it.
    pub(crate) fn unset(&self) -> &[String] {
        &self.unset
    }

    /// What the document is to become, byte for byte.
    ///
    /// # Errors
    ///
    /// A document that was read and is no BSON.
    pub(crate) fn outcome(&self) -> Result<RawDocumentBuf> {
        if self.whole { Ok(self.set.clone()) } else { applied(&self.read, &self.set, &self.unset) }
    }

    /// About how large a statement for this change is.
    pub(crate) fn bytes(&self) -> usize {
        let names: usize = self.unset.iter().map(String::len).sum();
        let places: usize = self.places.iter().map(Place::bytes).sum();
        self.read.as_bytes().len() + self.set.as_bytes().len() + names + places + FRAMING_BYTES
    }

    /// Whether one statement can hold both.
    fn has_the_form_of(&self, other: &Self) -> bool {
        let (own, others) = (&self.places, &other.places);
        self.whole == other.whole
            && self.unset == other.unset
            && own.len() == others.len()
            && own.iter().zip(others).all(|(own, other)| own.has_the_form_of(other))
    }
}

/// What a statement makes of a document: a field that is set keeps its place, a new one comes last.
///
/// # Errors
///
/// Bytes that are not BSON.
pub(crate) fn applied(read: &RawDocument, set: &RawDocument, unset: &[String]) -> Result<RawDocumentBuf> {
    let mut outcome = RawDocumentBuf::new();
    for field in read {
        let (name, value) = field?;
        if !unset.iter().any(|removed| removed == name.as_str()) {
            outcome.append(name, set.get(name.as_str())?.unwrap_or(value));
        }
    }
    for field in set {
        let (name, value) = field?;
        if read.get(name.as_str())?.is_none() {
            outcome.append(name, value);
        }
    }
    Ok(outcome)
}
