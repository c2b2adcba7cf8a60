//! The fields of a document as bytes. What is left of a document is what it was, also where it is text that is no UTF-8.

use bson::{RawDocument, RawDocumentBuf, error::Result, spec::ElementType};

#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) name: &'a str,
    pub(super) kind: ElementType,
    pub(super) value: &'a [u8],
}

pub(super) fn elements(document: &RawDocument) -> impl Iterator<Item = Result<Element<'_>>> {
    // After the length.
    let mut at = LENGTH;
    document.iter_elements().map(move |element| {
        let element = element?;
        let name = element.key().as_str();
        // A byte for the type, one for the end of the name.
        let start = at + 1 + name.len() + 1;
        at = start + element.size();
        let value = document.as_bytes().get(start..at).unwrap_or_default();
        Ok(Element { name, kind: element.element_type(), value })
    })
}

const LENGTH: usize = size_of::<i32>();

/// A document in the making.
#[derive(Default)]
pub(super) struct Elements {
    bytes: Vec<u8>,
    pub(super) count: usize,
}

impl Elements {
    /// The element, under this name.
    pub(super) fn push(&mut self, name: &str, element: &Element<'_>) {
        self.bytes.push(element.kind as u8);
        self.bytes.extend(name.as_bytes());
        self.bytes.push(0);
        self.bytes.extend(element.value);
        self.count += 1;
    }

    pub(super) fn into_document(self) -> Result<RawDocumentBuf> {
        // It is no longer than the one that it is made of.
        let length = i32::try_from(LENGTH + self.bytes.len() + 1).unwrap_or(i32::MAX);
        let mut document = length.to_le_bytes().to_vec();
        document.extend(self.bytes);
        document.push(0);
        RawDocumentBuf::from_bytes(document)
    }
}
