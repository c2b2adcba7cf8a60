//! The golden documents of a version that is like the one before it.

use bson::{Bson, Document};

use crate::extended_json;

/// What the files of a chain gain when its newest version is followed by one that carries every field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Next<'a> {
    /// The newest version so far.
    pub(crate) version: u32,
    /// Where the version is stored.
    pub(crate) version_field: &'a str,
}

impl Next<'_> {
    fn number(&self) -> u32 {
        self.version.saturating_add(1)
    }

    /// The file of an older version, with the outcome at the next one. `variants`: whether that version is an enum.
    pub(crate) fn outcome(&self, text: &str, variants: bool) -> Result<String, String> {
        let mut file = read(text)?;
        if !variants {
            self.add(&mut file)?;
            return write(&file);
        }
        for (name, documents) in file.iter_mut() {
            let documents = documents.as_document_mut();
            let documents = documents.ok_or_else(|| format!("`{name}` is no document of a variant"))?;
            self.add(documents)?;
        }
        write(&file)
    }

    fn add(&self, documents: &mut Document) -> Result<(), String> {
        let next = self.number().to_string();
        if !documents.contains_key(&next) {
            let raised = self.raised(documents)?;
            documents.insert(next, raised);
        }
        Ok(())
    }

    /// The file of the next version, out of that of the newest one so far.
    pub(crate) fn file(&self, text: &str, variants: bool) -> Result<String, String> {
        let next = self.number().to_string();
        let file = read(text)?;
        let mut new = Document::new();
        if variants {
            for (name, documents) in &file {
                let documents = documents.as_document();
                let documents = documents.ok_or_else(|| format!("`{name}` is no document of a variant"))?;
                let mut of_variant = Document::new();
                of_variant.insert(&next, self.raised(documents)?);
                new.insert(name, of_variant);
            }
        } else {
            new.insert(&next, self.raised(&file)?);
        }
        write(&new)
    }

    /// The document at the newest version so far, under the next number.
    fn raised(&self, documents: &Document) -> Result<Bson, String> {
        let now = documents.get(self.version.to_string()).and_then(Bson::as_document);
        let mut document =
            now.cloned().ok_or_else(|| format!("there is no document at version {} in it", self.version))?;
        let stamp = document.get_mut(self.version_field);
        let stamp = stamp.ok_or_else(|| format!("its document has no `{}`", self.version_field))?;
        *stamp = Bson::Int32(i32::try_from(self.number()).map_err(|error| error.to_string())?);
        Ok(document.into())
    }
}

fn read(text: &str) -> Result<Document, String> {
    extended_json::read(text).map_err(|error| format!("it is not what was written there: {error}"))
}

fn write(document: &Document) -> Result<String, String> {
    extended_json::write(document).map_err(|error| error.to_string())
}
