//! A timestamp of nothing but zeros at the top level of a document: in an insert, the server puts its own time in its place. It does not in what a
//! pipeline gives.

use bson::{RawArrayBuf, RawBsonRef, RawDocument, RawDocumentBuf, raw::cstr, rawdoc};

/// Whether an insert would change the document.
pub(super) fn has_zero_timestamp(document: &RawDocument) -> bool {
    document.iter().map_while(Result::ok).any(|(name, value)| match value {
        // That of an `_id` stays as it is.
        RawBsonRef::Timestamp(at) => at.time == 0 && at.increment == 0 && name.as_str() != "_id",
        _ => false,
    })
}

/// An update that inserts the document. If one with the same `_id` is there, it ends as an insert would.
///
/// `None` for a document without an `_id`.
pub(super) fn upsert(document: &RawDocument) -> Option<RawDocumentBuf> {
    let id = document.get("_id").ok()??;
    let mut equals = RawDocumentBuf::new();
    equals.append(cstr!("$eq"), id);
    // Never true, so that the document that is there is left alone.
    let nothing = RawArrayBuf::from_iter([rawdoc! {}]);
    let mut literal = RawDocumentBuf::new();
    literal.append(cstr!("$literal"), document);
    let pipeline = RawArrayBuf::from_iter([rawdoc! { "$replaceWith": literal }]);
    Some(rawdoc! { "q": { "_id": equals, "$nor": nothing }, "u": pipeline, "upsert": true })
}
