//! Databases into folders and back, and from one server to another (feature `backup`).
//!
//! ```text
//! Backup:  database -> catalog -> natural scan -> gzip, SHA-256 -> folder
//! Restore: folder -> checksums -> create -> insert -> indexes -> database
//! Copy:    database -> scan by _id -> insert, checkpoint -> indexes -> database
//! ```
//!
//! [`Backup`] writes what `mongorestore --gzip` reads, and [`Restore`] reads what `mongodump` writes. All three carry the bytes of documents
//! unchanged: nothing is decoded into types, so whatever the server stores comes back, deprecated types, odd names and names that are
//! twice in a document included. With the documents go the options of collections, their indexes, and views.
//!
//! ```no_run
//! use schema_runtime::{backup::{Backup, Restore}, mongodb::Client};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::with_uri_str("mongodb://localhost").await?;
//! let report = Backup::of(&client.database("shop")).to("backups/before-release-7").run().await?;
//! print!("{report}");
//!
//! let report = Restore::from("backups/before-release-7").into(&client.database("shop_again")).run().await?;
//! print!("{report}");
//! # Ok(()) }
//! ```
//!
//! # What is in it
//!
//! All collections and views of a database, this crate's own `schema_*` collections included. Of the server's own, `system.*`, only
//! `system.js`, which holds functions of users; views and the buckets of time-series collections are under the names that users know. Users
//! and roles are not, because they are in another database.
//!
//! # While others write
//!
//! A database that is written meanwhile is not backed up as of one moment: the server keeps a snapshot for five minutes only, which a backup
//! may well exceed. Each document is as it was at some time between the beginning and the end, one collection after another. In particular:
//!
//! - A document that is there all the time is in it, and once, with all of an update or nothing of it.
//! - One that is inserted or deleted meanwhile may be in it or not.
//! - One that is deleted and inserted again with the same `_id` may be in it twice, in both states. A restore keeps the first and says
//!   that another was there already. A copy, which reads in the order of `_id`, has it once.
//! - What belongs together in two documents may be of different times.
//!
//! Whoever needs one moment stops the writers, or takes a snapshot of the file system.

mod catalog;
mod checkpoint;
mod checksum;
mod copy;
mod error;
mod file_name;
mod files;
mod folder;
mod insert;
mod manifest;
mod metadata;
mod partial;
mod progress;
mod read_file;
mod recreate;
mod report;
mod restore;
mod scan;
mod scope;
mod settings;
mod take;
mod target;
mod write_file;
mod zero_timestamp;

pub use self::{
    catalog::Kind,
    checkpoint::COPIES,
    copy::{CollectionCopied, Copy, CopyFrom, CopyReport},
    error::BackupError,
    insert::Refused,
    progress::{Progress, Step, Work},
    report::{BackupReport, CollectionBackedUp},
    restore::{CollectionRestored, Restore, RestoreFrom, RestoreReport},
    take::{Backup, BackupOf},
};
