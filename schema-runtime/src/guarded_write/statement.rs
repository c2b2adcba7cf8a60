//! A group of changes as one statement of the `update` command.
//!
//! ```text
//! q: { _id: { $in: [ids] } }
//! u: [ <if the document is the one that was read: { changed: it with what is set for it, or what it becomes as a whole },
//!       else { kept: it }>,
//!      <without what is removed from `changed`>,
//!      <`changed` or else `kept`> ]
//! c: { ids, documents, sizes, texts, sets }
//! multi: true
//! ```
//!
//! Each document finds what is its own, what was read and what is to be set, by the place of its `_id` in the list of ids.
//! One that stays what it is, is not written: the server counts it as found and not as modified.
//!
//! The guard stands in the update and not in the filter: there, with every document in it, it cost the server more in
//! each form that was tried. The guard is as good there: what becomes of a document is computed from
//! the very value that is replaced, and anew if somebody was faster.

use bson::{RawArrayBuf, RawBson, RawDocumentBuf, raw::cstr, rawdoc};

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
    let first = group.first();
    let places = first.map(|change| change.places.as_slice()).unwrap_or_default();
    let unset = first.map(|change| change.update.unset.as_slice()).unwrap_or_default();

    let set = own("$$sets");
    let whole = first.is_some_and(|change| change.update.whole);
    let changed = if whole {
        set
    } else {
        rawdoc! { "$mergeObjects": ["$$ROOT", set] }
    };
    let changed = rawdoc! { "changed": changed };
    let mut stages = RawArrayBuf::new();
    stages.push(rawdoc! { "$replaceWith": { "$let": {
        "vars": { "place": { "$indexOfArray": ["$$ids", "$_id"] } },
        "in": { "$cond": [unchanged(places), changed, { "kept": "$$ROOT" }] },
    } } });
    let (plain, other): (Vec<&str>, Vec<&str>) =
        unset.iter().map(String::as_str).partition(|name| is_plain(name));
    if !plain.is_empty() {
        let paths: RawArrayBuf = plain.into_iter().map(|name| format!("changed.{name}")).collect();
        stages.push(rawdoc! { "$unset": paths });
    }
    for name in other {
        let field = rawdoc! { "$literal": name };
        stages.push(
            rawdoc! { "$set": { "changed": { "$unsetField": { "field": field, "input": "$changed" } } } },
        );
    }
    stages.push(rawdoc! { "$replaceWith": { "$ifNull": ["$changed", "$kept"] } });
    let mut statement = rawdoc! { "q": { "_id": { "$in": ids.clone() } }, "u": stages, "multi": true };
    statement.append(cstr!("c"), constants(ids, group));
    Ok(statement)
}

/// What differs between the documents of a group: lists, with an entry for each.
fn constants(ids: RawArrayBuf, group: &[Change]) -> RawDocumentBuf {
    let mut constants = rawdoc! { "ids": ids };
    constants.append(cstr!("documents"), group.iter().map(|change| &change.read).collect::<RawArrayBuf>());
    let sizes = group.iter().map(|change| size(change.read.as_bytes()));
    constants.append(cstr!("sizes"), sizes.collect::<RawArrayBuf>());
    let texts = |change: &Change| {
        let texts = change.places.iter().filter_map(|place| place.text.as_deref());
        texts.map(|text| rawdoc! { "text": text, "size": size(text.as_bytes()) }).collect::<RawArrayBuf>()
    };
    constants.append(cstr!("texts"), group.iter().map(texts).collect::<RawArrayBuf>());
    constants.append(cstr!("sets"), group.iter().map(|change| &change.update.set).collect::<RawArrayBuf>());
    constants
}

fn size(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// The entry of the document at hand in one of the lists.
fn own(entries: &str) -> RawDocumentBuf {
    rawdoc! { "$arrayElemAt": [entries, "$$place"] }
}

/// Whether a document is the one that was read. Equality comes first: after it, every place is known to be there.
fn unchanged(places: &[Place]) -> RawDocumentBuf {
    let mut conditions = RawArrayBuf::new();
    conditions.push(rawdoc! { "$eq": ["$$ROOT", own("$$documents")] });
    conditions.push(rawdoc! { "$eq": [{ "$bsonSize": "$$ROOT" }, own("$$sizes")] });
    let typed: Vec<&Place> = places.iter().filter(|place| place.kind != Kind::Text).collect();
    if !typed.is_empty() {
        let types: RawArrayBuf = typed.iter().map(|place| rawdoc! { "$type": value_at(place) }).collect();
        let expected: RawArrayBuf = typed.iter().map(|place| place.kind.type_name()).collect();
        conditions.push(rawdoc! { "$eq": [types, expected] });
    }
    for (index, place) in (0_i32..).zip(places.iter().filter(|place| place.kind.has_text())) {
        // By bytes, whatever the collation: a text that starts with another of the same length is that text.
        let own = rawdoc! { "$arrayElemAt": [own("$$texts"), index] };
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
