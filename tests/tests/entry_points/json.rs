//! What is particular to JSON: borrowed text, numbers beyond BSON's, the place of an error.

use std::borrow::Cow;

use schema_runtime::VersionedDocument;

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct NoteV1<'a> {
    title: &'a str,
    #[serde(borrow)]
    body: Cow<'a, str>,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = NoteV1<'a>)]
struct NoteV2<'a> {
    #[versioned(from = title)]
    subject: &'a str,
    #[serde(borrow)]
    body: Cow<'a, str>,
}

fn lies_within(part: &str, whole: &str) -> bool {
    let (part, whole) = (part.as_bytes().as_ptr_range(), whole.as_bytes().as_ptr_range());
    whole.start <= part.start && part.end <= whole.end
}

/// Even what was kept until the stamp was found is kept by reference.
#[test]
fn text_is_borrowed_wherever_the_stamp_is() {
    let texts = [
        r#"{"schemaVersion":1,"title":"a","body":"b"}"#,
        r#"{"title":"a","schemaVersion":1,"body":"b"}"#,
        r#"{"title":"a","body":"b","schemaVersion":1}"#,
        r#"{"title":"a","body":"b"}"#,
        r#"{"subject":"a","body":"b","schemaVersion":2}"#,
    ];
    for text in texts {
        let note: NoteV2<'_> = serde_json::from_str(text).unwrap();
        assert_eq!((note.subject, note.body.as_ref()), ("a", "b"), "{text}");
        assert!(lies_within(note.subject, text), "{text}");
        assert!(lies_within(&note.body, text), "{text}");
    }
}

/// Text with an escape has to be built, which a `Cow` takes and a reference refuses, as in plain serde.
#[test]
fn text_that_cannot_be_borrowed_is_owned_or_refused() {
    let text = r#"{"subject":"a","body":"b\n","schemaVersion":2}"#;
    let note: NoteV2<'_> = serde_json::from_str(text).unwrap();
    assert_eq!(note.body, Cow::<str>::Owned("b\n".into()));
    serde_json::from_str::<NoteV2<'_>>(r#"{"subject":"a\n","body":"b","schemaVersion":2}"#).unwrap_err();
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct NumbersV1 {
    large: u64,
    small: i64,
    fraction: f64,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = NumbersV1)]
struct NumbersV2 {
    large: u64,
    small: i64,
    fraction: f64,
}

#[test]
fn numbers_are_exact_wherever_the_stamp_is() {
    let expected = NumbersV2 { large: u64::MAX, small: i64::MIN, fraction: 0.1 };
    let texts = [
        r#"{"schemaVersion":1,"large":18446744073709551615,"small":-9223372036854775808,"fraction":0.1}"#,
        r#"{"large":18446744073709551615,"small":-9223372036854775808,"fraction":0.1,"schemaVersion":1}"#,
    ];
    for text in texts {
        assert_eq!(serde_json::from_str::<NumbersV2>(text).unwrap(), expected, "{text}");
    }
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct Huge {
    value: i128,
}

/// JSON text says `i128` only to those who ask for it, and before the version is known nobody can ask. A number that
/// does not fit 64 bits is refused rather than rounded; BSON has none such.
#[test]
fn numbers_of_128_bits_are_refused() {
    let value = i128::from(u64::MAX) + 1;
    for text in [
        format!(r#"{{"schemaVersion":1,"value":{value}}}"#),
        format!(r#"{{"value":{value},"schemaVersion":1}}"#),
    ] {
        let error = serde_json::from_str::<Huge>(&text).unwrap_err();
        assert!(error.to_string().contains("field `value`"), "{error}");
    }
}

/// The line and the column are those of the end of the document: all of it is read before its version is known.
#[test]
fn an_error_in_the_body_names_its_field() {
    let text = "{\n  \"schemaVersion\": 1,\n  \"large\": \"ten\"\n}";
    let error = serde_json::from_str::<NumbersV2>(text).unwrap_err();
    assert_eq!((error.line(), error.is_data()), (4, true));
    assert!(error.to_string().contains("field `large`: "), "{error}");
    assert!(error.to_string().contains("expected u64"), "{error}");
}

#[test]
fn broken_json_is_reported_as_such() {
    let error = serde_json::from_str::<NumbersV2>(r#"{"large": 1,"#).unwrap_err();
    assert!(error.is_eof(), "{error}");
}

#[test]
fn a_missing_field_is_named() {
    for text in [r#"{"schemaVersion":1,"large":1}"#, r#"{"large":1,"schemaVersion":1}"#] {
        let error = serde_json::from_str::<NumbersV2>(text).unwrap_err().to_string();
        assert!(error.contains("missing field `small`"), "{error}");
    }
}
