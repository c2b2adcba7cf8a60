//! How a command ends that went wrong: in words and as a code.

use std::{error::Error, iter::successors};

use mongodb::error::ErrorKind;

use super::{CliError, hint, secret::without_urls};
use crate::{backup::BackupError, scaffold::ScaffoldError, schema::SchemaError};

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
        let part = driver.map_or_else(|| cause.to_string(), of_driver);
        // Some errors repeat in their own text what caused them.
        if !parts.iter().any(|said| said.contains(&part)) {
            parts.push(part);
        }
        if driver.is_some() {
            break;
        }
    }
    let words: Vec<String> = parts.iter().map(|part| in_one_line(part)).collect();
    words.join(": ")
}

/// The same of a command, with what helps there, and without URLs: they may hold passwords.
pub(super) fn explained(error: &CliError) -> String {
    let said = without_urls(&sentence(error));
    hint::of(error).map(|hint| format!("{said} ({hint})")).unwrap_or(said)
}

/// What is said in several lines, as one.
fn in_one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn of_driver(error: &mongodb::error::Error) -> String {
    const UNAUTHORIZED: i32 = 13;
    match error.kind.as_ref() {
        // The server quotes the whole command; its first field says what was to be done, and on what.
        ErrorKind::Command(refusal) if refusal.code == UNAUTHORIZED => {
            let command = refusal.message.split(',').next().unwrap_or_default();
            let closing = if command.contains('{') && !command.contains('}') { " }" } else { "" };
            format!("this user may not do that: {command}{closing}; it needs a role that allows it")
        }
        kind => kind.to_string(),
    }
}

pub(super) fn exit_code(error: &CliError) -> u8 {
    match error {
        CliError::NoUri
        | CliError::UriFile { .. }
        | CliError::EmptyUriFile { .. }
        | CliError::NoDatabase
        | CliError::Uri { .. }
        | CliError::NobodyToAsk { .. }
        | CliError::WhichDocuments { .. }
        | CliError::UnknownDocuments { .. }
        | CliError::NotDroppable { .. }
        | CliError::NoDocuments
        | CliError::Schema(SchemaError::UnknownMigration { .. } | SchemaError::NotConfirmed { .. }) => USAGE,
        CliError::Server(_) | CliError::Login(_) => NO_SERVER,
        CliError::Runtime(crate::Error::Database { source, .. })
        | CliError::Schema(SchemaError::Runtime(crate::Error::Database { source, .. }))
            if is_away(source) =>
        {
            NO_SERVER
        }
        CliError::Schema(refusal) if refusal.is_refusal() => REFUSED,
        CliError::Backup(error) => of_backup(error),
        CliError::Scaffold(error) => of_scaffold(error),
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

fn of_scaffold(error: &ScaffoldError) -> u8 {
    match error {
        ScaffoldError::NotFound { .. }
        | ScaffoldError::FoundTwice { .. }
        | ScaffoldError::MigrationName { .. } => USAGE,
        ScaffoldError::Changed { .. } | ScaffoldError::Io { .. } | ScaffoldError::HalfWritten { .. } => OTHER,
        _ => REFUSED,
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
