//! Fields that may be missing, null or left out, before or after.

use bson::{Document, doc};
use schema_core::VersionedDocument;

use super::translated;
use crate::query::{stored_path, translate};

#[derive(VersionedDocument)]
#[versioned(version = 4, oldest, unversioned = "reject")]
struct OldNote {
    #[serde(alias = "headline", alias = "name")]
    title: String,
    text: Option<String>,
    #[serde(default)]
    lines: Vec<String>,
    #[serde(default)]
    author: Option<String>,
}

#[derive(VersionedDocument)]
#[versioned(version = 5, previous = OldNote)]
struct Note {
    #[versioned(from = title)]
    #[serde(skip_serializing_if = "String::is_empty")]
    caption: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<String>,
    author: Option<String>,
    #[versioned(added)]
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<String>,
}

/// What is asked of documents of version 4.
fn before(filter: Document) -> Option<Document> {
    let translated = translate::<Note>(filter.clone()).unwrap_or_else(|error| panic!("{error}"));
    if translated == filter {
        return Some(filter);
    }
    let branches = translated.get_array("$or").ok()?;
    let mut before = branches.last()?.as_document()?.clone();
    assert_eq!(before.remove("schemaVersion"), Some(4.into()));
    Some(before)
}

#[test]
fn what_is_read_as_nothing_and_written_as_null_is_there() {
    // Null and missing are the same to the server.
    assert_eq!(before(doc! { "author": null }), Some(doc! { "author": null }));
    assert_eq!(before(doc! { "author": "a" }), Some(doc! { "author": "a" }));
    assert_eq!(
        before(doc! { "author": { "$exists": true } }),
        Some(doc! { "$or": [{ "author": { "$exists": true } }, { "author": { "$exists": false } }] })
    );
    assert_eq!(
        before(doc! { "author": { "$exists": false } }),
        Some(doc! { "author": { "$exists": false }, "$nor": [{ "author": { "$exists": false } }] })
    );
}

#[test]
fn what_is_left_out_is_missing() {
    assert_eq!(before(doc! { "text": null }), Some(doc! { "text": null }));
    assert_eq!(
        before(doc! { "text": { "$exists": true } }),
        Some(doc! { "text": { "$exists": true }, "$nor": [{ "text": { "$type": "null" } }] })
    );
    assert_eq!(
        before(doc! { "lines": { "$size": 0 } }),
        Some(doc! { "lines": { "$size": 0 }, "$nor": [{ "lines": { "$size": 0 } }] })
    );
    assert_eq!(
        before(doc! { "lines": { "$exists": false } }),
        Some(doc! { "$or": [{ "lines": { "$exists": false } }, { "lines": { "$size": 0 } }] })
    );
    assert_eq!(before(doc! { "lines": { "$ne": "a" } }), Some(doc! { "lines": { "$ne": "a" } }));
    // Nothing is written there, and so nothing is changed there.
    assert_eq!(before(doc! { "closed": "x" }), Some(doc! { "closed": "x" }));
}

#[test]
fn a_default_is_there() {
    assert_eq!(translated(doc! { "visits": 7 }), doc! { "visits": 7 });
    let zero = doc! { "visits": { "$lte": 0 } };
    let mut now = doc! { "schemaVersion": { "$exists": true, "$ne": 1 } };
    now.extend(zero.clone());
    assert_eq!(
        translated(zero.clone()),
        doc! { "$or": [
            now,
            {
                "schemaVersion": { "$in": [1, null], "$not": { "$type": "null" } },
                "$or": [zero, { "visits": { "$exists": false } }],
            },
        ] }
    );
}

#[test]
fn aliases_are_other_names() {
    assert_eq!(
        before(doc! { "caption": "a" }),
        Some(doc! { "$or": [{ "title": "a" }, { "headline": "a" }, { "name": "a" }] })
    );
    assert_eq!(
        before(doc! { "caption": { "$ne": "a" } }),
        Some(doc! { "title": { "$ne": "a" }, "headline": { "$ne": "a" }, "name": { "$ne": "a" } })
    );
    assert_eq!(before(doc! { "headline": "a" }), None);
    // Which of them a document has is not for its version to say.
    assert_eq!(stored_path::<Note>(4, "caption"), Ok(None));
    assert_eq!(stored_path::<Note>(4, "text").unwrap().as_deref(), Some("text"));
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct OldEntry {
    boxed: Box<Option<String>>,
    hidden: Hidden,
    lifted: bson::Bson,
    #[serde(rename = "a.b")]
    dotted: String,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = OldEntry)]
struct Entry {
    boxed: Box<Option<String>>,
    hidden: Hidden,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifted: Option<bson::Bson>,
    #[versioned(from = dotted)]
    plain: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
struct Hidden(Option<String>);

#[test]
fn an_option_in_a_box_may_be_missing() {
    let is_there = |filter| doc! { "boxed": { "$exists": filter } };
    let translated = translate::<Entry>(is_there(true)).unwrap();
    let branch = translated.get_array("$or").unwrap().last().unwrap().as_document().unwrap();
    assert_eq!(branch.get_array("$or").unwrap()[..], [is_there(true).into(), is_there(false).into()]);
}

#[test]
fn what_has_become_an_option_is_never_left_out() {
    let filter = doc! { "lifted": { "$exists": true } };
    assert_eq!(translate::<Entry>(filter.clone()), Ok(filter));
}

#[test]
fn what_nobody_can_be_asked_for_is_refused() {
    let refused = |name: &str| translate::<Entry>(doc! { name: "x" }).unwrap_err().to_string();
    let begin = |name: &str| format!("`{name}` cannot be asked of documents of version 1, because ");
    let end = "; backfill them first, or read them all and do it in the service";
    let uncertain = "`hidden` of version 1 may be missing, and what it is read as is not certain to be the same for every document";
    assert_eq!(refused("hidden"), begin("hidden") + uncertain + end);
    let path = "`a.b` of version 1 is a name that the server takes for something else";
    assert_eq!(refused("plain"), begin("plain") + path + end);
}
