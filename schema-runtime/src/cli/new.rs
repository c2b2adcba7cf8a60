//! The commands that write into the service's own source. They need neither server nor schema.

use std::path::PathBuf;

use bson::DateTime;
use clap::Subcommand;

use super::{CliError, answer::Answer};
use crate::scaffold::{new_migration, new_version};

/// What can be written.
#[derive(Debug, Clone, Subcommand)]
#[non_exhaustive]
pub enum New {
    /// Write the next version of a document type: a copy of the newest one, to be changed.
    Version {
        /// The type, its alias or its collection.
        name: String,
        /// The package, or a folder in it that has the type.
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        package: PathBuf,
        /// Only say what would be written.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write a new migration, and its place in the list of all.
    Migration {
        /// A few words, as in `add-tags`.
        name: String,
        /// The folder of the migrations.
        #[arg(long, value_name = "FOLDER", default_value = "src/migrations")]
        folder: PathBuf,
        /// Who writes it.
        #[arg(long, env = "USER", hide_env = true, value_name = "NAME")]
        author: Option<String>,
        /// Only say what would be written.
        #[arg(long)]
        dry_run: bool,
    },
}

impl New {
    pub(super) fn answer(self) -> Result<Answer, CliError> {
        let (edits, dry_run) = match self {
            Self::Version { name, package, dry_run } => (new_version(package, &name)?, dry_run),
            Self::Migration { name, folder, author, dry_run } => {
                (new_migration(folder, &name, DateTime::now(), author.as_deref())?, dry_run)
            }
        };
        if !dry_run {
            edits.apply()?;
        }
        Answer::of(&edits, 0)
    }
}
