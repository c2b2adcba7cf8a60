//! A file in which a process notes each document that it converts, for tests that count. It outlives a killed process: what
//! was handed to the operating system is there.

use std::{
    env, fs,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::OnceLock,
};

use mongodb::bson::Bson;

/// The environment variable that names the file. Without it nothing is noted.
pub const CONVERSIONS: &str = "FAULTS_CONVERSIONS";

/// Notes that this process converts a document.
pub(super) fn note(id: &Bson) {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let file = FILE.get_or_init(|| {
        let path = env::var_os(CONVERSIONS)?;
        Some(OpenOptions::new().append(true).create(true).open(path).expect("the file of conversions"))
    });
    if let Some(mut file) = file.as_ref() {
        // One write for the line, so that no line is a mixture of two.
        let line = format!("{}\n", super::account::number(id).expect("an id of ours"));
        file.write_all(line.as_bytes()).expect("the conversion to be noted");
    }
}

/// The numbers of the documents that were converted.
pub fn noted(path: &Path) -> io::Result<Vec<u32>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read?,
    };
    Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
}
