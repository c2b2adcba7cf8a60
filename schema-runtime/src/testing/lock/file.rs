//! What stands in the lock file, in TOML: one entry a version, sorted, so that a new version is one block of added lines.

use schema_core::{
    history::{Record, Version},
    shape::Line,
};
use serde::{Deserialize, Serialize};

const HEAD: &str = "\
# The released versions of this package's documents. A test writes this file; review it like code, and do not edit it.
# SCHEMA_LOCK=add cargo test      adds new versions
# SCHEMA_LOCK=accept cargo test   takes over changes that all stored documents fit
";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LockFile {
    #[serde(default, rename = "version")]
    pub(super) entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) document: String,
    pub(super) version: u32,
    #[serde(rename = "type")]
    pub(super) type_name: String,
    pub(super) fingerprint: String,
    #[serde(flatten)]
    pub(super) lines: Lines,
}

/// The parts of a [`Record`] as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Lines {
    pub(super) shape: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) attributes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) step: Vec<String>,
}

impl LockFile {
    pub(super) fn read(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    pub(super) fn text(&self) -> Result<String, toml::ser::Error> {
        Ok(format!("{HEAD}\n{}", toml::to_string_pretty(self)?))
    }

    pub(super) fn entry(&self, document: &str, version: u32) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.document == document && entry.version == version)
    }

    /// Adds the entry, in the place of the one for the same version if there is one.
    pub(super) fn put(&mut self, entry: Entry) {
        self.entries.retain(|old| (&old.document, old.version) != (&entry.document, entry.version));
        self.entries.push(entry);
        self.entries.sort_by(|a, b| (&a.document, a.version).cmp(&(&b.document, b.version)));
    }
}

impl Entry {
    pub(super) fn new(document: &str, version: &Version, record: &Record) -> Self {
        let text = |lines: &[Line]| lines.iter().map(ToString::to_string).collect();
        Self {
            document: document.to_owned(),
            version: version.version,
            type_name: version.type_name.to_owned(),
            fingerprint: record.fingerprint(),
            lines: Lines {
                shape: text(&record.shape),
                attributes: text(&record.attributes),
                step: text(&record.step),
            },
        }
    }

    /// The record that the entry was made of; an error for text that was not written by [`new`](Self::new).
    pub(super) fn record(&self) -> Result<Record, String> {
        let lines =
            |texts: &[String]| texts.iter().map(|text| text.parse::<Line>()).collect::<Result<Vec<_>, _>>();
        let Lines { shape, attributes, step } = &self.lines;
        let record = lines(shape)
            .and_then(|shape| Ok(Record::new(shape, lines(attributes)?, lines(step)?)))
            .map_err(|error| format!("version {} of `{}`: {error}", self.version, self.document))?;
        if record.fingerprint() == self.fingerprint {
            return Ok(record);
        }
        Err(format!(
            "the lines of version {} of `{}` do not belong to its fingerprint {}: the file was edited; restore it",
            self.version, self.document, self.fingerprint
        ))
    }
}
