//! All Rust files of a package.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Parsed, Source, Unread};
use crate::scaffold::{ScaffoldError, place::Place};

pub(in crate::scaffold) struct Package {
    /// The folder of its `Cargo.toml`, or what was given where there is none.
    pub(in crate::scaffold) root: PathBuf,
    pub(in crate::scaffold) sources: Vec<Source>,
    unread: Vec<Unread>,
}

impl Package {
    /// `folder`: that of the package, or one inside of it, which then is where the types are looked for.
    pub(in crate::scaffold) fn read(folder: &Path) -> Result<Self, ScaffoldError> {
        let folder =
            folder.canonicalize().map_err(|source| ScaffoldError::io("find the package", folder, source))?;
        let root = root_of(&folder).unwrap_or(&folder).to_owned();
        let mut paths = Vec::new();
        collect(&root, &root, &mut paths)?;
        paths.sort();
        let mut package = Self { root, sources: Vec::new(), unread: Vec::new() };
        for path in paths {
            let wanted = path.starts_with(&folder);
            package.read_file(path, wanted)?;
        }
        Ok(package)
    }

    fn read_file(&mut self, path: PathBuf, wanted: bool) -> Result<(), ScaffoldError> {
        let bytes = fs::read(&path).map_err(|source| ScaffoldError::io("read", &path, source))?;
        let shown = path.strip_prefix(&self.root).unwrap_or(&path).to_owned();
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let place = Place { path: shown, line: 1, column: 1 };
                self.unread.push(Unread { place, reason: "it is no UTF-8".to_owned(), text });
                return Ok(());
            }
        };
        match Parsed::of(&text) {
            Ok(parsed) => {
                let number = self.sources.len();
                let module = module(&shown);
                self.sources.push(Source { number, path, shown, module, wanted, text, parsed });
            }
            Err((line, column, reason)) => {
                let place = Place { path: shown, line, column };
                self.unread.push(Unread { place, reason, text });
            }
        }
        Ok(())
    }

    /// A file that nobody could read is in the way only if it may have to do with the type.
    pub(in crate::scaffold) fn refuse_unread(&self, names: &[&str]) -> Result<(), ScaffoldError> {
        let concerned = self.unread.iter().find(|unread| names.iter().any(|name| unread.text.contains(name)));
        match concerned {
            None => Ok(()),
            Some(Unread { place, reason, .. }) => {
                Err(ScaffoldError::NotRust { place: place.clone(), reason: reason.clone() })
            }
        }
    }
}

/// The folder of the package that a file or a folder lies in.
fn root_of(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| folder.join("Cargo.toml").is_file())
}

/// Not what was built, not what is hidden, and no package inside of the package.
fn collect(root: &Path, folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), ScaffoldError> {
    let failed = |source| ScaffoldError::io("read", folder, source);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_dir() {
            let built = name == "target" && folder == root;
            let other = name.starts_with('.') || path.join("Cargo.toml").is_file();
            if !(built || other) {
                collect(root, &path, paths)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && path.is_file() {
            paths.push(path);
        }
    }
    Ok(())
}

fn module(shown: &Path) -> Vec<String> {
    let path = shown.with_extension("");
    let mut module: Vec<_> =
        path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| matches!(last.as_str(), "lib" | "main" | "mod")) {
        module.pop();
    }
    module
}
