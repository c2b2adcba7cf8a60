//! Hints: what to do about an error, in the words of the command line.

use super::CliError;
use crate::{backup::BackupError, environment::Environment, schema::SchemaError};

/// Which option or command helps, where the error itself cannot know that.
pub(super) fn of(error: &CliError) -> Option<&'static str> {
    match error {
        CliError::Schema(error) => of_schema(error),
        CliError::Backup(error) => of_backup(error),
        _ => None,
    }
}

fn of_schema(error: &SchemaError) -> Option<&'static str> {
    Some(match error {
        SchemaError::OutOfOrder { .. } => "`--out-of-order` allows it",
        SchemaError::CutOff { .. } => "`--retry` tries it again, `mark-applied` takes it for done",
        SchemaError::Changed { .. } => "`mark-applied` notes that the database is as they say now",
        SchemaError::Destructive { environment: Some(Environment::Staging), .. } => {
            "`--allow-destructive` says yes beforehand"
        }
        SchemaError::Destructive { .. } => "`--allow-destructive` with `--backup FOLDER` or `--no-backup`",
        SchemaError::NotDevelopment { environment: None } => "`--environment development` says so",
        _ => return None,
    })
}

fn of_backup(error: &BackupError) -> Option<&'static str> {
    Some(match error {
        BackupError::SeveralDatabases { .. } => "`--from NAME`",
        BackupError::NotEmpty { .. } => "of a restore: `--drop-first` or `--merge`",
        _ => return None,
    })
}
