//! The variants and their values.

use std::error::Error as _;

use schema_runtime::{
    DecodeErrorKind, EncodeError, VersionedDocument,
    bson::{Bson, RawDocument, doc, oid::ObjectId, rawdoc},
    decode, encode, peek,
};

use crate::{PersonV5, PersonV6, refused};

#[test]
fn newer() {
    let error = refused::<PersonV5>(&doc! { "_id": 7, "schemaVersion": 6 });
    assert!(matches!(error.kind(), DecodeErrorKind::Newer { stored: 6 }));
    assert_eq!(error.kind().name(), "newer");
    assert_eq!((error.id(), error.stored_version()), (Some(&Bson::Int32(7)), Some(6)));
    assert_eq!((error.chain().oldest, error.chain().version), (3, 5));
}

#[test]
fn older() {
    let error = refused::<PersonV5>(&doc! { "_id": "x", "schemaVersion": 2 });
    assert!(matches!(error.kind(), DecodeErrorKind::Older { stored: 2 }));
    assert_eq!(error.kind().name(), "older");
    assert_eq!((error.id(), error.stored_version()), (Some(&Bson::from("x")), Some(2)));
}

/// The borders of the range are in it.
#[test]
fn the_range_includes_its_ends() {
    for (version, refused) in [(2, true), (3, false), (5, false), (6, true)] {
        let bytes = rawdoc! { "schemaVersion": version, "name": "Ada", "addresses": [] };
        assert_eq!(decode::<PersonV5>(&bytes).is_err(), refused, "version {version}");
    }
}

#[test]
fn unversioned() {
    let error = refused::<PersonV6>(&doc! { "_id": 7, "name": "Ada" });
    assert!(matches!(error.kind(), DecodeErrorKind::Unversioned));
    assert_eq!(error.kind().name(), "unversioned");
    assert_eq!((error.id(), error.stored_version()), (Some(&Bson::Int32(7)), None));
}

/// The stamp promises a shape that the document does not have.
#[test]
fn body() {
    let cases = [
        (doc! { "schemaVersion": 5 }, 5, "name", "missing field `name`"),
        (doc! { "schemaVersion": 5, "name": 1 }, 5, "name", "expected a string"),
        (
            doc! { "schemaVersion": 3, "name": "Ada", "addresses": [{ "zip": 1 }] },
            3,
            "addresses[0].zip",
            "expected a string",
        ),
        // Unversioned, so taken for the oldest, which it is not.
        (doc! { "name": "Ada" }, 3, "addresses", "missing field `addresses`"),
    ];
    for (document, version, path, cause) in cases {
        let error = refused::<PersonV5>(&document);
        let DecodeErrorKind::Body { stored, source } = error.kind() else { panic!("{error:?}") };
        assert_eq!((*stored, error.stored_version()), (version, Some(version)));
        assert!(source.to_string().contains(cause), "{source}");
        assert_eq!(error.kind().name(), "body");
        assert_eq!((source.path(), source.path().to_string().as_str()), (error.path().unwrap(), path));
    }
}

#[test]
fn step() {
    let id = ObjectId::new();
    let document = doc! {
        "_id": id, "schemaVersion": 3, "name": "Ada", "addresses": [{ "zip": "1" }, { "zip": "?" }],
    };
    let error = refused::<PersonV5>(&document);
    let DecodeErrorKind::Step { stored, from, to, source } = error.kind() else { panic!("{error:?}") };
    assert_eq!((*stored, *from, *to), (3, 3, 4));
    assert_eq!(source.path().to_string(), "addresses[1].zip");
    assert_eq!(error.path().unwrap().to_string(), "addresses[1].zip");
    assert_eq!((error.id(), error.stored_version()), (Some(&Bson::from(id)), Some(3)));
    assert_eq!(error.kind().name(), "step");
}

/// The step that failed need not be the first one taken.
#[test]
fn a_later_step_is_named_with_its_own_versions() {
    let error = refused::<PersonV5>(&doc! { "schemaVersion": 3, "name": "", "addresses": [] });
    let DecodeErrorKind::Step { stored, from, to, .. } = error.kind() else { panic!("{error:?}") };
    assert_eq!((*stored, *from, *to), (3, 4, 5));
}

#[test]
fn malformed() {
    let good = rawdoc! { "_id": 7, "schemaVersion": 5, "name": "Ada" };
    let mut unknown_type = good.as_bytes().to_vec();
    unknown_type[4] = 0x20;
    let mut overrun = good.as_bytes().to_vec();
    // Behind the header of `name`: the length of the text.
    let text = overrun.len() - 1 - 4 - 4;
    overrun[text..text + 4].copy_from_slice(&i32::MAX.to_le_bytes());

    let bytes = RawDocument::from_bytes(&unknown_type).unwrap();
    let error = decode::<PersonV5>(bytes).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::Malformed), "{error:?}");
    assert_eq!((error.kind().name(), error.id(), error.stored_version()), ("malformed", None, None));

    // Broken behind the stamp: the version is known by then.
    let bytes = RawDocument::from_bytes(&overrun).unwrap();
    let error = decode::<PersonV5>(bytes).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::Body { stored: 5, .. }), "{error:?}");
    assert_eq!(error.id(), Some(&Bson::Int32(7)));
}

/// Cut anywhere, changed anywhere: an error or another document, never a crash.
#[test]
fn no_bytes_are_a_crash() {
    let good = rawdoc! { "_id": 7, "schemaVersion": 3, "name": "Ada", "addresses": [{ "zip": "1" }] };
    let read = |bytes: &[u8]| {
        let _ = peek(bytes, "schemaVersion");
        if let Ok(document) = RawDocument::from_bytes(bytes) {
            let _ = decode::<PersonV5>(document).map_err(|error| error.one_line());
        }
    };
    for length in 0..good.as_bytes().len() {
        assert!(peek(&good.as_bytes()[..length], "schemaVersion").is_err());
    }
    for position in 0..good.as_bytes().len() {
        for value in 0..=u8::MAX {
            let mut bytes = good.as_bytes().to_vec();
            bytes[position] = value;
            read(&bytes);
        }
    }
}

/// The causes can be walked, as reporters do.
#[test]
fn causes_are_linked_down_to_the_first() {
    let error = refused::<PersonV5>(&doc! { "schemaVersion": 4, "name": "", "addresses": [] });
    let step = error.source().unwrap();
    assert_eq!(step.to_string(), "field `name` could not be converted");
    let cause = step.source().unwrap();
    assert_eq!(cause.to_string(), "a person needs a name");
    assert!(cause.source().is_none());
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct Counter {
    value: u64,
}

#[test]
fn what_bson_cannot_hold_is_an_error_of_encoding() {
    let error: EncodeError = encode(&Counter { value: u64::MAX }).unwrap_err();
    assert_eq!(error.to_string(), "`Counter` could not be encoded as a BSON document");
    assert!(error.source().is_some());
}
