//! What is to be written, and what a person should know of it.

mod apply;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::ScaffoldError;

/// Changes of files that belong together: all of them are made, or none.
///
/// Nothing is written before [`apply`](Self::apply), so a dry run is to print it. Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Edits {
    /// What they are for, as in "version 3 of `Product`".
    pub purpose: String,
    /// The files, in the order of their paths.
    pub files: Vec<Edit>,
    /// What is left to a person, a sentence each.
    pub notes: Vec<String>,
}

/// The changes of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// The file.
    pub path: PathBuf,
    /// Whether there is no such file yet.
    pub is_new: bool,
    /// What changes in it, in the order of its lines.
    pub changes: Vec<Change>,
    /// As it was when this was planned.
    #[serde(skip)]
    before: Option<String>,
    #[serde(skip)]
    after: String,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The line of the new text, from 1.
    pub line: usize,
    /// What stands there.
    pub what: String,
}

impl Edits {
    pub(super) fn new(purpose: String, mut files: Vec<Edit>, notes: Vec<String>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { purpose, files, notes }
    }

    /// Writes the files: each beside its place first, and then all are put in place. Where one cannot be, those before it are taken
    /// back.
    ///
    /// # Errors
    ///
    /// - [`Changed`](ScaffoldError::Changed) if a file is not what it was when this was planned,
    /// - [`Io`](ScaffoldError::Io) if a file cannot be written; all are as they were,
    /// - [`HalfWritten`](ScaffoldError::HalfWritten) if one that was written could not be taken back either.
    pub fn apply(&self) -> Result<(), ScaffoldError> {
        apply::apply(&self.files)
    }
}

impl Edit {
    pub(super) fn new(path: PathBuf, before: Option<String>, after: String, changes: Vec<Change>) -> Self {
        Self { path, is_new: before.is_none(), changes, before, after }
    }

    /// Another change of the same file, which was planned on top of this one.
    pub(super) fn continue_with(&mut self, next: Self) {
        if next.before.as_ref() == Some(&self.after) {
            self.after = next.after;
            self.changes.extend(next.changes);
        }
    }

    /// The whole file as it will be.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.after
    }
}

impl fmt::Display for Edits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.purpose)?;
        let here = std::env::current_dir().unwrap_or_default();
        for Edit { path, is_new, changes, .. } in &self.files {
            let path = path.strip_prefix(&here).unwrap_or(path);
            writeln!(f, "  {}{}", path.display(), if *is_new { " (new)" } else { "" })?;
            for Change { line, what } in changes {
                writeln!(f, "  {line:>6}  {what}")?;
            }
        }
        for note in &self.notes {
            writeln!(f, "  note: {note}")?;
        }
        Ok(())
    }
}

/// A whole new file, with one report for it.
pub(super) fn new_file(path: &Path, text: String, what: impl Into<String>) -> Edit {
    Edit::new(path.to_owned(), None, text, vec![Change { line: 1, what: what.into() }])
}
