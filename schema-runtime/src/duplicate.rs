//! A name that a document has twice. BSON can say it, readers disagree about what it means, and a map keeps one of the
//! two: nobody else's data may depend on which.

use std::collections::HashSet;

use bson::{RawArray, RawBsonRef, RawDocument, error::Result, raw::CStr};

use crate::difference::{FEW, Fields, Path, Way};

/// The first field that has the name of one before it, at any depth.
///
/// # Errors
///
/// Bytes that are not BSON.
pub(crate) fn duplicate_field(document: &RawDocument) -> Result<Option<Path>> {
    in_document(Way::Start, document.iter())
}

/// [`duplicate_field`] of a document whose fields are at hand.
///
/// # Errors
///
/// Bytes that are not BSON.
pub(crate) fn duplicate_among(fields: &Fields<'_>) -> Result<Option<Path>> {
    in_document(Way::Start, fields.iter().map(Ok))
}

fn in_document<'a>(
    way: Way<'_>,
    fields: impl Iterator<Item = Result<(&'a CStr, RawBsonRef<'a>)>>,
) -> Result<Option<Path>> {
    let mut names = Names::default();
    for field in fields {
        let (name, value) = field?;
        let way = Way::Field(&way, name.as_str());
        if !names.insert(name.as_str()) {
            return Ok(Some(way.path()));
        }
        if let Some(found) = in_value(way, value)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn in_array(way: Way<'_>, array: &RawArray) -> Result<Option<Path>> {
    for (index, value) in array.into_iter().enumerate() {
        if let Some(found) = in_value(Way::Element(&way, index), value?)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn in_value(way: Way<'_>, value: RawBsonRef<'_>) -> Result<Option<Path>> {
    match value {
        RawBsonRef::Document(document) => in_document(way, document.iter()),
        RawBsonRef::Array(array) => in_array(way, array),
        _ => Ok(None),
    }
}

/// The names of a document so far.
#[derive(Default)]
struct Names<'a> {
    few: Vec<&'a str>,
    others: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    /// `false` if it is there already.
    fn insert(&mut self, name: &'a str) -> bool {
        if self.few.contains(&name) {
            return false;
        }
        if self.few.len() < FEW {
            self.few.push(name);
            return true;
        }
        self.others.insert(name)
    }
}

#[cfg(test)]
mod tests {
    use bson::{
        RawArrayBuf, RawDocumentBuf,
        raw::{CString, cstr},
        rawdoc,
    };

    use super::*;

    fn twice() -> RawDocumentBuf {
        let mut document = rawdoc! { "a": 1, "b": { "a": 1 } };
        document.append(cstr!("a"), 2);
        document
    }

    fn found(document: &RawDocument) -> Option<String> {
        let found = duplicate_field(document).unwrap();
        assert_eq!(duplicate_among(&Fields::of(document).unwrap()).unwrap(), found);
        found.map(|path| path.to_string())
    }

    #[test]
    fn it_is_found_at_every_depth() {
        assert_eq!(found(&twice()).as_deref(), Some("a"));
        assert_eq!(found(&rawdoc! { "x": { "y": twice() } }).as_deref(), Some("x.y.a"));
        let list = RawArrayBuf::from_iter([rawdoc! {}, twice()]);
        assert_eq!(found(&rawdoc! { "x": list }).as_deref(), Some("x[1].a"));
    }

    #[test]
    fn it_is_found_among_few_and_many() {
        for length in [1, FEW - 1, FEW, FEW + 1, 3 * FEW] {
            let names: Vec<_> = (0..length).map(|n| CString::try_from(n.to_string()).unwrap()).collect();
            let document: RawDocumentBuf = names.iter().map(|name| (name, 1)).collect();
            assert_eq!(found(&document), None);
            for name in &names {
                let mut document = document.clone();
                document.append(name, 2);
                assert_eq!(found(&document).as_deref(), Some(name.as_str()));
            }
        }
    }

    #[test]
    fn one_name_at_two_depths_is_none() {
        assert_eq!(found(&rawdoc! { "a": { "a": [{ "a": 1 }, { "a": 1 }] } }), None);
    }
}
