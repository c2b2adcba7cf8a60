//! Why nothing could be scaffolded.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::place::{Place, listed};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScaffoldError {
    /// The package has no versioned document type of that name.
    #[error(
        "no versioned document type, alias or collection in {} is called `{name}`{}",
        package.display(),
        instead(meant.as_deref(), known)
    )]
    #[non_exhaustive]
    NotFound {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        package: PathBuf,
        /// What it may be a misspelling of.
        meant: Option<String>,
        /// The names that there are.
        known: Vec<String>,
    },

    /// Several chains have the name.
    #[error(
        "`{name}` is the name of several chains: {}; name one by its module too, as in `{example}`",
        listed(places)
    )]
    #[non_exhaustive]
    FoundTwice {
        /// What was asked for.
        name: String,
        /// The newest type of each chain.
        places: Vec<Place>,
        /// A name that stands for one of them.
        example: String,
    },

    /// Several types follow the same one, so none of them is the newest.
    #[error(
        "`{type_name}` is the `previous` of several types: {}; a chain does not branch, so remove one of them, or give it a \
         chain of its own",
        listed(places)
    )]
    #[non_exhaustive]
    Branches {
        /// The type that several follow.
        type_name: String,
        /// Those that follow it.
        places: Vec<Place>,
    },

    /// A file that may have the type in it is no Rust.
    #[error("{place} cannot be read as Rust: {reason}; correct it first")]
    #[non_exhaustive]
    NotRust {
        /// Where.
        place: Place,
        /// What the parser says.
        reason: String,
    },

    /// The type is written by a macro, which is no place for a copy.
    #[error(
        "`{name}` is written by the macro at {place}, and what a macro writes cannot be copied from here; write the next version by \
         hand"
    )]
    #[non_exhaustive]
    InMacro {
        /// What was asked for.
        name: String,
        /// The macro.
        place: Place,
    },

    /// Another item has the name that the new one needs.
    #[error(
        "the next version would be called `{name}`, which is the name of {place} already; rename that first"
    )]
    #[non_exhaustive]
    NameTaken {
        /// The name.
        name: String,
        /// What has it.
        place: Place,
    },

    /// Something about the type cannot be copied.
    #[error("{place}: {why}")]
    #[non_exhaustive]
    CannotCopy {
        /// Where.
        place: Place,
        /// Why, and what to do.
        why: String,
    },

    /// The name of a migration is none that a file, a module and a ledger could have.
    #[error("`{name}` cannot be the name of a migration: {why}")]
    #[non_exhaustive]
    MigrationName {
        /// What was asked for.
        name: String,
        /// Why not, and what to do.
        why: &'static str,
    },

    /// The list of migrations is written in another way than this module knows.
    #[error(
        "{} has no single list of migrations that one could be added to ({why}); write these two lines into it by hand:\n\n    \
         {declaration}\n    {call}\n",
        path.display()
    )]
    #[non_exhaustive]
    NoList {
        /// The file.
        path: PathBuf,
        /// What was looked for and not found.
        why: String,
        /// The line that declares the module.
        declaration: String,
        /// The line that belongs into the list.
        call: String,
    },

    /// There is a file already where a new one would be written.
    #[error("{} exists already; choose another name", path.display())]
    #[non_exhaustive]
    Exists {
        /// The file.
        path: PathBuf,
    },

    /// The year is none of four digits.
    #[error("{now} is no date that a migration can be called by; check the clock")]
    #[non_exhaustive]
    Date {
        /// The time, in milliseconds from 1970.
        now: i64,
    },

    /// A file is not what it was when the edits were planned. Nothing was written.
    #[error("{} was changed by others since the edits were planned; plan them again", path.display())]
    #[non_exhaustive]
    Changed {
        /// The file.
        path: PathBuf,
    },

    /// A file or folder could not be handled. All are as they were.
    #[error("cannot {action} {}", path.display())]
    #[non_exhaustive]
    Io {
        /// What was attempted.
        action: &'static str,
        /// What it was attempted on.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },

    /// A file could not be written, and those before it could not be taken back.
    #[error("some files are written and others not; restore {} from version control", joined(paths))]
    #[non_exhaustive]
    HalfWritten {
        /// The files that are not what they were.
        paths: Vec<PathBuf>,
        /// What went wrong first.
        source: Box<ScaffoldError>,
    },
}

impl ScaffoldError {
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}

fn instead(meant: Option<&str>, known: &[String]) -> String {
    match (meant, known) {
        (Some(meant), _) => format!("; did you mean `{meant}`?"),
        (None, []) => "; it has none at all, so name the folder of the package that has the types".to_owned(),
        (None, known) => {
            let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("; there are {}", known.join(", "))
        }
    }
}

fn joined(paths: &[PathBuf]) -> String {
    let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    paths.join(", ")
}
