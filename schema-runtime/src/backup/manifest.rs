//! Manifest: what a backup has, and what its files were when they were written. `mongorestore` passes it by.

use std::{fs::File, io::Write, path::Path};

use serde::{Deserialize, Serialize};

use super::{catalog::Kind, checksum::Sum, error::BackupError};

pub(super) const MANIFEST: &str = "manifest.json";

/// The format that this program writes. One that it could not read correctly would have another number.
const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub(super) format: u32,
    /// The version of the server that it was taken from.
    pub(super) server: String,
    pub(super) database: String,
    /// As RFC 3339 has it.
    pub(super) begun_at: String,
    pub(super) ended_at: String,
    pub(super) collections: Vec<Listed>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) documents: u64,
    /// Of the documents, not compressed.
    pub(super) bytes: u64,
    /// What found the documents, as extended JSON, if these are not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) filter: Option<String>,
    pub(super) metadata: ListedFile,
    /// Views have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<ListedFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedFile {
    /// From the folder of the manifest on, with `/`.
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// What of the format can be read whatever else has changed.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl ListedFile {
    pub(super) fn new(path: String, sum: Sum) -> Self {
        Self { path, bytes: sum.bytes, sha256: sum.sha256 }
    }

    pub(super) fn is(&self, found: &Sum) -> bool {
        self.bytes == found.bytes && self.sha256 == found.sha256
    }
}

impl Manifest {
    pub(super) fn new(server: String, database: &str, begun_at: String) -> Self {
        let database = database.to_owned();
        Self { format: FORMAT, server, database, ended_at: String::new(), begun_at, collections: Vec::new() }
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let path = folder.join(MANIFEST);
        let failed = || BackupError::file("write", &path);
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::from).map_err(failed())?;
        let mut file = File::create(&path).map_err(failed())?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed())
    }

    /// `None` if there is none: then the folder is one that `mongodump` made.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, BackupError> {
        let path = folder.join(MANIFEST);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(BackupError::file("read", &path)(error)),
        };
        let damaged = |error| BackupError::damaged(&path, error);
        let Format { format } = serde_json::from_slice(&text).map_err(damaged)?;
        if format > FORMAT {
            return Err(BackupError::NewerFormat { path: folder.to_owned(), format, known: FORMAT });
        }
        serde_json::from_slice(&text).map(Some).map_err(damaged)
    }
}
