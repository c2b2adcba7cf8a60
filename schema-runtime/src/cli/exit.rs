//! How a command ends that went wrong: in words and as a code.

use std::{error::Error, iter::successors};

use mongodb::error::ErrorKind;

use super::CliError;
use crate::{backup::BackupError, schema::SchemaError};

const USAGE: u8 = 2;
const NO_SERVER: u8 = 3;
const OTHER: u8 = 4;
const INTERRUPTED: u8 = 5;
const REFUSED: u8 = 8;

/// An error with its causes as one line, and the driver's errors without what is in them for programs.
///
/// ```
/// # #[cfg(feature = "cli")] {
/// use schema_runtime::{cli::sentence, mongodb::error::Error};
///
/// let error = Error::custom("the lamp is broken");
/// assert_eq!(sentence(&error), "Custom user error");
/// # }
/// ```
#[must_use]
pub fn sentence(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in successors(Some(error), |cause| (*cause).source()) {
        let driver = cause.downcast_ref::<mongodb::error::Error>();
        let part = driver.map_or_else(|| cause.to_string(), |error| error.kind.to_string());
        // Some errors repeat in their own text what caused them.
        if !parts.iter().any(|said| said.contains(&part)) {
            parts.push(part);
        }
        if driver.is_some() {
            break;
        }
    }
    parts.join(": ")
}

pub(super) fn exit_code(error: &CliError) -> u8 {
    match error {
        CliError::NoUri
        | CliError::UriFile { .. }
        | CliError::EmptyUriFile { .. }
        | CliError::NoDatabase
        | CliError::Uri(_)
        | CliError::NobodyToAsk
        | CliError::WhichDocuments { .. }
        | CliError::UnknownDocuments { .. }
        | CliError::NoDocuments
        | CliError::Schema(SchemaError::UnknownMigration { .. } | SchemaError::NotConfirmed { .. }) => USAGE,
        CliError::Server(_) => NO_SERVER,
        CliError::Runtime(crate::Error::Database { source, .. })
        | CliError::Schema(SchemaError::Runtime(crate::Error::Database { source, .. }))
            if is_away(source) =>
        {
            NO_SERVER
        }
        CliError::Schema(refusal) if refusal.is_refusal() => REFUSED,
        CliError::Backup(error) => of_backup(error),
        _ => OTHER,
    }
}

fn of_backup(error: &BackupError) -> u8 {
    match error {
        BackupError::Stopped { .. } => INTERRUPTED,
        BackupError::NoSuchCollections { .. } => USAGE,
        BackupError::FolderInUse { .. }
        | BackupError::NotEmpty { .. }
        | BackupError::SameDatabase { .. }
        | BackupError::UnfinishedCopy { .. } => REFUSED,
        BackupError::Database { source, .. } if is_away(source) => NO_SERVER,
        _ => OTHER,
    }
}

/// Whether the driver says that there is no server, or none that lets anybody in.
#[must_use]
pub fn is_away(error: &mongodb::error::Error) -> bool {
    matches!(
        error.kind.as_ref(),
        ErrorKind::ServerSelection { .. }
            | ErrorKind::DnsResolve { .. }
            | ErrorKind::Authentication { .. }
            | ErrorKind::InvalidTlsConfig { .. }
            | ErrorKind::ConnectionPoolCleared { .. }
            | ErrorKind::Io(_)
    )
}
