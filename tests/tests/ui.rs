//! What must not compile, with what the compiler says about it; and what must compile, and work.
//!
//! `ui/` has one folder for each mistake. The compiler's part of a message changes from release to release, so
//! `ui/RUSTC` names the release that the `.stderr` files were taken with, and they are compared under no other.
//! After a change, `TRYBUILD=overwrite cargo test -p schema-tests --test ui`, and read the difference as prose.

use std::{
    collections::BTreeSet,
    error::Error,
    fs::read_dir,
    io::{Write, stderr},
    process::Command,
};

#[path = "../ui/pass/each_key.rs"]
mod each_key;
#[path = "../ui/pass/generics.rs"]
mod generics;
#[path = "../ui/pass/hygiene.rs"]
mod hygiene;
#[path = "../ui/pass/places.rs"]
mod places;

#[test]
fn mistakes() -> Result<(), Box<dyn Error>> {
    let expected = include_str!("../ui/RUSTC").trim();
    let version = Command::new("rustc").arg("--version").output()?.stdout;
    let version = String::from_utf8(version)?;
    if version.split(' ').nth(1) == Some(expected) {
        let cases = trybuild::TestCases::new();
        // Every folder but `pass`.
        cases.compile_fail("ui/[!p]*/*.rs");
        cases.compile_fail("ui/p[!a]*/*.rs");
    } else {
        // Straight to the terminal: the harness keeps what a passing test prints.
        writeln!(
            stderr(),
            "skipped: the messages in tests/ui were taken with rustc {expected}, this is {version}"
        )?;
    }
    Ok(())
}

/// The table says which mistake has which folder, so each folder is in it once, and nothing else is.
#[test]
fn the_table_names_each_folder() -> Result<(), Box<dyn Error>> {
    let rows = include_str!("../ui/README.md").lines().filter(|line| line.starts_with("| "));
    let mut listed: Vec<&str> = rows
        .filter_map(|row| row.split('|').nth(2))
        .map(str::trim)
        .filter_map(|cell| cell.strip_prefix('`')?.strip_suffix('`'))
        .collect();
    listed.sort_unstable();

    let mut folders = BTreeSet::new();
    for entry in read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/ui"))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.insert(entry.file_name().into_string().map_err(|name| format!("{}", name.display()))?);
        }
    }
    folders.remove("pass");
    assert_eq!(listed, Vec::from_iter(&folders));
    Ok(())
}
