//! Runs the documents of a case through a chain, and compares by the rule that the cases state.

use bson::{Bson, Document, RawDocumentBuf};
use schema_runtime::{Decode, DecodeErrorKind, VersionedDocument, decode, encode, encode_at};
use serde::Deserialize;
use serde_json::Value;

/// The rule that [`same`] implements. All cases state it; another one would need another comparison.
const RULE: &str = "field by field, documents unordered, arrays ordered, numbers by value unless the label says type \
                    matters";

#[derive(Deserialize)]
struct Case {
    compare: String,
    documents: Vec<Example>,
    /// Those that go back by one step.
    #[serde(default)]
    down_documents: Vec<Example>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    table: Value,
}

#[derive(Deserialize)]
struct Example {
    label: String,
    before: Value,
    expect: Expectation,
    #[serde(default)]
    also_accept: Vec<Expectation>,
}

#[derive(Deserialize)]
struct Expectation {
    outcome: String,
    after: Option<Value>,
    /// The state behind the first of two steps.
    intermediate: Option<Value>,
}

/// Reads every document of `case` as `T` and compares what is written with what is expected.
///
/// For the labels in `chosen` the outcome is one of those also accepted, and not the first one.
pub(crate) fn check<T: VersionedDocument + for<'de> Decode<'de>>(case: &str, chosen: &[&str]) {
    let case = read(case);
    for label in chosen {
        assert!(case.documents.iter().any(|example| example.label == *label), "no document `{label}`");
    }
    for example in &case.documents {
        let label = example.label.as_str();
        let outcome = upgrade::<T>(&example.before);
        let as_expected = meets(&outcome, &example.expect);
        if chosen.contains(&label) {
            let accepted = example.also_accept.iter().any(|other| meets(&outcome, other));
            assert!(accepted && !as_expected, "{label}: {outcome:?}");
        } else {
            assert!(as_expected, "{label}: {outcome:?}, expected {:?}", example.expect.after);
        }
    }
}

/// The same for the version in between, where the case describes one. Returns how many documents do.
pub(crate) fn check_intermediate<T: VersionedDocument + for<'de> Decode<'de>>(case: &str) -> usize {
    let described = read(case).documents.into_iter().filter_map(|example| {
        let intermediate = example.expect.intermediate?;
        let outcome = upgrade::<T>(&example.before).unwrap();
        let expected = document(&intermediate);
        assert!(same(&outcome.clone().into(), &expected.into()), "{}: {outcome}", example.label);
        Some(())
    });
    described.count()
}

/// Reads the documents that the case takes one step back as `T`, writes them at the version before and compares.
/// Returns how many there are.
pub(crate) fn check_back<T: VersionedDocument + for<'de> Decode<'de>>(case: &str) -> usize {
    let case = read(case);
    for example in &case.down_documents {
        let mut stored = document(&example.before);
        stored.insert(T::CHAIN.version_field, i64::from(T::CHAIN.version));
        let bytes = bson::serialize_to_raw_document_buf(&stored).unwrap();
        let outcome = encode_at(decode::<T>(&bytes).unwrap(), T::CHAIN.version - 1);
        let outcome = outcome.map(unstamped::<T>).map_err(|error| error.to_string());
        assert!(meets(&outcome, &example.expect), "{}: {outcome:?}", example.label);
    }
    case.down_documents.len()
}

/// The table that the case was given.
pub(crate) fn table(case: &str) -> Document {
    document(&read(case).parameters.unwrap().table)
}

fn read(case: &str) -> Case {
    let case: Case = serde_json::from_str(case).unwrap();
    assert_eq!(case.compare, RULE);
    case
}

/// Relaxed extended JSON.
fn document(value: &Value) -> Document {
    match Bson::try_from(value.clone()).unwrap() {
        Bson::Document(document) => document,
        other => panic!("{other} is not a document"),
    }
}

/// The document as it would be stored afterwards, without its stamp.
fn upgrade<T: VersionedDocument + for<'de> Decode<'de>>(before: &Value) -> Result<Document, String> {
    let bytes = bson::serialize_to_raw_document_buf(&document(before)).unwrap();
    let value: T = decode(&bytes).map_err(|error| {
        // A document that does not fit or a step that refuses it: nothing else is wrong with them.
        let of_its_data = matches!(error.kind(), DecodeErrorKind::Body { .. } | DecodeErrorKind::Step { .. });
        assert!(of_its_data, "{error:?}");
        error.one_line()
    })?;
    let encoded = encode(&value).unwrap();
    // What was written is current, and is read and written again as it is.
    let again: T = decode(&encoded).unwrap();
    assert_eq!(encode(&again).unwrap(), encoded);

    assert_eq!(encoded.get_i32(T::CHAIN.version_field).unwrap().cast_unsigned(), T::CHAIN.version);
    Ok(unstamped::<T>(encoded))
}

fn unstamped<T: VersionedDocument>(encoded: RawDocumentBuf) -> Document {
    let mut document = Document::try_from(encoded).unwrap();
    document.remove(T::CHAIN.version_field).unwrap();
    document
}

fn meets(outcome: &Result<Document, String>, expected: &Expectation) -> bool {
    match (outcome, expected.outcome.as_str()) {
        (Err(_), "error") => true,
        (Ok(after), "ok") => {
            let expected = document(expected.after.as_ref().unwrap());
            same(&after.clone().into(), &expected.into())
        }
        _ => false,
    }
}

fn same(left: &Bson, right: &Bson) -> bool {
    match (left, right) {
        (Bson::Document(left), Bson::Document(right)) => {
            let matches = |(name, value)| right.get(name).is_some_and(|other| same(value, other));
            left.len() == right.len() && left.iter().all(matches)
        }
        (Bson::Array(left), Bson::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        _ => match (number(left), number(right)) {
            (Some(left), Some(right)) => left == right,
            _ => left == right,
        },
    }
}

/// A number by its value. The large ones of the cases are integers, which are compared as such.
fn number(value: &Bson) -> Option<Bson> {
    match *value {
        Bson::Int32(value) => Some(Bson::Int64(value.into())),
        Bson::Int64(value) => Some(Bson::Int64(value)),
        Bson::Double(value) if value.fract() == 0.0 && value.abs() < 1e15 => Some(Bson::Int64(value as i64)),
        Bson::Double(value) => Some(Bson::Double(value)),
        _ => None,
    }
}
