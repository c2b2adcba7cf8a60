//! Where the checked-in files are.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The path inside the package whose tests are running. Cargo says which that is; without Cargo it is the working
/// directory.
pub(super) fn in_package(path: &Path) -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default().join(path)
}
