//! What can go wrong with a backup, a restore or a copy.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use bson::Bson;

use crate::error::Error;

/// A backup, a restore or a copy that did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The database could not do what it was asked to.
    #[error("could not {action} `{place}`")]
    Database {
        /// What was attempted, as in "list the indexes of".
        action: &'static str,
        /// The collection with its database, or the database.
        place: String,
        /// The driver's error.
        source: mongodb::error::Error,
    },
    /// A read in the order of `_id` did not succeed.
    #[error(transparent)]
    Read(#[from] Error),
    /// The server answered a command with something that cannot be gone on with.
    #[error("the server's answer to `{command}` on `{place}` was not the one needed: {answer}")]
    Answer {
        /// The command that was sent.
        command: &'static str,
        /// The collection with its database.
        place: String,
        /// The answer.
        answer: String,
    },
    /// The server would not store a document as it was.
    #[error(
        "the server refused document {id} of `{place}`: {message}; what was written before is there, and what is to be done about the \
         document is to be decided at its source"
    )]
    Refused {
        /// The collection with its database.
        place: String,
        /// The document's `_id`.
        id: Box<Bson>,
        /// What the server said.
        message: String,
    },
    /// A file or a folder could not be handled.
    #[error("could not {action} `{}`", .path.display())]
    File {
        /// What was attempted.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// There is no room for the backup. Nothing of it is left, and what was there before is as it was.
    #[error(
        "there is no space left for `{}`: free some, or make the backup elsewhere; nothing of it was kept",
        .path.display()
    )]
    NoSpace {
        /// The file that could not be written.
        path: PathBuf,
        /// The answer of the operating system: a full disk, a quota, or a limit on the size of files.
        source: io::Error,
    },
    /// The folder for a backup has something in it. Nothing was written.
    #[error("the folder `{}` is not empty; name one that is, or one that does not exist", .path.display())]
    FolderInUse {
        /// The folder.
        path: PathBuf,
    },
    /// Another backup to the same folder is under way, or was killed. Nothing was written.
    #[error(
        "`{}` is there: a backup to the same folder is under way, or was killed; wait for it, or remove that folder if nobody writes it",
        .path.display()
    )]
    PartialThere {
        /// The folder of the unfinished backup.
        path: PathBuf,
    },
    /// A backup failed, and what it had written could not be removed.
    #[error("the backup failed, and its unfinished folder `{}` could not be removed ({removal}); remove it", .path.display())]
    PartialLeft {
        /// The folder of the unfinished backup.
        path: PathBuf,
        /// Why it could not be removed.
        removal: io::Error,
        /// Why the backup failed.
        source: Box<BackupError>,
    },
    /// Collections were asked for that are not there. Nothing was written.
    #[error("`{place}` has no {}; it has {}", listed(.names), listed(.there))]
    NoSuchCollections {
        /// The database or the folder.
        place: String,
        /// Those that are not there.
        names: Vec<String>,
        /// Those that are.
        there: Vec<String>,
    },
    /// Single documents were asked for of a view or a time-series collection. Nothing was written.
    #[error(
        "of `{collection}`, which is a view or a time-series collection, there is no backup of single documents; back it up whole"
    )]
    NotByFilter {
        /// The view or collection.
        collection: String,
    },
    /// The options or the indexes of a collection have no form in extended JSON, which is what metadata is written in.
    #[error(
        "the options and indexes of collection `{collection}` cannot be written as extended JSON; {advice}"
    )]
    Metadata {
        /// The collection.
        collection: String,
        /// What to do.
        advice: &'static str,
        /// What does not fit.
        source: serde_json::Error,
    },
    /// A folder that is none of a backup. Nothing was written.
    #[error("`{}` is no backup that can be read: {why}", .path.display())]
    NotABackup {
        /// The folder, or the file in it.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A folder with the backups of several databases. Nothing was written.
    #[error(
        "`{}` has backups of several databases, {}; say which with `Restore::database`",
        .path.display(),
        listed(.databases)
    )]
    SeveralDatabases {
        /// The folder.
        path: PathBuf,
        /// Their names.
        databases: Vec<String>,
    },
    /// A backup in a format that a later release has written. Nothing was written.
    #[error(
        "`{}` has format {format}, and this program knows up to {known}; restore it with the release that wrote it, or a newer one",
        .path.display()
    )]
    NewerFormat {
        /// The folder.
        path: PathBuf,
        /// Its format.
        format: u32,
        /// The newest one that is known here.
        known: u32,
    },
    /// A file of a backup is not what it was when the backup was made. Found before anything is written, as far as it can be.
    #[error("`{}` is damaged: {why}; restore from another backup, or without this collection", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The target has what would be in the way. Nothing was written.
    #[error(
        "database `{database}` has {} already, and {}; {advice}",
        listed(.collections),
        if .collections.len() == 1 { "it is not empty" } else { "they are not empty" }
    )]
    NotEmpty {
        /// The database.
        database: String,
        /// The collections and views that are there.
        collections: Vec<String>,
        /// What to do.
        advice: &'static str,
    },
    /// A collection or view of the same name is there without documents, and has other options. Nothing was written.
    #[error(
        "`{collection}` of database `{database}` is there with other options than it is to have: {there}, not {wanted}; drop it first, \
         and it is made as it is to be"
    )]
    Different {
        /// The database.
        database: String,
        /// The collection or view.
        collection: String,
        /// What it is.
        there: String,
        /// What it is to be.
        wanted: String,
    },
    /// Of a collection, the backup has some documents only. To drop it first would lose the others. Nothing was written.
    #[error(
        "the backup has only those documents of `{collection}` that {filter} found; to drop the collection first would lose the others: \
         use `merge`, restore into another database, or drop it yourself"
    )]
    PartOfCollection {
        /// The collection.
        collection: String,
        /// The filter of the backup, as extended JSON.
        filter: String,
    },
    /// A copy was to be made of a database into itself. Nothing was written.
    #[error(
        "database `{source_database}` cannot be copied into `{database}`: collection `{collection}` is one and the same in both, even if \
         their servers go by other names; name another database or another server as the target"
    )]
    SameDatabase {
        /// The source.
        source_database: String,
        /// The target.
        database: String,
        /// A collection that both have, with the same UUID.
        collection: String,
    },
    /// The target has an unfinished copy of something else. Nothing was written.
    #[error(
        "database `{database}` has an unfinished copy of another `{collection}` than that of `{source_database}`; finish that one, or drop \
         `{collection}` and `schema_copies` in the target, and begin again"
    )]
    UnfinishedCopy {
        /// The target.
        database: String,
        /// The collection.
        collection: String,
        /// The source of this copy.
        source_database: String,
    },
    /// Another process goes on with the same copy. What this one has copied counts.
    #[error("another process has taken up the copy into database `{database}`; let that one finish")]
    TakenOver {
        /// The target.
        database: String,
    },
    /// It was asked to stop. Of a backup, nothing is left; a restore has written some; a copy goes on from there when it is run again.
    #[error("stopped: {reason}")]
    Stopped {
        /// What the future said.
        reason: String,
    },
}

impl BackupError {
    /// For `map_err` on file operations.
    pub(super) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::NoSpace { path, source }
            }
            _ => Self::File { action, path, source },
        }
    }

    pub(super) fn damaged(path: &Path, why: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), why: why.to_string() }
    }

    pub(super) fn not_a_backup(path: &Path, why: impl ToString) -> Self {
        Self::NotABackup { path: path.to_owned(), why: why.to_string() }
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

/// Adds what was attempted to a driver error.
pub(super) trait Doing<T> {
    fn doing(self, action: &'static str, place: impl ToString) -> Result<T, BackupError>;
}

impl<T> Doing<T> for mongodb::error::Result<T> {
    fn doing(self, action: &'static str, place: impl ToString) -> Result<T, BackupError> {
        self.map_err(|source| BackupError::Database { action, place: place.to_string(), source })
    }
}
