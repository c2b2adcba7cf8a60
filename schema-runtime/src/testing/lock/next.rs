//! The entry of a version that is like the one before it.

use schema_core::history::Record;

use super::file::{Entry, LockFile};

/// The text of the file with an entry for the next version, whose step carries every field; `None` if the file has no such document in
/// this version, or the next one already.
pub(crate) fn with_next(
    text: &str,
    document: &str,
    version: u32,
    type_name: &str,
) -> Result<Option<String>, String> {
    let mut file = LockFile::read(text).map_err(|error| format!("this is no lock file: {error}"))?;
    let next = version.saturating_add(1);
    let Some(entry) = file.entry(document, version).filter(|_| file.entry(document, next).is_none()) else {
        return Ok(None);
    };
    let Record { shape, attributes, .. } = entry.record()?;
    let record = Record::new(shape, attributes, Vec::new());
    let mut lines = entry.lines.clone();
    lines.step = Vec::new();
    let entry = Entry {
        version: next,
        type_name: type_name.to_owned(),
        fingerprint: record.fingerprint(),
        lines,
        ..entry.clone()
    };
    file.put(entry);
    file.text().map(Some).map_err(|error| format!("the file cannot be written: {error}"))
}
