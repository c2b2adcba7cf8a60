//! That `schema_tests::lints` compiles is the test; here it is used.

use schema_runtime::{DecodeErrorKind, bson::rawdoc, decode, encode_at};
use schema_tests::lints::{EnvelopeV2, PartV2, ThingV2};

#[test]
fn types_under_strict_lints_work() {
    let stored = rawdoc! { "name": "a", "size": "7", "parts": { "x": { "text": "t" } }, "gone": 1 };
    let thing = decode::<ThingV2<'_>>(&stored).unwrap();
    assert_eq!((&*thing.title, thing.size, thing.length, thing.flag), ("a", 7, 1, false));
    assert_eq!(thing.parts["x"].words, "t");

    // `deny_unknown_fields` knows its own stamp and nothing else.
    let stored = rawdoc! {
        "schemaVersion": 2, "title": "a", "size": 7_i64, "parts": {}, "length": 1_i64, "flag": true, "gone": 1,
    };
    let error = decode::<ThingV2<'_>>(&stored).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::Body { stored: 2, .. }), "{error:?}");
    assert_eq!(error.path().unwrap().to_string(), "gone");

    let stored = rawdoc! { "inner": { "words": "w" } };
    let envelope = decode::<EnvelopeV2<PartV2>>(&stored).unwrap();
    let back = rawdoc! { "schemaVersion": 1, "inner": { "words": "w" } };
    assert_eq!(encode_at(envelope, 1).unwrap(), back);
}
