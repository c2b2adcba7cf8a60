//! A group of changes as one statement of the `update` command.
//!
//! ```text
//! q: { _id: { $in: [ids] }, $expr: <the document is the one that was read> }
//! u: [ <the document with what is set for it>, <without what is removed> ]
//! multi: true
//! ```
//!
//! Each document finds what is its own, what was read and what is to be set, by the place of its `_id` in the list of ids.

use bson::{RawArrayBuf, RawBson, RawDocumentBuf, rawdoc};

use super::{
    Change,
    places::{Kind, Place},
};
use crate::difference::Segment;

/// # Errors
///
/// An id that has no BSON form.
pub(crate) fn statement(group: &[Change]) -> Result<RawDocumentBuf, bson::error::Error> {
    let ids: RawArrayBuf =
        group.iter().map(|change| RawBson::try_from(change.id.clone())).collect::<Result<_, _>>()?;
    let own = |entries: RawArrayBuf| {
        let position = rawdoc! { "$indexOfArray": [{ "$literal": ids.clone() }, "$_id"] };
        rawdoc! { "$arrayElemAt": [{ "$literal": entries }, position] }
    };
    let first = group.first();
    let places = first.map(|change| change.places.as_slice()).unwrap_or_default();
    let unset = first.map(|change| change.unset.as_slice()).unwrap_or_default();

    let read = own(group.iter().map(as_read).collect());
    let set = own(group.iter().map(|change| change.set.clone()).collect());
    let mut stages = RawArrayBuf::new();
    stages.push(rawdoc! { "$replaceWith": { "$mergeObjects": ["$$ROOT", set] } });
    let (plain, other): (Vec<&str>, Vec<&str>) =
        unset.iter().map(String::as_str).partition(|name| is_plain(name));
    if !plain.is_empty() {
        stages.push(rawdoc! { "$unset": plain.into_iter().collect::<RawArrayBuf>() });
    }
    for name in other {
        let field = rawdoc! { "$literal": name };
        stages.push(rawdoc! { "$replaceWith": { "$unsetField": { "field": field, "input": "$$ROOT" } } });
    }
    Ok(rawdoc! {
        "q": { "_id": { "$in": ids }, "$expr": { "$let": { "vars": { "own": read }, "in": unchanged(places) } } },
        "u": stages,
        "multi": true,
    })
}

/// What the guard compares with.
fn as_read(change: &Change) -> RawDocumentBuf {
    let size = i64::try_from(change.read.as_bytes().len()).unwrap_or(i64::MAX);
    let texts: RawArrayBuf = change
        .places
        .iter()
        .filter_map(|place| place.text.as_deref())
        .map(|text| rawdoc! { "text": text, "size": i64::try_from(text.len()).unwrap_or(i64::MAX) })
        .collect();
    let mut entry = rawdoc! { "document": change.read.clone(), "size": size };
    if !texts.is_empty() {
        entry.append(bson::raw::cstr!("texts"), texts);
    }
    entry
}

/// Whether a document is the one that was read. Equality comes first: after it, every place is known to be there.
fn unchanged(places: &[Place]) -> RawDocumentBuf {
    let mut conditions = RawArrayBuf::new();
    conditions.push(rawdoc! { "$eq": ["$$ROOT", "$$own.document"] });
    conditions.push(rawdoc! { "$eq": [{ "$bsonSize": "$$ROOT" }, "$$own.size"] });
    let typed: Vec<&Place> = places.iter().filter(|place| place.kind != Kind::Text).collect();
    if !typed.is_empty() {
        let types: RawArrayBuf = typed.iter().map(|place| rawdoc! { "$type": value_at(place) }).collect();
        let expected: RawArrayBuf = typed.iter().map(|place| place.kind.type_name()).collect();
        conditions.push(rawdoc! { "$eq": [types, expected] });
    }
    for (index, place) in (0_i32..).zip(places.iter().filter(|place| place.kind.has_text())) {
        // By bytes, whatever the collation: a text that starts with another of the same length is that text.
        let own = rawdoc! { "$arrayElemAt": ["$$own.texts", index] };
        let text = rawdoc! { "$toString": value_at(place) };
        conditions.push(rawdoc! { "$let": { "vars": { "own": own, "text": text }, "in": { "$and": [
            { "$eq": [{ "$strLenBytes": "$$text" }, "$$own.size"] },
            { "$eq": [{ "$indexOfBytes": ["$$text", "$$own.text"] }, 0] },
        ] } } });
    }
    rawdoc! { "$and": conditions }
}

/// The value at a place that is there.
fn value_at(place: &Place) -> RawBson {
    let plain = |segment: &Segment| match segment {
        Segment::Field(name) => is_plain(name),
        Segment::Element(_) => false,
    };
    if place.path.segments().iter().all(plain) {
        return RawBson::String(format!("${}", place.path));
    }
    place.path.segments().iter().fold(RawBson::String("$$ROOT".to_owned()), |input, segment| {
        let value = match segment {
            Segment::Field(name) => {
                rawdoc! { "$getField": { "field": { "$literal": name.as_str() }, "input": input } }
            }
            Segment::Element(index) => {
                let index = i64::try_from(*index).unwrap_or(i64::MAX);
                rawdoc! { "$arrayElemAt": [input, index] }
            }
        };
        RawBson::Document(value)
    })
}

/// Whether the server takes the name for a name wherever it stands, and not for a path or an operator.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['.', '$'])
}
