//! The programs of the examples, as processes of their own.

use std::{
    collections::BTreeMap,
    env,
    io::BufRead,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use serde_json::Value;

/// Those that are run here.
const NAMES: [&str; 2] = ["service", "histories"];

/// The example of this name, built as it is now: cargo builds no example of another package for a test. With the features of the whole
/// workspace it has most of its parts already.
pub fn program(name: &str) -> &'static Path {
    static PROGRAMS: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    PROGRAMS.get_or_init(build).get(name).expect("cargo names the program")
}

fn build() -> BTreeMap<String, PathBuf> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--workspace", "--message-format", "json"]);
    build.args(NAMES.iter().flat_map(|name| ["--example", name]));
    // What cargo says to this test of its package is news to build scripts, and each of them would run again.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            build.env_remove(&name);
        }
    }
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    let output = build.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = output.stdout.lines().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let named = messages.filter_map(|message| {
        let name = message["target"]["name"].as_str().filter(|name| NAMES.contains(name))?;
        Some((name.to_owned(), PathBuf::from(message["executable"].as_str()?)))
    });
    named.collect()
}
