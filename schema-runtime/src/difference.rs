//! The difference between a stored document and what its upgrade made of it, as an update that loses nothing.
//!
//! Three documents take part: the stored one, what the type of its version knew of it (that, encoded again), and
//! the upgraded one. They are merged field by field ([`merge`]), and the update is what that changes in the stored one
//! ([`update`]). What is stored and was not known is nobody's to change:
//!
//! | in the stored document | known | in the upgraded one | becomes |
//! | --- | --- | --- | --- |
//! | absent | | present | set |
//! | present | | equal | left |
//! | present | yes | different | set; documents are merged by name, lists by element ([`elements`]) |
//! | present | yes | absent | removed |
//! | present | no | absent | left |
//! | present | no | different | a [`Loss`]: the two mean different things by one name |
//!
//! A known value that is removed or replaced may have unknown content inside ([`unknown`]). That is a [`Loss`], too.

mod elements;
mod equal;
mod fields;
mod loss;
mod merge;
mod path;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod unknown;
mod update;

use bson::RawDocument;

pub(crate) use self::{
    equal::{same, same_in_bytes},
    fields::{FEW, Fields},
    loss::{Loss, Obstacle},
    path::{Path, Segment, Way},
    update::{Update, applied, difference},
};

/// The three documents of an upgrade.
#[derive(Debug)]
pub(crate) struct Documents<'a> {
    pub(crate) stored: Fields<'a>,
    /// The stored document as its own version reads and writes it.
    pub(crate) known: Fields<'a>,
    pub(crate) upgraded: Fields<'a>,
}

impl<'a> Documents<'a> {
    /// # Errors
    ///
    /// Bytes that are not BSON.
    pub(crate) fn new(
        stored: &'a RawDocument,
        known: &'a RawDocument,
        upgraded: &'a RawDocument,
    ) -> Result<Self, bson::error::Error> {
        Ok(Self { stored: Fields::of(stored)?, known: Fields::of(known)?, upgraded: Fields::of(upgraded)? })
    }
}

/// What the types say that the documents do not show.
pub(crate) trait Types {
    /// Whether the stored version has a field of this name at the top level, written or not: an empty `Option`, an alias.
    fn has_name(&self, name: &str) -> bool;

    /// Whether the stored version looks at what is stored at this place. Asked only where it was not written again.
    fn reads(&self, place: &Path) -> bool;

    /// Whether every step to the current version carries the list at this place element by element.
    fn carries_elements(&self, list: &Path) -> bool;
}
