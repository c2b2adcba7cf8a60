//! The commands that keep a database, bring it back, and take it elsewhere.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    sync::Mutex,
    time::{Duration, Instant},
};

use clap::{Args, Subcommand};
use mongodb::Database;
use serde_json::json;

use super::{CliError, answer::Answer, connection::client, secret::Secret, telling::Telling};
use crate::{
    backfill::termination,
    backup::{Backup, Copy, Progress, Restore, Step},
    schema::Schema,
};

/// What can be done with a database as a whole.
#[derive(Debug, Clone, Subcommand)]
#[non_exhaustive]
pub enum OfBackup {
    /// Write the database into a folder, in the form that `mongorestore --gzip` reads.
    Backup {
        /// The folder, which must not exist or be empty.
        folder: PathBuf,
        /// Only these collections.
        #[arg(long = "collection", value_name = "NAME")]
        collections: Vec<String>,
        /// Of this collection, only the documents that a backfill would touch.
        #[arg(long, value_name = "NAME", conflicts_with = "collections")]
        not_current: Option<String>,
    },
    /// Bring back what a backup, or `mongodump`, has written.
    Restore {
        /// The folder.
        folder: PathBuf,
        /// Only these collections.
        #[arg(long = "collection", value_name = "NAME")]
        collections: Vec<String>,
        /// Which database of the folder, if it has several.
        #[arg(long, value_name = "NAME")]
        from: Option<String>,
        #[command(flatten)]
        /// What to do with what is there.
        there: There,
    },
    /// Take the database to another name or server. Goes on where an earlier copy was stopped.
    Copy {
        /// The server to go to [default: the same].
        #[arg(long, env = "SCHEMA_COPY_TO", value_name = "URI", hide_env_values = true)]
        to: Option<To>,
        /// The database there [default: the same name].
        #[arg(long, value_name = "NAME")]
        to_database: Option<String>,
        /// Only these collections.
        #[arg(long = "collection", value_name = "NAME")]
        collections: Vec<String>,
    },
}

/// Where a copy goes. Its `Debug` does not show it.
#[derive(Debug, Clone)]
pub struct To(Secret);

impl std::str::FromStr for To {
    type Err = std::convert::Infallible;

    fn from_str(uri: &str) -> Result<Self, Self::Err> {
        Ok(Self(Secret::new(uri)))
    }
}

/// What to do with what is there.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub struct There {
    /// Drop collections of the same names first.
    #[arg(long)]
    drop_first: bool,
    /// Insert only what is missing.
    #[arg(long)]
    merge: bool,
}

impl OfBackup {
    pub(super) async fn run(self, schema: &Schema, telling: &Telling) -> Result<Answer, CliError> {
        let database = schema.database();
        let progress = Told::new(telling.json);
        match self {
            Self::Backup { folder, collections, not_current } => {
                let mut backup = Backup::of(database).to(folder);
                if let Some(name) = not_current {
                    let documents = schema.documents_of(&name)?;
                    backup = backup.documents(documents.collection(), documents.not_current());
                } else if !collections.is_empty() {
                    backup = backup.collections(collections);
                }
                Answer::of(&backup.progress(progress).stop_when(termination()).run().await?, 0)
            }
            Self::Restore { folder, collections, from, there } => {
                let mut restore = Restore::from(folder).into(database);
                if let Some(from) = from {
                    restore = restore.database(from);
                }
                if !collections.is_empty() {
                    restore = restore.collections(collections);
                }
                restore = if there.drop_first { restore.drop_first() } else { restore };
                restore = if there.merge { restore.merge() } else { restore };
                let report = restore.progress(progress).stop_when(termination()).run().await?;
                Answer::of(&report, u8::from(!report.is_clean()))
            }
            Self::Copy { to, to_database, collections } => {
                let target = target(database, to, to_database).await?;
                let mut copy = Copy::from(database).to(&target);
                if !collections.is_empty() {
                    copy = copy.collections(collections);
                }
                let report = copy.progress(progress).stop_when(termination()).run().await?;
                Answer::of(&report, u8::from(!report.is_clean()))
            }
        }
    }
}

/// A backup of the whole database before something destroys a part of it.
pub(super) async fn before(schema: &Schema, folder: PathBuf, telling: &Telling) -> Result<(), CliError> {
    let backup = Backup::of(schema.database()).to(folder);
    backup.progress(Told::new(telling.json)).stop_when(termination()).run().await?;
    Ok(())
}

async fn target(source: &Database, to: Option<To>, name: Option<String>) -> Result<Database, CliError> {
    let client = match to.filter(|To(uri)| !uri.is_empty()) {
        Some(To(uri)) => client(&uri).await?,
        None => source.client().clone(),
    };
    Ok(client.database(name.as_deref().unwrap_or(source.name())))
}

/// Tells how far it is, about once a second, and of each collection when it is done.
struct Told {
    json: bool,
    last: Mutex<Option<Instant>>,
}

impl Told {
    fn new(json: bool) -> Self {
        Self { json, last: Mutex::new(None) }
    }

    fn is_time(&self) -> bool {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_time = last.is_none_or(|last| last.elapsed() >= Duration::from_secs(1));
        if is_time {
            *last = Some(Instant::now());
        }
        is_time
    }
}

impl Progress for Told {
    fn on(&self, step: &Step<'_>) {
        let Step { collection, documents, total, bytes, done, .. } = step;
        if !done && !self.is_time() {
            return;
        }
        let line = if self.json {
            let step = json!({ "collection": collection, "documents": documents, "total": total, "bytes": bytes, "done": done });
            format!("{step}\n")
        } else {
            let of = total.map(|total| format!(" of about {total}")).filter(|_| !done).unwrap_or_default();
            let line = format!("{collection}: {documents}{of} documents, {} MiB", bytes >> 20);
            // On a terminal, a collection has one line, which is written over.
            let end = if *done || !std::io::stderr().is_terminal() { "\n" } else { "\r" };
            format!("{line:<60}{end}")
        };
        // Nothing can be done about a standard error that is gone.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}
