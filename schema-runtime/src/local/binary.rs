//! Where the `mongod` binary comes from.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::{LocalServerError, fetch};

/// The `mongod` to start. Blocks, and for long if the binary has to be fetched.
pub(super) fn find() -> Result<PathBuf, LocalServerError> {
    if let Some(path) = env::var_os("MONGOD").filter(|value| !value.is_empty()).map(PathBuf::from) {
        return if is_executable(&path) {
            absolute(&path)
        } else {
            Err(LocalServerError::MongodNotExecutable { path })
        };
    }
    if let Some(path) = env::var_os("PATH").and_then(|folders| in_folders(&folders)) {
        return absolute(&path);
    }
    fetch::cached_or_fetched().map_err(|reasons| {
        let mut tried = vec!["MONGOD is not set".to_owned(), "mongod is not on PATH".to_owned()];
        tried.extend(reasons);
        LocalServerError::NoMongod { tried }
    })
}

/// A bare file name would be looked up on `PATH` once more, and a relative path goes stale with the folder.
fn absolute(path: &Path) -> Result<PathBuf, LocalServerError> {
    std::path::absolute(path).map_err(LocalServerError::io("locate", path))
}

fn in_folders(folders: &OsStr) -> Option<PathBuf> {
    env::split_paths(folders).map(|folder| folder.join("mongod")).find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && may_run(&metadata))
}

#[cfg(unix)]
fn may_run(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn may_run(_: &fs::Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn only_an_executable_file_counts() {
        let [plain, runnable, folder] = [(); 3].map(|()| tempfile::tempdir().unwrap());
        fs::write(plain.path().join("mongod"), "").unwrap();
        fs::write(runnable.path().join("mongod"), "").unwrap();
        fs::set_permissions(runnable.path().join("mongod"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(folder.path().join("mongod")).unwrap();

        let some = env::join_paths([plain.path(), folder.path(), runnable.path()]).unwrap();
        assert_eq!(in_folders(&some), Some(runnable.path().join("mongod")));
        let none = env::join_paths([plain.path(), folder.path()]).unwrap();
        assert_eq!(in_folders(&none), None);
    }
}
