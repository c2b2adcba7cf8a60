//! A name that a document has twice. BSON can say it, readers disagree about what it means, and a map keeps one of the
//! two: nobody else's data may depend on which.

use std::collections::HashSet;

use bson::{RawArray, RawBsonRef, RawDocument, error::Result};

use crate::difference::Path;

/// The first field that has the name of one before it, at any depth.
///
/// # Errors
///
/// Bytes that are not BSON.
pub(crate) fn duplicate_field(document: &RawDocument) -> Result<Option<Path>> {
    in_document(&Path::default(), document)
}

fn in_document(place: &Path, document: &RawDocument) -> Result<Option<Path>> {
    let mut names = HashSet::new();
    for field in document {
        let (name, value) = field?;
        let place = || place.field(name.as_str());
        if !names.insert(name) {
            return Ok(Some(place()));
        }
        if let Some(found) = in_value(place, value)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn in_array(place: &Path, array: &RawArray) -> Result<Option<Path>> {
    for (index, value) in array.into_iter().enumerate() {
        if let Some(found) = in_value(|| place.element(index), value?)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn in_value(place: impl FnOnce() -> Path, value: RawBsonRef<'_>) -> Result<Option<Path>> {
    match value {
        RawBsonRef::Document(document) => in_document(&place(), document),
        RawBsonRef::Array(array) => in_array(&place(), array),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use bson::{RawArrayBuf, RawDocumentBuf, raw::cstr, rawdoc};

    use super::*;

    fn twice() -> RawDocumentBuf {
        let mut document = rawdoc! { "a": 1, "b": { "a": 1 } };
        document.append(cstr!("a"), 2);
        document
    }

    fn found(document: &RawDocument) -> Option<String> {
        duplicate_field(document).unwrap().map(|path| path.to_string())
    }

    #[test]
    fn it_is_found_at_every_depth() {
        assert_eq!(found(&twice()).as_deref(), Some("a"));
        assert_eq!(found(&rawdoc! { "x": { "y": twice() } }).as_deref(), Some("x.y.a"));
        let list = RawArrayBuf::from_iter([rawdoc! {}, twice()]);
        assert_eq!(found(&rawdoc! { "x": list }).as_deref(), Some("x[1].a"));
    }

    #[test]
    fn one_name_at_two_depths_is_none() {
        assert_eq!(found(&rawdoc! { "a": { "a": [{ "a": 1 }, { "a": 1 }] } }), None);
    }
}
