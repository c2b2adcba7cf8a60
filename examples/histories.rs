//! Five histories of databases, one for each kind of system that teams write: what old programs have stored, and what the service says about it.
//!
//! | history | is told by | because |
//! | --- | --- | --- |
//! | [`catalogue`] | versions alone | every change is one of a document's shape, and old and new releases run side by side |
//! | [`results`] | numbered migrations alone | programs in other languages write the documents, and know of no versions |
//! | [`conversations`] | versions that begin at 0 | documents from before there were versions are no version 1 of anybody |
//! | [`videos`] | versions, indexes, and migrations that wait for versions | a relation needs a second collection, made of the first |
//! | [`workflow`] | dated migrations, a file each | several people add some, each in a branch |
//!
//! Each has a function `schema`, which is all that the command line and the startup of a service need, and a [`History`], by which the
//! example `histories` tells it.

pub mod catalogue;
pub mod conversations;
pub mod results;
pub mod videos;
pub mod workflow;

use mongodb::{
    Database,
    bson::{Document, doc},
    error::Result,
};
use schema_runtime::{Schema, startup::Startup};

/// A history to be told.
#[derive(Debug, Clone, Copy)]
pub struct History {
    /// Its name, for the command line.
    pub name: &'static str,
    /// What it is about, in a line.
    pub about: &'static str,
    /// What the service says about its database.
    pub schema: fn(&Database) -> Schema,
    /// What old programs have stored, by collection. Some of it is not as it should be.
    pub old: fn() -> Vec<(&'static str, Vec<Document>)>,
    /// What somebody repairs by hand, after having been told.
    pub repairs: fn() -> Vec<Repair>,
    /// How it is told.
    pub scenes: &'static [Scene],
}

/// A document that is not as it should be, and what makes it so.
#[derive(Debug, Clone)]
pub struct Repair {
    /// Its collection.
    pub collection: &'static str,
    /// Its `_id`.
    pub id: &'static str,
    /// An update.
    pub update: Document,
}

/// A piece of a history.
#[derive(Debug, Clone, Copy)]
pub enum Scene {
    /// Something is said.
    Say(&'static str),
    /// The documents of a collection are shown.
    Show(&'static str),
    /// A command of the history's command line is given, and ends with this code.
    Command(&'static str, u8),
    /// The service starts, and is ready.
    Start(Startup),
    /// The service starts, and refuses to serve.
    Refuse(Startup),
    /// Somebody repairs what needs it.
    Repair,
}

/// All of them.
#[must_use]
pub const fn all() -> [History; 5] {
    [catalogue::HISTORY, results::HISTORY, conversations::HISTORY, videos::HISTORY, workflow::HISTORY]
}

impl History {
    /// Stores what old programs have stored.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub async fn begin(&self, database: &Database) -> Result<()> {
        for (collection, documents) in (self.old)() {
            database.collection::<Document>(collection).insert_many(documents).await?;
        }
        Ok(())
    }

    /// Repairs what needs it.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub async fn repair(&self, database: &Database) -> Result<()> {
        for Repair { collection, id, update } in (self.repairs)() {
            database.collection::<Document>(collection).update_one(doc! { "_id": id }, update).await?;
        }
        Ok(())
    }
}
