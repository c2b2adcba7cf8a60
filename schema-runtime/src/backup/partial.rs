//! The folder of a backup while it is written. It has another name until it is complete, and is removed if it is never that.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::error::BackupError;

#[derive(Debug)]
pub(super) struct Partial {
    folder: PathBuf,
    path: PathBuf,
    /// Whether it is still there.
    left: bool,
}

impl Partial {
    /// Beside the folder that it is to be, so that the last step is a rename within one file system.
    pub(super) fn create(folder: &Path) -> Result<Self, BackupError> {
        let Some(name) = folder.file_name() else {
            return Err(BackupError::FolderInUse { path: folder.to_owned() });
        };
        match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
            Ok(true) => {}
            Ok(false) => return Err(BackupError::FolderInUse { path: folder.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(BackupError::file("look into", folder)(error)),
        }
        let mut partial = name.to_owned();
        partial.push(".partial");
        let path = folder.with_file_name(partial);
        if let Some(parent) = parent(folder) {
            fs::create_dir_all(parent).map_err(BackupError::file("create", parent))?;
        }
        match fs::create_dir(&path) {
            Ok(()) => Ok(Self { folder: folder.to_owned(), path, left: true }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(BackupError::PartialThere { path })
            }
            Err(error) => Err(BackupError::file("create", &path)(error)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it the folder that it is to be. From then on it survives a loss of power as well.
    pub(super) fn publish(mut self) -> Result<(), BackupError> {
        let published = self.rename();
        match published {
            Ok(()) => {
                self.left = false;
                Ok(())
            }
            Err(error) => Err(self.abandon(error)),
        }
    }

    fn rename(&self) -> Result<(), BackupError> {
        sync(&self.path)?;
        match fs::remove_dir(&self.folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // Somebody has put something into it meanwhile.
            Err(_) => return Err(BackupError::FolderInUse { path: self.folder.clone() }),
        }
        fs::rename(&self.path, &self.folder).map_err(BackupError::file("rename to its name", &self.path))?;
        parent(&self.folder).map_or(Ok(()), sync)
    }

    /// Removes what there is of it; the error that there was, and that it could not be removed, if so.
    pub(super) fn abandon(mut self, error: BackupError) -> BackupError {
        self.left = false;
        match fs::remove_dir_all(&self.path) {
            Ok(()) => error,
            Err(removal) => {
                BackupError::PartialLeft { path: self.path.clone(), removal, source: Box::new(error) }
            }
        }
    }
}

impl Drop for Partial {
    /// When whoever waited for the backup does so no longer.
    fn drop(&mut self) {
        if self.left
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "an unfinished backup could not be removed");
        }
    }
}

fn parent(folder: &Path) -> Option<&Path> {
    // That of a single name is empty, and means the current one.
    folder.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent })
}

/// The names in a folder, on disk.
pub(super) fn sync(folder: &Path) -> Result<(), BackupError> {
    // Elsewhere a folder cannot be opened as a file.
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(BackupError::file("sync", folder))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn it_gets_its_name_when_it_is_complete() {
        let scratch = tempfile::tempdir().unwrap();
        for folder in ["a", "b/c"].map(|name| scratch.path().join(name)) {
            let partial = Partial::create(&folder).unwrap();
            fs::write(partial.path().join("file"), "x").unwrap();
            assert!(!folder.exists());
            partial.publish().unwrap();
            assert_eq!(names(&folder), ["file"]);
        }
        assert_eq!(names(scratch.path()), ["a", "b"]);
    }

    #[test]
    fn it_is_removed_when_it_is_given_up_or_forgotten() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("a");
        drop(Partial::create(&folder).unwrap());
        let stopped = BackupError::Stopped { reason: "enough".into() };
        assert!(matches!(Partial::create(&folder).unwrap().abandon(stopped), BackupError::Stopped { .. }));
        assert!(names(scratch.path()).is_empty());
    }

    #[test]
    fn that_it_cannot_be_removed_is_said() {
        let scratch = tempfile::tempdir().unwrap();
        let partial = Partial::create(&scratch.path().join("a")).unwrap();
        fs::remove_dir(partial.path()).unwrap();
        let stopped = BackupError::Stopped { reason: "enough".into() };
        let error = partial.abandon(stopped);
        assert!(error.to_string().contains("a.partial"), "{error}");
        assert!(
            matches!(error, BackupError::PartialLeft { source, .. } if source.to_string().contains("enough"))
        );
    }

    #[test]
    fn a_folder_in_use_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("a");
        fs::create_dir(&folder).unwrap();
        // An empty one is as good as none.
        let partial = Partial::create(&folder).unwrap();
        assert!(matches!(Partial::create(&folder), Err(BackupError::PartialThere { .. })));
        fs::write(folder.join("file"), "x").unwrap();
        assert!(matches!(Partial::create(&folder), Err(BackupError::FolderInUse { .. })));
        assert!(matches!(partial.publish(), Err(BackupError::FolderInUse { .. })));
        assert_eq!(names(scratch.path()), ["a"]);
        assert_eq!(names(&folder), ["file"]);
    }
}
