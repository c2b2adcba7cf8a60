//! Versioned document types on the official MongoDB driver.
//!
//! This crate re-exports all of `schema-core`, so it is the only one a service needs. The driver's own
//! `Collection<T>` already upgrades on read and stamps on write when `T` is a versioned document; what is here is for
//! collections in which not all documents have the current version, and for the collection as a whole:
//!
//! | to | use |
//! | --- | --- |
//! | read documents of all versions, by the current names | [`VersionedCollection::find`], [`get`](VersionedCollection::get) |
//! | read a collection that holds several kinds of documents | [`VersionedKinds`] |
//! | write over nothing that is newer or was changed since | [`VersionedCollection::save`], [`modify`](VersionedCollection::modify) |
//! | update in the current fields, whatever is stored | [`VersionedCollection::update_one`], [`update_many`](VersionedCollection::update_many) |
//! | see how many old documents are still read | [`watch`] |
//! | count the documents of each version | [`VersionedCollection::census`] |
//! | ask the driver's own collection in current names | [`VersionedCollection::translate`] |
//! | bring all of them to the current version | [`VersionedCollection::backfill`] |
//! | see which versions the server upgrades by itself | [`server_side`] |
//! | see what that would do | [`Backfill::plan`](backfill::Backfill::plan) |
//! | check that all of them are | [`VersionedCollection::verify`] |
//! | take them back | [`VersionedCollection::rollback`] |
//! | write an older version until every live service reads the current one | [`VersionedCollection::join`] |
//! | compare and create the indexes that a type declares | [`VersionedCollection::indexes`] |
//! | know below which version nothing is stored | [`VersionedCollection::verify_floor`] |
//! | delete the types of old versions | [`VersionedCollection::retire`] |
//! | give steps what no document holds | [`VersionedCollection::with_context`] |
//! | run what is done once, and know what was run | [`Schema`], [`migration`] |
//! | make the database ready before a service serves | [`Schema::startup`] |
//! | keep a database in a folder, and take it to another server | `backup` (feature `backup`) |
//! | do these from a terminal | `cli` (feature `cli`) |
//! | have a server for development and tests | `local` (feature `local-server`) |
//! | keep released versions as they are | `testing` (feature `testing`) |
//! | write the next version of a type, or a new migration | `scaffold` (feature `scaffold`) |
//! | take plain structs that are stored today into a chain | the `guide` (feature `testing`) |

// The README's examples are compiled and run with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

pub mod backfill;
#[cfg(feature = "backup")]
pub mod backup;
mod batch;
mod census;
#[cfg(feature = "cli")]
pub mod cli;
pub mod collection;
mod convert;
mod difference;
mod duplicate;
mod environment;
mod error;
#[cfg(any(feature = "backup", feature = "testing"))]
mod extended_json;
mod filters;
mod guarded_write;
mod id_scan;
pub mod indexes;
mod lease;
pub mod ledger;
#[cfg(feature = "local-server")]
pub mod local;
pub mod migration;
mod numbers;
mod population;
pub mod query;
mod retry;
pub mod runner;
#[cfg(feature = "scaffold")]
pub mod scaffold;
pub mod schema;
pub mod server_side;
pub mod startup;
#[cfg(feature = "terminal")]
pub mod terminal;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
mod update_command;
pub mod verify;
pub mod versions;
pub mod watch;
#[cfg(feature = "webhook")]
pub mod webhook;
mod whoami;

#[cfg(all(any(doc, doctest), feature = "testing"))]
#[doc = include_str!("../doc/guide.md")]
pub mod guide {}

pub use census::Census;
pub use collection::{Newer, VersionedCollection, VersionedKinds, WriteBack};
pub use environment::{Environment, UnknownEnvironment};
pub use error::Error;
pub use mongodb;
pub use schema::Schema;
#[doc(hidden)]
pub use schema_core::__private;
pub use schema_core::*;
