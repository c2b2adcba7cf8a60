//! All files or none: written beside their places, put in place one after the other, and taken back if one cannot be.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
};

use super::Edit;
use crate::scaffold::ScaffoldError;

pub(super) fn apply(edits: &[Edit]) -> Result<(), ScaffoldError> {
    for edit in edits {
        unchanged(edit)?;
    }
    let mut made = Made::default();
    let written = edits.iter().try_for_each(|edit| made.beside(edit));
    let placed = written.and_then(|()| made.place());
    placed.map_err(|error| made.undo(error))
}

/// What somebody has written meanwhile is not written over.
fn unchanged(edit: &Edit) -> Result<(), ScaffoldError> {
    let now = match fs::read_to_string(&edit.path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(ScaffoldError::io("read", &edit.path, source)),
    };
    if now == edit.before { Ok(()) } else { Err(ScaffoldError::Changed { path: edit.path.clone() }) }
}

#[derive(Default)]
struct Made<'a> {
    /// Innermost last.
    folders: Vec<PathBuf>,
    files: Vec<Staged<'a>>,
}

struct Staged<'a> {
    edit: &'a Edit,
    /// Where it is: links are followed, so that they stay links.
    target: PathBuf,
    temporary: PathBuf,
    placed: bool,
}

impl<'a> Made<'a> {
    fn beside(&mut self, edit: &'a Edit) -> Result<(), ScaffoldError> {
        let target = if edit.is_new {
            edit.path.clone()
        } else {
            edit.path.canonicalize().map_err(|source| ScaffoldError::io("find", &edit.path, source))?
        };
        let folder = target.parent().unwrap_or(Path::new(""));
        self.folder(folder)?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = folder.join(format!(".{name}.{}.new", process::id()));
        // Noted first, as a part of it may be written.
        self.files.push(Staged { edit, target, temporary: temporary.clone(), placed: false });
        fs::write(&temporary, &edit.after)
            .and_then(|()| match fs::metadata(&edit.path) {
                Ok(before) => fs::set_permissions(&temporary, before.permissions()),
                Err(_) => Ok(()),
            })
            .map_err(|source| ScaffoldError::io("write", &temporary, source))
    }

    fn folder(&mut self, folder: &Path) -> Result<(), ScaffoldError> {
        let missing =
            folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        for folder in missing.collect::<Vec<_>>().into_iter().rev() {
            fs::create_dir(folder).map_err(|source| ScaffoldError::io("create", folder, source))?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }

    fn place(&mut self) -> Result<(), ScaffoldError> {
        for file in &mut self.files {
            fs::rename(&file.temporary, &file.target)
                .map_err(|source| ScaffoldError::io("write", &file.target, source))?;
            file.placed = true;
        }
        Ok(())
    }

    /// Takes back what was done; the error, or a worse one where that fails.
    fn undo(&self, error: ScaffoldError) -> ScaffoldError {
        let mut left = Vec::new();
        for Staged { edit, target, temporary, placed } in &self.files {
            let back = match (placed, &edit.before) {
                (false, _) => {
                    // It may not have come into being.
                    let _ = fs::remove_file(temporary);
                    Ok(())
                }
                (true, None) => fs::remove_file(target),
                (true, Some(before)) => fs::write(target, before),
            };
            if back.is_err() {
                left.push(target.clone());
            }
        }
        for folder in self.folders.iter().rev() {
            // Others may have put something there.
            let _ = fs::remove_dir(folder);
        }
        if left.is_empty() {
            error
        } else {
            ScaffoldError::HalfWritten { paths: left, source: Box::new(error) }
        }
    }
}
