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
    update: Update,
    places: Vec<Place>,
    bytes: usize,
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
        let unset = update.unset.iter().map(String::len).sum::<usize>();
        let bytes = size(&read, &places) + update.set.as_bytes().len() + unset;
        Ok(Self { id, stored_version, read, update, places, bytes })
    }

    /// The document as it was read.
    pub(crate) fn read(&self) -> &RawDocumentBuf {
        &self.read
    }

    /// What is changed in it.
    pub(crate) fn update(&self) -> &Update {
        &self.update
    }

    /// What the document is to become, byte for byte.
    ///
    /// # Errors
    ///
    /// A document that was read and is no BSON.
    pub(crate) fn outcome(&self) -> Result<RawDocumentBuf> {
        self.update.applied_to(&self.read)
    }

    /// About how large a statement for this change is.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether one statement can hold both.
    fn has_the_form_of(&self, other: &Self) -> bool {
        let (own, others) = (&self.places, &other.places);
        self.update.whole == other.update.whole
            && self.update.unset == other.update.unset
            && own.len() == others.len()
            && own.iter().zip(others).all(|(own, other)| own.has_the_form_of(other))
    }
}

/// About how large a statement is that makes one document of another.
///
/// # Errors
///
/// A document that was read and is no BSON.
pub(crate) fn bytes_to_replace(read: &RawDocument, by: &RawDocument, collated: bool) -> Result<usize> {
    Ok(size(read, &places(read, collated)?) + by.as_bytes().len())
}

/// Of a statement without what it sets and removes.
fn size(read: &RawDocument, places: &[Place]) -> usize {
    read.as_bytes().len() + places.iter().map(Place::bytes).sum::<usize>() + FRAMING_BYTES
}
