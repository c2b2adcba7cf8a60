//! Versions in the field: which one each service writes and reads, and below which none is stored any more.
//!
//! ```text
//! { _id: "products", floor, .. }                                  one document for the floor of each collection
//! { _id: { collection: "products", member }, reads, writes, .. }  and one for each service that is alive
//! ```
//!
//! Where a collection has documents of several kinds, each kind has a floor and members of its own, by the
//! [name](VersionedCollection::name) of its documents: `contents$article`.
//!
//! # Rolling deploys
//!
//! A release that reads version N+1 writes version N until every other one reads N+1 too. Services tell each other by joining:
//!
//! ```no_run
//! # use schema_runtime::{VersionedCollection, VersionedDocument, Error, mongodb::Database};
//! # #[derive(VersionedDocument)]
//! # #[versioned(version = 1, collection = "products")]
//! # struct ProductV1 { name: String }
//! # #[derive(VersionedDocument)]
//! # #[versioned(version = 2, previous = ProductV1, reversible)]
//! # struct Product { #[versioned(from = name)] title: String }
//! # async fn example(database: Database) -> Result<(), Error> {
//! use schema_runtime::versions::Service;
//!
//! let products = VersionedCollection::<Product>::new(&database).writing(1)?;
//! let member = products.join(Service::new("shop").release("2.4.0")).await?;
//!
//! // Later, by a switch or in the next deploy: refused, with their names, while a live service cannot read version 2.
//! member.raise(2).await?;
//! # Ok(()) }
//! ```
//!
//! Each says what it reads and writes before it looks at the others, so that of two who start at the same time the later one finds the
//! earlier one. Whoever is in has its place; of two that want in and do not go together, one comes in and the other is refused. A
//! service that is killed counts as alive for three heartbeats. All times are the server's.
//!
//! A backfill does not begin while a live service cannot read the version that it brings documents to, and as long as it is under way, none
//! comes in that cannot.
//!
//! # The floor
//!
//! [`verify_floor`](VersionedCollection::verify_floor) looks for the oldest version that is stored and notes it. Members know it
//! ([`known_floor`](VersionedCollection::known_floor)), for as long as their heartbeats arrive: whoever lowers it, a rollback before its
//! first write for one, waits until each of them has said so, or is dead. A query that is under way then may still miss what is stored
//! behind the place it has reached.
//!
//! # Retirement
//!
//! [`retire`](VersionedCollection::retire) says which types can be deleted from the code, or why they cannot yet, and can have the server
//! refuse older documents from then on.
//!
//! # Who is not seen
//!
//! Programs that have not joined: releases from before there was joining, or before the chain had its kind, scripts, other languages. They are in nobody's way, and nobody is
//! refused for their sake; a validator is what holds them. So is a process that was taken for dead and goes on
//! ([`Health`] tells it); one whose machine was suspended does not know it for as long as three heartbeats after that. What a validator refuses fails where it is written, and everything that is stored keeps to the floor.

mod conflict;
mod document;
mod floor;
mod health;
mod lowering;
mod member;
mod registration;
mod retire;
mod service;
mod state;
mod store;

use std::sync::Arc;

use schema_core::DecodeOwned;

pub use self::{
    document::{LiveMember, Span},
    floor::Floor,
    health::Health,
    member::Member,
    retire::{CannotRetire, Retire, Retired, RetiredType, Validator},
    service::Service,
};
pub(crate) use self::{floor::lowest, lowering::Lowering, retire::sentences, state::State};
use self::{registration::Registration, store::Store};
use crate::{backfill::rollback::leads_to, collection::VersionedCollection, error::Error};

/// The collection that floors and live members are kept in, beside the collection that they are about.
pub const VERSIONS: &str = "schema_versions";

impl<T: DecodeOwned + Send + Sync> VersionedCollection<T> {
    /// The same collection, written at an older version of the chain: for releases that read `version` and nothing newer. Clones
    /// of this handle write it too. To be said before the handle [joins](Self::join); after that, [`Member::raise`] changes it.
    ///
    /// What an older version has no place for is not written. The driver's own [`collection`](Self::collection) knows nothing of this: it
    /// writes the current version.
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
        leads_to(&T::CHAIN, version)?;
        self.versions = self.versions.writing(version);
        Ok(self)
    }

    /// The same collection, with the word of the caller that nothing older than this version is stored. Nobody looks whether that
    /// is so, or stays so: a service that runs while others change documents had better [join](Self::join).
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

    /// Tells the other services that this one is there: what it reads, and what this handle writes. From then on the handle and its
    /// clones know the [floor](Self::known_floor).
    ///
    /// Keep the member for as long as the service runs, and [`leave`](Member::leave) at its end. Services that do not join are not
    /// known to anybody.
    ///
    /// # Errors
    ///
    /// [`Error::UnreadableToOthers`] and [`Error::UnreadableHere`] with the names of the live members that cannot read what this
    /// handle writes, or write what it cannot read; [`Error::BelowFloor`] when this handle writes a version below the floor of the
    /// collection; [`Error::BackfillAhead`] when a backfill is under way to a version that it cannot read; [`Error::Database`] when the database stays unavailable. The service is not registered then.
    pub async fn join(&self, service: Service) -> Result<Member, Error> {
        let store = self.stored_versions();
        store.remove_lapsed().await?;
        let state = Arc::clone(&self.versions);
        Member::join(Registration::new(store, service, T::CHAIN, state)).await
    }

    /// The services that have joined and are alive, or want in.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when they cannot be read.
    pub async fn live_members(&self) -> Result<Vec<LiveMember>, Error> {
        self.stored_versions().live().await
    }

    /// Looks which is the oldest version that is stored, and notes it as the floor of the collection: services that have joined then
    /// ask for nothing older. Reads the whole collection twice, in the server.
    ///
    /// It does not rise above what this handle or a live member writes. Services that have not joined are not seen: a
    /// [validator](crate::versions::Retire::validator) is what holds them.
    ///
    /// # Errors
    ///
    /// [`Error::UnderWay`] when a rollback of the collection has not ended; [`Error::FloorContested`] when services that write older
    /// versions kept coming in meanwhile; [`Error::Database`] when the database stays unavailable.
    pub async fn verify_floor(&self) -> Result<Floor, Error> {
        floor::verify(self, &self.stored_versions()).await
    }

    /// Lowers the floor to this version, and waits until every live member knows: before somebody stores older documents again. Nothing
    /// happens if it is as low.
    ///
    /// A rollback does this by itself.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] when the database stays unavailable.
    pub async fn lower_floor(&self, version: u32) -> Result<(), Error> {
        let lowering = Lowering::new(&self.database(), self.name(), Some(version));
        lowering.until_known().await
    }

    /// Whether the types of old versions can be deleted from the code, and what keeps such documents out; nothing happens before it is
    /// [run](Retire::run).
    pub fn retire(&self) -> Retire<'_, T> {
        Retire::new(self)
    }

    /// Whether every live member reads a version that is about to be written.
    ///
    /// # Errors
    ///
    /// [`Error::UnreadableToOthers`] if not.
    pub(crate) async fn all_read(&self, version: u32) -> Result<(), Error> {
        let mut members = self.live_members().await?;
        members.retain(|member| !member.reads.contains(version));
        if members.is_empty() {
            return Ok(());
        }
        let collection = self.name().to_owned();
        Err(Error::UnreadableToOthers { collection, writes: version, members })
    }

    /// The floor that was noted last, whatever this handle may rely on.
    pub(crate) async fn noted_floor(&self) -> Result<Option<u32>, Error> {
        Ok(self.stored_versions().floor().await?.and_then(|known| known.floor))
    }

    fn stored_versions(&self) -> Store {
        Store::of(&self.database(), self.name())
    }
}
