//! All files or none.

use std::{fs, os::unix::fs::PermissionsExt};

use schema_runtime::{
    bson::DateTime,
    scaffold::{ScaffoldError, new_migration, new_version},
};

use crate::support::{contents, package, write};

const USER: &str = "#[versioned(version = 1, collection = \"users\")]\nstruct UserV1 { a: i32 }\n";
const ALIAS: &str = "pub type User = crate::user::UserV1;\n";

#[test]
fn a_plan_writes_nothing() {
    let folder = package(&[("src/lib.rs", "mod user;"), ("src/user.rs", USER), ("src/alias.rs", ALIAS)]);
    let before = contents(folder.path());
    let edits = new_version(folder.path(), "User").unwrap();
    assert_eq!((edits.files.len(), contents(folder.path())), (2, before), "{edits}");
    edits.apply().unwrap();
    for file in &edits.files {
        assert_eq!(fs::read_to_string(&file.path).unwrap(), file.text());
        for change in &file.changes {
            assert!(change.line <= file.text().lines().count(), "{edits}");
        }
    }
}

#[test]
fn what_others_have_changed_is_not_written_over() {
    let folder = package(&[("src/user.rs", USER), ("src/alias.rs", ALIAS)]);
    let edits = new_version(folder.path(), "User").unwrap();
    write(folder.path(), "src/user.rs", "// mine");
    let before = contents(folder.path());
    let error = edits.apply().unwrap_err();
    assert!(matches!(&error, ScaffoldError::Changed { path, .. } if path.ends_with("user.rs")), "{error}");
    assert_eq!(contents(folder.path()), before);
}

/// A folder stands where the last file is to be put, once it is known that there is none.
#[test]
fn where_one_file_cannot_be_written_all_stay_as_they_were() {
    let folder = package(&[("src/user.rs", USER), ("src/alias.rs", ALIAS)]);
    let edits = new_version(folder.path(), "User").unwrap();
    let last = &edits.files.last().unwrap().path;
    // Nobody may write beside it, and nobody can put a temporary file where a folder of its name is.
    let temporary = format!(".{}.{}.new", last.file_name().unwrap().display(), std::process::id());
    fs::create_dir_all(last.with_file_name(temporary)).unwrap();
    let before = contents(folder.path());
    let error = edits.apply().unwrap_err();
    assert!(matches!(&error, ScaffoldError::Io { action: "write", .. }), "{error}");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn folders_that_were_made_for_nothing_are_gone() {
    let folder = package(&[]);
    let migrations = folder.path().join("src/deep/migrations");
    let edits = new_migration(&migrations, "add tags", DateTime::from_millis(0), None).unwrap();
    assert!(!folder.path().join("src").exists());
    // A file where a folder is to be.
    write(folder.path(), "src/deep", "");
    let before = contents(folder.path());
    edits.apply().unwrap_err();
    assert_eq!(contents(folder.path()), before);
    fs::remove_file(folder.path().join("src/deep")).unwrap();
    edits.apply().unwrap();
    assert!(migrations.join("mod.rs").exists());
}

#[test]
fn links_and_permissions_stay() {
    let folder = package(&[("real/user.rs", USER), ("src/lib.rs", ALIAS)]);
    let (real, link) = (folder.path().join("real/user.rs"), folder.path().join("src/user.rs"));
    std::os::unix::fs::symlink(&real, &link).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    new_version(folder.path().join("src"), "User").unwrap().apply().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("UserV2"));
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}
