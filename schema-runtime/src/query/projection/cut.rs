//! To leave out of a document what a projection leaves out, as the server does it.

mod elements;

use std::collections::BTreeMap;

use bson::{RawDocument, RawDocumentBuf, error::Result, spec::ElementType};

use self::elements::{Element, Elements, elements};

/// Which fields of a document are left.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a projection is one or the other")]
pub enum Cut {
    /// These, and what is below them.
    Only(Fields),
    /// All but these.
    Without(Fields),
}

/// Fields by their names, and either all of a field or fields below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(BTreeMap<String, Option<Fields>>);

impl Fields {
    /// Whether that was possible: a field is named as a whole or by what is below it.
    pub(super) fn add(&mut self, path: &str) -> bool {
        match path.split_once('.') {
            None => self.0.insert(path.to_owned(), None).is_none(),
            Some((head, rest)) => {
                let below = self.0.entry(head.to_owned()).or_insert_with(|| Some(Self::default()));
                below.as_mut().is_some_and(|below| below.add(rest))
            }
        }
    }
}

impl Cut {
    /// What is left of this document: its fields in their order, byte for byte, and the `_id` as the projection says.
    ///
    /// # Errors
    ///
    /// Bytes that are not BSON.
    pub fn of(&self, document: &RawDocument) -> Result<RawDocumentBuf> {
        match self {
            Self::Only(fields) | Self::Without(fields) => self.document(fields, document),
        }
    }

    fn is_only(&self) -> bool {
        matches!(self, Self::Only(_))
    }

    fn document(&self, fields: &Fields, document: &RawDocument) -> Result<RawDocumentBuf> {
        let mut left = Elements::default();
        for element in elements(document) {
            let element = element?;
            match fields.0.get(element.name) {
                Some(None) if self.is_only() => left.push(element.name, &element),
                None if !self.is_only() => left.push(element.name, &element),
                Some(None) | None => {}
                Some(Some(below)) => self.value(below, element.name, &element, &mut left)?,
            }
        }
        left.into_document()
    }

    /// Through lists, and lists in them, to the documents.
    fn value(&self, fields: &Fields, name: &str, element: &Element<'_>, left: &mut Elements) -> Result<()> {
        let inside = match element.kind {
            ElementType::EmbeddedDocument => {
                self.document(fields, RawDocument::from_bytes(element.value)?)?
            }
            ElementType::Array => self.list(fields, RawDocument::from_bytes(element.value)?)?,
            // There is nothing below it.
            _ if self.is_only() => return Ok(()),
            _ => {
                left.push(name, element);
                return Ok(());
            }
        };
        left.push(name, &Element { value: inside.as_bytes(), ..*element });
        Ok(())
    }

    fn list(&self, fields: &Fields, list: &RawDocument) -> Result<RawDocumentBuf> {
        let mut left = Elements::default();
        for element in elements(list) {
            let position = left.count.to_string();
            self.value(fields, &position, &element?, &mut left)?;
        }
        left.into_document()
    }
}
