//! The elements of a document as they lie in its bytes, each whole and none looked into.

use crate::peek::{skip_value, split_cstring, split_i32};

/// One element: its type, its name and its value, as they are stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) name: &'a str,
    bytes: &'a [u8],
}

/// The elements of the top level. `None` is the place where the bytes are no BSON; nothing comes after it.
pub(crate) fn elements(document: &[u8]) -> impl Iterator<Item = Option<Element<'_>>> {
    // Bytes too few for a length hold no element, and no end either.
    let mut rest = Some(split_i32(document).map_or(&[][..], |(_, rest)| rest));
    std::iter::from_fn(move || {
        let here = rest.take()?;
        if here == [0] {
            return None;
        }
        let split = split(here);
        rest = split.map(|(_, after)| after);
        Some(split.map(|(element, _)| element))
    })
}

fn split(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&kind, after) = bytes.split_first()?;
    let (name, value) = split_cstring(after)?;
    let after = skip_value(kind, value)?;
    let length = bytes.len().checked_sub(after.len())?;
    Some((Element { name: str::from_utf8(name).ok()?, bytes: bytes.get(..length)? }, after))
}

/// A document of the elements that `keep` wants, byte for byte and in their order; `None` if the bytes are no BSON.
pub(crate) fn filtered(document: &[u8], mut keep: impl FnMut(&str) -> bool) -> Option<Vec<u8>> {
    let mut kept = vec![0; 4];
    for element in elements(document) {
        let Element { name, bytes } = element?;
        if keep(name) {
            kept.extend_from_slice(bytes);
        }
    }
    closed(kept)
}

/// The elements of both documents, byte for byte; `None` if one of them is no BSON.
pub(crate) fn joined(first: &[u8], second: &[u8]) -> Option<Vec<u8>> {
    let mut all = vec![0; 4];
    for element in elements(first).chain(elements(second)) {
        all.extend_from_slice(element?.bytes);
    }
    closed(all)
}

/// The document of the elements that stand behind the four bytes for its length.
fn closed(mut document: Vec<u8>) -> Option<Vec<u8>> {
    document.push(0);
    let length = i32::try_from(document.len()).ok()?;
    document.first_chunk_mut::<4>()?.copy_from_slice(&length.to_le_bytes());
    Some(document)
}

#[cfg(test)]
mod tests {
    use bson::{RawDocumentBuf, rawdoc};

    use super::*;

    #[test]
    fn elements_are_kept_as_they_lie() {
        let document = rawdoc! { "a": 1, "b": { "a": [null, "x"] }, "": 2.5, "ä": true };
        let all = filtered(document.as_bytes(), |_| true).unwrap();
        assert_eq!(all, document.as_bytes());
        let some = filtered(document.as_bytes(), |name| name != "b").unwrap();
        assert_eq!(RawDocumentBuf::from_bytes(some).unwrap(), rawdoc! { "a": 1, "": 2.5, "ä": true });
    }

    #[test]
    fn elements_are_joined_as_they_lie() {
        let (first, second) = (rawdoc! { "a": 1, "b": "x" }, rawdoc! { "b": [2.5], "c": null });
        let all = joined(first.as_bytes(), second.as_bytes()).unwrap();
        let names: Vec<_> = elements(&all).map(|element| element.unwrap().name).collect();
        assert_eq!(names, ["a", "b", "b", "c"]);
        assert_eq!(filtered(&all, |name| name == "c").unwrap(), rawdoc! { "c": null }.as_bytes());
    }

    #[test]
    fn bytes_that_are_no_document_are_none() {
        let document = rawdoc! { "a": "text", "b": 1 };
        for end in 0..document.as_bytes().len() {
            let cut = &document.as_bytes()[..end];
            assert_eq!(filtered(cut, |_| true), None, "{end}");
            assert_eq!(joined(document.as_bytes(), cut), None, "{end}");
        }
    }
}
