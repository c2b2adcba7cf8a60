//! Packages in temporary folders.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use schema_runtime::scaffold::{Edits, ScaffoldError, new_version};
use tempfile::TempDir;

/// The workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A package of these files, each a path and a text.
pub fn package(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Cargo.toml", "[package]\nname = \"shop\"\nedition = \"2024\"\n");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

pub fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// The one file of a package, with the next version of the type in it.
pub fn next(text: &str, name: &str) -> String {
    let folder = package(&[("src/lib.rs", text)]);
    let edits = new_version(folder.path(), name).unwrap_or_else(|error| panic!("{error}\n{text}"));
    edits.apply().unwrap();
    fs::read_to_string(folder.path().join("src/lib.rs")).unwrap()
}

/// Why there is no next version.
pub fn refusal(text: &str, name: &str) -> ScaffoldError {
    new_version(package(&[("src/lib.rs", text)]).path(), name).unwrap_err()
}

/// What the files of a package are, by their paths in it.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push((path.clone(), fs::read(path).unwrap()))
            }
        }
    }
    found.sort();
    found
}

/// The text of a planned file.
pub fn planned<'a>(edits: &'a Edits, name: &str) -> &'a str {
    let file = edits.files.iter().find(|file| file.path.ends_with(name));
    file.unwrap_or_else(|| panic!("{name} is not among\n{edits}")).text()
}

/// Cargo in a package, with the artefacts of the workspace: what it depends on is built already, with the same features.
pub fn cargo(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    // `target/debug/deps/scaffold-..`
    let target = env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let mut cargo = Command::new(env!("CARGO"));
    // What cargo tells the tests that it runs would be news to build scripts, and they would run again.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        let told = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
        if told.iter().any(|start| name.starts_with(start)) {
            cargo.env_remove(&*name);
        }
    }
    cargo
        .args(arguments)
        .arg("--offline")
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env_remove("SCHEMA_GOLDEN")
        .env_remove("SCHEMA_LOCK")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// What it has to say, if it failed.
pub fn succeeds(output: &Output) -> Result<(), String> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{}\n{}", text(&output.stdout), text(&output.stderr))),
    }
}

/// Whether all of these files are as `rustfmt` would have them.
pub fn is_formatted(paths: &[PathBuf]) -> Result<(), String> {
    succeeds(&Command::new("rustfmt").args(["--check", "--edition", "2024"]).args(paths).output().unwrap())
}
