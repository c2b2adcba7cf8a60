//! The file of a version: its golden documents, and what they become.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use bson::{Bson, Document, RawDocumentBuf};

use super::whose::Whose;
use crate::extended_json;

pub(super) struct File {
    path: PathBuf,
    version: u32,
    /// The document at each version, by the number of the version; of an enum, that for each variant, by its name.
    recorded: Document,
    exists: bool,
    changed: bool,
}

impl File {
    pub(super) fn read(folder: &Path, version: u32) -> Result<Self, String> {
        let path = folder.join(format!("{version}.json"));
        let (recorded, exists) = match fs::read_to_string(&path) {
            Ok(text) => {
                let recorded = extended_json::read(&text)
                    .map_err(|error| format!("{} is not what was written there: {error}", path.display()))?;
                (recorded, true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Document::new(), false),
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        };
        Ok(Self { path, version, recorded, exists, changed: false })
    }

    /// The variants of an enum that have documents here, also those that it has no more.
    pub(super) fn variants(&self) -> impl Iterator<Item = Whose> {
        let version = self.version;
        self.recorded.keys().map(move |name| Whose { version, variant: Some(name.clone()) })
    }

    /// The document as it was stored; `None` if there is none yet.
    pub(super) fn stored(&self, whose: &Whose) -> Result<Option<RawDocumentBuf>, String> {
        let is_there = match &whose.variant {
            None => self.exists,
            Some(variant) => self.recorded.contains_key(variant),
        };
        if !is_there {
            return Ok(None);
        }
        let stored = self.at(whose, whose.version).and_then(Bson::as_document);
        let stored = stored.and_then(|stored| RawDocumentBuf::try_from(stored).ok());
        stored.map(Some).ok_or_else(|| self.without(whose))
    }

    /// What the document is at a version.
    pub(super) fn at(&self, whose: &Whose, version: u32) -> Option<&Bson> {
        let recorded = match &whose.variant {
            None => &self.recorded,
            Some(variant) => self.recorded.get_document(variant).ok()?,
        };
        recorded.get(version.to_string())
    }

    /// Adds what is not there yet.
    pub(super) fn add(&mut self, whose: &Whose, outcomes: Vec<(u32, Document)>) -> Result<(), String> {
        let missing: Vec<_> = outcomes
            .into_iter()
            .filter(|(version, _)| self.at(whose, *version).is_none())
            .map(|(version, document)| (version.to_string(), Bson::Document(document)))
            .collect();
        self.changed |= !missing.is_empty();
        let recorded = match &whose.variant {
            None => Some(&mut self.recorded),
            Some(variant) => {
                let recorded = self.recorded.entry(variant.clone());
                recorded.or_insert_with(|| Bson::Document(Document::new())).as_document_mut()
            }
        };
        match recorded {
            Some(recorded) => {
                recorded.extend(missing);
                Ok(())
            }
            None => Err(self.without(whose)),
        }
    }

    /// Drops what the document is at a version; at its own, there is no document any more.
    pub(super) fn forget(&mut self, whose: &Whose, version: u32) {
        let own = whose.version == version;
        let gone = match &whose.variant {
            None => {
                self.exists &= !own;
                self.recorded.remove(version.to_string())
            }
            Some(variant) if own => self.recorded.remove(variant),
            Some(variant) => {
                let recorded = self.recorded.get_document_mut(variant).ok();
                recorded.and_then(|recorded| recorded.remove(version.to_string()))
            }
        };
        self.changed |= gone.is_some();
    }

    /// Writes what was added.
    pub(super) fn write(&self) -> Result<(), String> {
        if !self.changed {
            return Ok(());
        }
        let text = extended_json::write(&self.recorded)
            .map_err(|error| format!("version {}: {error}", self.version))?;
        let folder = self.path.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&self.path, text))
            .map_err(|error| format!("{} cannot be written: {error}", self.path.display()))
    }

    fn without(&self, whose: &Whose) -> String {
        let path = self.path.display();
        match &whose.variant {
            None => format!("{path} has no document of version {}; delete the file", whose.version),
            Some(variant) => {
                format!("{path} has no document `{variant}` of version {}; delete the file", whose.version)
            }
        }
    }
}
