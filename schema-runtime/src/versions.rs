//! Versions in the field: which one each service writes and reads, and below which none is stored any more.
//!
//! ```text
//! { _id: "products", floor, .. }                              one document for the floor of each collection
//! { _id: { collection: "products", member }, reads, writes }  and one for each service that is alive
//! ```

mod state;

use schema_core::DecodeOwned;

pub(crate) use self::state::State;
use crate::{backfill::rollback::leads_to, collection::VersionedCollection, error::Error};

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The same collection, written at an older version of the chain: for releases that read `version` and nothing newer. Clones
    /// of this handle write it too.
    ///
    /// What an older version has no place for is not written.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownVersion`] when the chain has no such version, [`Error::Irreversible`] when a step on the way is not
    /// `reversible`.
    ///
    /// ```
    /// # use schema_runtime::{VersionedCollection, VersionedDocument, Error, mongodb::Database};
    /// #[derive(VersionedDocument)]
    /// #[versioned(version = 1, collection = "users")]
    /// struct UserV1 {
    ///     mail: String,
    /// }
    ///
    /// #[derive(VersionedDocument)]
    /// #[versioned(version = 2, previous = UserV1, reversible)]
    /// struct User {
    ///     #[versioned(from = mail)]
    ///     email: String,
    /// }
    ///
    /// # fn example(database: &Database) -> Result<(), Error> {
    /// // The first of two deploys: version 2 is read, and version 1 is written.
    /// let users = VersionedCollection::<User>::new(database).writing(1)?;
    /// assert_eq!(users.write_version(), 1);
    /// # Ok(()) }
    /// ```
    pub fn writing(mut self, version: u32) -> Result<Self, Error> {
        leads_to::<T>(version)?;
        self.versions = self.versions.writing(version);
        Ok(self)
    }

    /// The same collection, with the word of the caller that nothing older than this version is stored. Nobody looks whether that
    /// is so, or stays so: a service that runs while others change documents had better join.
    #[must_use]
    pub fn with_floor(mut self, version: u32) -> Self {
        self.versions = self.versions.with_floor(version);
        self
    }

    /// The version that this handle writes: the current one, unless it was told another.
    #[must_use]
    pub fn write_version(&self) -> u32 {
        self.versions.write_version()
    }

    /// The version below which, as far as this handle can be certain, no document is stored: the oldest of the chain, unless it
    /// knows better.
    #[must_use]
    pub fn known_floor(&self) -> u32 {
        self.versions.known_floor()
    }
}
