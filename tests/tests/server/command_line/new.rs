//! New versions and new migrations, in the source of a package.

use std::{fs, path::Path};

use super::program::{Ended, bare};

const SOURCE: &str = "\
use schema_runtime::VersionedDocument;

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = \"users\")]
pub struct UserV1 {
    pub login: String,
}

pub type User = UserV1;
";

/// The program, in this folder.
async fn new(package: &Path, arguments: &[&str]) -> Ended {
    let mut command = bare();
    command.current_dir(package).arg("new").args(arguments);
    Ended::of(command.output().await.expect("the program to run"))
}

/// A package with one type.
fn package() -> tempfile::TempDir {
    let package = tempfile::tempdir().unwrap();
    fs::create_dir(package.path().join("src")).unwrap();
    let manifest = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nschema-runtime = \"0.1\"\n";
    fs::write(package.path().join("Cargo.toml"), manifest).unwrap();
    fs::write(package.path().join("src/lib.rs"), SOURCE).unwrap();
    package
}

fn source(package: &Path) -> String {
    fs::read_to_string(package.join("src/lib.rs")).unwrap()
}

#[tokio::test]
async fn the_next_version_is_written_behind_the_newest() {
    let package = package();
    let planned = new(package.path(), &["version", "User", "--dry-run"]).await;
    assert!(planned.text(0).starts_with("version 2 of `User`\n  src/lib.rs\n"), "{planned:?}");
    assert_eq!(source(package.path()), SOURCE);

    let written = new(package.path(), &["version", "users", "--json"]).await.json(0);
    assert_eq!(written["files"][0]["isNew"], false);
    let now = source(package.path());
    assert!(now.contains("#[versioned(version = 2, previous = UserV1)]\npub struct UserV2 {"), "{now}");
    assert!(now.contains("pub type User = UserV2;"), "{now}");
}

#[tokio::test]
async fn a_migration_is_written_and_listed() {
    let package = package();
    fs::create_dir(package.path().join("src/migrations")).unwrap();
    let written = new(package.path(), &["migration", "add tags"]).await;
    assert!(written.text(0).contains("mod.rs (new)"), "{written:?}");
    let folder = package.path().join("src/migrations");
    let list = fs::read_to_string(folder.join("mod.rs")).unwrap();
    let module = list.lines().find_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).unwrap();
    assert!(module.ends_with("_add_tags") && list.contains(&format!("{module}::migration(),")), "{list}");
    let migration = fs::read_to_string(folder.join(format!("{module}.rs"))).unwrap();
    assert!(migration.contains(".author(\"ada\")"), "{migration}");

    let second =
        new(package.path(), &["migration", "more-tags", "--author", "grace", "--json"]).await.json(0);
    assert_eq!(second["files"].as_array().map(Vec::len), Some(2), "{second}");
}

#[tokio::test]
async fn what_cannot_be_written_is_said_and_nothing_is() {
    let package = package();
    let unknown = new(package.path(), &["version", "Usr"]).await;
    assert!(unknown.error(2).contains("`Usr`") && unknown.stderr.contains("User"), "{unknown:?}");
    let unnamed = new(package.path(), &["migration", "!!"]).await;
    assert!(unnamed.error(2).contains("cannot be the name of a migration"), "{unnamed:?}");
    let nowhere = new(package.path(), &["version", "User", "--package", "gone"]).await;
    assert!(nowhere.error(4).contains("gone"), "{nowhere:?}");

    let other = "pub fn all() -> u32 { 0 }\n";
    fs::create_dir(package.path().join("src/migrations")).unwrap();
    fs::write(package.path().join("src/migrations/mod.rs"), other).unwrap();
    let unlisted = new(package.path(), &["migration", "add tags"]).await;
    assert!(unlisted.error(8).contains("_add_tags"), "{unlisted:?}");
    assert_eq!(fs::read_dir(package.path().join("src/migrations")).unwrap().count(), 1);
    assert_eq!(source(package.path()), SOURCE);
}
