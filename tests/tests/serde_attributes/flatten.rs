//! `flatten`: a struct's fields among the document's own, and a map for everything the type does not know.

use std::collections::HashMap;

use schema_runtime::{
    VersionedDocument,
    bson::{
        Binary, Bson, DateTime, Decimal128, Document, JavaScriptCodeWithScope, Regex, Timestamp, cstr, doc,
        oid::ObjectId, serialize_to_document, spec::BinarySubtype,
    },
};
use schema_tests::ways::{binary_ways_in, binary_ways_out, ways_in, ways_out};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Audit {
    created_by: String,
    #[serde(default)]
    revision: i32,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct PageV1 {
    title: String,
    #[serde(flatten)]
    audit: Audit,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = PageV1)]
struct PageV2 {
    #[versioned(from = title)]
    heading: String,
    #[serde(flatten)]
    audit: Audit,
    #[serde(flatten)]
    rest: Document,
}

#[test]
fn a_flattened_struct_and_a_catch_all_are_carried() {
    let stored = doc! {
        "before": 1, "created_by": "ada", "schemaVersion": 1, "title": "a", "after": { "deep": [null] },
    };
    let expected = PageV2 {
        heading: "a".into(),
        audit: Audit { created_by: "ada".into(), revision: 0 },
        rest: doc! { "before": 1, "after": { "deep": [null] } },
    };
    for (way, read) in binary_ways_in::<PageV2>() {
        assert_eq!(read(&stored), Ok(expected.clone()), "from {way}");
    }
}

#[test]
fn the_stamp_is_never_taken_in() {
    for position in ["first", "last"] {
        let mut stored = Document::new();
        if position == "first" {
            stored.insert("schemaVersion", 1);
        }
        stored.extend(doc! { "title": "a", "created_by": "ada" });
        if position == "last" {
            stored.insert("schemaVersion", 1);
        }
        for (way, read) in ways_in::<PageV2>() {
            assert_eq!(read(&stored).unwrap().rest, doc! {}, "from {way}, stamp {position}");
        }
    }
}

#[test]
fn the_stamp_is_written_once() {
    let page = PageV2 {
        heading: "a".into(),
        audit: Audit { created_by: "ada".into(), revision: 1 },
        rest: doc! { "x": 1 },
    };
    let expected = doc! { "schemaVersion": 2, "heading": "a", "created_by": "ada", "revision": 1, "x": 1 };
    for (way, write) in ways_out::<PageV2>() {
        let written = write(&page).unwrap();
        assert_eq!(written, expected, "to {way}");
        assert!(written.keys().eq(expected.keys()), "to {way}: {written}");
    }
}

/// A document with two stamps would be of one version to one reader and of another to the next.
#[test]
fn a_second_stamp_is_not_written() {
    let page =
        |rest| PageV2 { heading: "a".into(), audit: Audit { created_by: "ada".into(), revision: 0 }, rest };
    for (way, write) in ways_out::<PageV2>() {
        let error = write(&page(doc! { "schemaVersion": 1 })).unwrap_err();
        assert!(error.contains("has an entry named `schemaVersion`"), "to {way}: {error}");
        write(&page(doc! { "schemaVersio": 1, "schemaVersions": 1, "": 1 })).unwrap();
    }
}

/// Such a document could not even be read again.
#[test]
fn a_name_is_not_written_twice() {
    let page =
        |rest| PageV2 { heading: "a".into(), audit: Audit { created_by: "ada".into(), revision: 0 }, rest };
    for (way, write) in ways_out::<PageV2>() {
        // One of the type's own names, and one of a flattened struct.
        for name in ["heading", "created_by"] {
            let error = write(&page(doc! { "x": 1, name: "b" })).unwrap_err();
            assert!(
                error.contains(&format!("`PageV2` would be written with `{name}` twice")),
                "to {way}: {error}"
            );
        }
        write(&page(doc! { "title": 1, "head": 2, "ing": 3 })).unwrap();
    }
}

/// The field that a step adds may have a name that somebody else has used.
#[test]
fn a_new_field_does_not_double_an_entry() {
    let stored = doc! { "schemaVersion": 1, "title": "a", "created_by": "ada", "heading": "mine" };
    for (way, read) in binary_ways_in::<PageV2>() {
        let page = read(&stored).unwrap();
        assert_eq!(
            (page.heading.as_str(), page.rest.get_str("heading").unwrap()),
            ("a", "mine"),
            "from {way}"
        );
        for (out, write) in binary_ways_out::<PageV2>() {
            let error = write(&page).unwrap_err();
            assert!(error.contains("with `heading` twice"), "from {way}, to {out}: {error}");
        }
    }
}

/// A flattened field has no name of its own.
#[test]
fn flattened_fields_are_not_listed() {
    assert_eq!(PageV2::HISTORY.names().collect::<Vec<_>>(), ["heading"]);
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct AnyDocument {
    known: i32,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct AnyMap {
    known: i32,
    #[serde(flatten)]
    rest: HashMap<String, Bson>,
}

/// One value of every BSON type, and the numbers whose types are easily lost.
fn every_type() -> Document {
    let binary = |subtype| Bson::Binary(Binary { subtype, bytes: vec![1; 16] });
    doc! {
        "int32": 1,
        "int64": 1_i64,
        "large": i64::MAX,
        "double": 1.0,
        "fraction": 0.1,
        "string": "text",
        "empty": "",
        "bool": true,
        "null": null,
        "document": { "inner": { "int64": 2_i64 } },
        "array": [1, 2_i64, 3.0, "4", null, [{}]],
        "oid": ObjectId::from_bytes(*b"twelve bytes"),
        "date": DateTime::from_millis(1_700_000_000_123),
        "early": DateTime::from_millis(-1),
        "timestamp": Timestamp { time: 1, increment: 2 },
        "decimal": "1.50".parse::<Decimal128>().unwrap(),
        "generic": binary(BinarySubtype::Generic),
        "uuid": binary(BinarySubtype::Uuid),
        "custom": binary(BinarySubtype::UserDefined(200)),
        "regex": Regex { pattern: cstr!("^a").into(), options: cstr!("i").into() },
        "code": Bson::JavaScriptCode("f()".into()),
        "scoped": JavaScriptCodeWithScope { code: "f()".into(), scope: doc! { "x": 1_i64 } },
        "symbol": Bson::Symbol("s".into()),
        "min": Bson::MinKey,
        "max": Bson::MaxKey,
        "undefined": Bson::Undefined,
    }
}

/// Read and written again, every field has the type and the value it had.
#[test]
fn a_catch_all_keeps_every_type() {
    let mut stored = doc! { "schemaVersion": 1, "known": 7 };
    stored.extend(every_type());
    for (into, read) in binary_ways_in::<AnyDocument>() {
        let value = read(&stored).unwrap();
        assert_eq!(value.rest, every_type(), "from {into}");
        for (out, write) in binary_ways_out::<AnyDocument>() {
            assert_eq!(write(&value).as_ref(), Ok(&stored), "from {into}, to {out}");
        }
    }
    for (into, read) in binary_ways_in::<AnyMap>() {
        let value = read(&stored).unwrap();
        assert_eq!(
            value.rest.into_iter().collect::<HashMap<_, _>>(),
            every_type().into_iter().collect(),
            "{into}"
        );
    }
}

/// Also of the fields in front of the stamp, which are read before it is known who wants them.
#[test]
fn a_catch_all_keeps_every_type_of_a_document_value() {
    for stamp_last in [false, true] {
        let mut stored = if stamp_last {
            every_type()
        } else {
            doc! { "schemaVersion": 1, "known": 7 }
        };
        stored.extend(if stamp_last {
            doc! { "schemaVersion": 1, "known": 7 }
        } else {
            every_type()
        });
        let value: AnyDocument = schema_runtime::bson::deserialize_from_document(stored.clone()).unwrap();
        assert_eq!(value.rest, every_type(), "stamp last: {stamp_last}");
        assert_eq!(serialize_to_document(&value).unwrap(), stored);
    }
}
