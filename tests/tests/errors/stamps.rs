//! What counts as a version and what does not: the same on every way in.

use schema_runtime::{
    DecodeErrorKind, InvalidVersion, PeekError,
    bson::{
        Binary, Bson, DateTime, Decimal128, Document, JavaScriptCodeWithScope, Regex, Timestamp, cstr, doc,
        oid::ObjectId, serialize_to_vec, spec::BinarySubtype,
    },
    peek,
};
use schema_tests::ways::{binary_ways_in, ways_in};

use crate::{PersonV5, refused};

fn person(stamp: impl Into<Bson>) -> Document {
    doc! { "name": "Ada", "schemaVersion": stamp.into() }
}

#[test]
fn every_kind_of_whole_number_is_a_version() {
    for stamp in [Bson::Int32(5), Bson::Int64(5), Bson::Double(5.0)] {
        for (way, read) in ways_in::<PersonV5>() {
            let read = read(&person(stamp.clone())).map(|person| person.name);
            assert_eq!(read, Ok("Ada".into()), "{stamp:?} from {way}");
        }
    }
}

/// Values that are no version, and how they are described.
fn no_versions() -> Vec<(Bson, &'static str)> {
    vec![
        (Bson::from("5"), "text \"5\""),
        (Bson::from(""), "text \"\""),
        (Bson::Null, "null"),
        (Bson::Boolean(true), "a boolean"),
        (Bson::Int32(-1), "-1"),
        (Bson::Int64(-5), "-5"),
        (Bson::Int64(i64::from(i32::MAX) + 1), "2147483648"),
        (Bson::Int64(i64::MIN), "-9223372036854775808"),
        // The low half of it is 5.
        (Bson::Int64((1 << 32) + 5), "4294967301"),
        (Bson::Double(5.5), "5.5"),
        (Bson::Double(-5.0), "-5"),
        (Bson::Double(2_147_483_648.0), "2147483648"),
        (Bson::Double(f64::NAN), "NaN"),
        (Bson::Double(f64::INFINITY), "inf"),
        (doc! { "major": 5 }.into(), "a document"),
        (Bson::Array(vec![5.into()]), "an array"),
    ]
}

/// Types that only BSON has.
fn no_versions_of_bson() -> Vec<(Bson, &'static str)> {
    vec![
        (Bson::ObjectId(ObjectId::new()), "an ObjectId"),
        (Bson::DateTime(DateTime::from_millis(5)), "a date"),
        (Bson::Timestamp(Timestamp { time: 5, increment: 0 }), "a timestamp"),
        (Bson::Decimal128("5".parse::<Decimal128>().unwrap()), "a Decimal128"),
        (Bson::MinKey, "MinKey"),
        (Bson::MaxKey, "MaxKey"),
        (Bson::Undefined, "undefined"),
        (Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes: vec![5] }), "binary data"),
        (
            Bson::RegularExpression(Regex { pattern: cstr!("5").into(), options: cstr!("").into() }),
            "a regular expression",
        ),
        (Bson::JavaScriptCode("5".into()), "a value of a type that is no number"),
        (
            Bson::JavaScriptCodeWithScope(JavaScriptCodeWithScope { code: "5".into(), scope: doc! {} }),
            "a value of a type that is no number",
        ),
        (Bson::Symbol("5".into()), "a value of a type that is no number"),
    ]
}

#[test]
fn nothing_else_is_a_version() {
    for (stamp, found) in no_versions().into_iter().chain(no_versions_of_bson()) {
        let document = person(stamp);
        let error = refused::<PersonV5>(&document);
        let DecodeErrorKind::InvalidVersion(invalid) = error.kind() else { panic!("{error:?}") };
        assert_eq!(invalid.found, found);
        assert_eq!((error.kind().name(), error.stored_version()), ("invalid_version", None));

        let bytes = serialize_to_vec(&document).unwrap();
        let expected = InvalidVersion::clone(invalid);
        assert_eq!(peek(&bytes, "schemaVersion"), Err(PeekError::Invalid(expected)));
    }
}

/// Wherever the stamp stands and whatever the format, the refusal is the same sentence.
#[test]
fn no_way_in_takes_it_for_one() {
    for (stamp, _) in no_versions() {
        // JSON has no such numbers: they become null there, which is refused as null.
        let finite = stamp.as_f64().is_none_or(f64::is_finite);
        let mut first = doc! { "schemaVersion": stamp.clone() };
        first.insert("name", "Ada");
        for document in [first, person(stamp.clone())] {
            for (way, read) in if finite { ways_in::<PersonV5>() } else { binary_ways_in() } {
                let error = read(&document).unwrap_err();
                assert!(error.contains("the version field `schemaVersion` is wrong: "), "{way}: {error}");
                assert!(error.contains(" is not a whole number from 0 to 2147483647"), "{way}: {error}");
            }
        }
    }
}

/// A version far out of any chain is a version all the same.
#[test]
fn the_largest_version_is_only_newer() {
    for stamp in [Bson::Int32(i32::MAX), Bson::Int64(i32::MAX.into()), Bson::Double(i32::MAX.into())] {
        let error = refused::<PersonV5>(&person(stamp));
        assert!(matches!(error.kind(), DecodeErrorKind::Newer { stored: 2_147_483_647 }));
    }
    for stamp in [Bson::Int32(0), Bson::Double(-0.0)] {
        let error = refused::<PersonV5>(&person(stamp));
        assert!(matches!(error.kind(), DecodeErrorKind::Older { stored: 0 }));
    }
}

/// Long text is cut: an operator needs the start of it.
#[test]
fn long_text_is_shown_by_its_start() {
    let error = refused::<PersonV5>(&person("v".repeat(1_000_000)));
    assert!(error.one_line().len() < 300, "{}", error.one_line().len());
    for (way, read) in ways_in::<PersonV5>() {
        let error = read(&person("v".repeat(1_000_000))).unwrap_err();
        assert!(error.len() < 400, "from {way}: {} bytes", error.len());
    }
}
