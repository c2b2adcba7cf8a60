//! A package with types in all forms, those of the examples among them: each gets a next version, twice, and every time it builds and passes
//! its tests as they are.

use std::{fs, path::Path};

use schema_runtime::{
    bson::DateTime,
    scaffold::{Edits, new_migration, new_version},
};
use tempfile::TempDir;

use crate::support::{cargo, copy, is_formatted, succeeds, workspace, write};

const TYPES: [&str; 16] = [
    "Order",
    "Account",
    "Article",
    "Video",
    "Cart",
    "Note",
    "Event",
    "State",
    "Flight",
    "Device",
    "Measure",
    "Sample",
    "model::User",
    "Product",
    "contacts",
    "Tree",
];

/// Its types are in `shop/`; flights, products and contacts are the examples' own.
fn shop() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (to, examples) = (folder.path(), workspace().join("examples"));
    copy(&workspace().join("tests/tests/scaffold/shop"), to);
    copy(&workspace().join("rustfmt.toml"), &to.join("rustfmt.toml"));
    copy(&examples.join("data"), &to.join("src/data"));
    copy(&examples.join("flights"), &to.join("src/flights"));
    // Its own tests say what version 3 is stored as, and so are about that version.
    fs::remove_file(to.join("src/flights/tests.rs")).unwrap();
    let flights = fs::read_to_string(examples.join("flights.rs")).unwrap();
    write(to, "src/flights.rs", &flights.replace("#[cfg(test)]\nmod tests;\n", ""));
    // The example has two releases in one program and so no alias; a service has one.
    for (file, alias) in [("products", "Product = ProductV3"), ("contacts", "Contact = ContactV2")] {
        let text = fs::read_to_string(examples.join(format!("service/{file}.rs"))).unwrap();
        write(to, &format!("src/{file}.rs"), &format!("{text}\npub(crate) type {alias};\n"));
    }
    write(to, "Cargo.toml", &manifest());
    copy(&workspace().join("Cargo.lock"), &to.join("Cargo.lock"));
    folder
}

const LISTED: &str = r#"
mod migrations;

#[test]
fn the_migration_is_listed() {
    let ids: Vec<_> = migrations::all().iter().map(|migration| migration.id().to_owned()).collect();
    assert_eq!(ids, ["19700101-000000-add-tags"]);
}
"#;

/// The features are those with which the suite itself is built.
fn manifest() -> String {
    let members = ["schema-runtime", "tests"].map(|member| workspace().join(member));
    let [runtime, tests] = members.each_ref().map(|path| path.display());
    let profile = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let profile = profile.split_once("[profile.dev]").unwrap().1;
    format!(
        "\
[package]
name = \"shop\"
edition = \"2024\"

[lib]
doctest = false

[workspace]

[dependencies]
csv = \"1.4\"
jiff = {{ version = \"0.2\", features = [\"serde\", \"tzdb-bundle-always\"] }}
schema-runtime = {{ path = {runtime:?} }}
schema-tests = {{ path = {tests:?} }}
serde = {{ version = \"1\", features = [\"derive\"] }}
thiserror = \"2\"

[profile.dev]{profile}",
        runtime = runtime.to_string(),
        tests = tests.to_string(),
    )
}

fn add_all(folder: &Path) -> Vec<Edits> {
    let add = |name: &&str| {
        let edits = new_version(folder, name).unwrap_or_else(|error| panic!("{name}: {error}"));
        edits.apply().unwrap();
        edits
    };
    TYPES.iter().map(add).collect()
}

/// It is listed, and says that it is not written.
fn add_migration(folder: &Path) {
    let migrations = folder.join("src/migrations");
    new_migration(&migrations, "add tags", DateTime::from_millis(0), Some("ada")).unwrap().apply().unwrap();
    let library = fs::read_to_string(folder.join("src/lib.rs")).unwrap();
    write(folder, "src/lib.rs", &format!("{library}{LISTED}"));
}

#[test]
fn the_next_version_builds_and_passes_the_tests_as_they_are() -> Result<(), String> {
    let shop = shop();
    let tests = |variables: &[(&str, &str)]| succeeds(&cargo(shop.path(), &["test"], variables));
    tests(&[("SCHEMA_GOLDEN", "add"), ("SCHEMA_LOCK", "add")])?;
    add_migration(shop.path());
    for version in ["first", "second"] {
        let edits = add_all(shop.path());
        let printed: Vec<_> = edits.iter().map(ToString::to_string).collect();
        tests(&[]).map_err(|error| format!("{version}: {}\n{error}", printed.concat()))?;
        let files = edits.iter().flat_map(|edits| &edits.files).map(|file| file.path.clone());
        let sources: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "rs")).collect();
        is_formatted(&sources)?;
    }
    // What the files have is what the tests would have written.
    let files = ["golden/events/1.json", "golden/flights/5.json", "schema.lock", "orders.lock"];
    let before = files.map(|file| fs::read_to_string(shop.path().join(file)).unwrap());
    tests(&[("SCHEMA_GOLDEN", "add"), ("SCHEMA_LOCK", "accept")])?;
    let without_types =
        |text: String| text.lines().filter(|line| !line.starts_with("type = ")).collect::<String>();
    for (file, before) in files.into_iter().zip(before) {
        let after = fs::read_to_string(shop.path().join(file)).unwrap();
        assert_eq!(without_types(before), without_types(after), "{file}");
    }
    Ok(())
}
