//! What must not compile, with what the compiler says about it; and what must compile, and work.
//!
//! `ui/` has one folder for each mistake. The compiler's part of a message changes from release to release, so
//! `ui/RUSTC` names the release that the `.stderr` files were taken with, and they are compared under no other.
//! After a change, `TRYBUILD=overwrite cargo test -p schema-tests --test ui`, and read the difference as prose.

use std::{
    error::Error,
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
