//! Reading: any version, with the stamp anywhere, in every way.

use schema_runtime::bson::{Bson, Document, doc, serialize_to_document};
use schema_tests::ways::{WayIn, binary_ways_in, readable_ways_in, ways_in};

use crate::{HostV2, State, current, stored};

/// The document with its stamp before its field number `position`.
fn stamped_at(position: usize, stamp: impl Into<Bson>, document: Document) -> Document {
    let mut fields: Vec<(String, Bson)> = document.into_iter().collect();
    fields.insert(position, ("schemaVersion".into(), stamp.into()));
    fields.into_iter().collect()
}

#[test]
fn an_older_document_is_upgraded_wherever_its_stamp_is() {
    for (way, read) in ways_in::<HostV2>() {
        for position in 0..=stored().len() {
            let document = stamped_at(position, 1, stored());
            assert_eq!(read(&document), Ok(current()), "from {way}, stamp at {position}");
        }
    }
}

#[test]
fn a_document_without_a_stamp_is_upgraded() {
    for (way, read) in ways_in::<HostV2>() {
        assert_eq!(read(&stored()), Ok(current()), "from {way}");
    }
}

#[test]
fn a_current_document_is_read_as_it_is_wherever_its_stamp_is() {
    let mut written = serialize_to_document(&current()).unwrap();
    written.remove("schemaVersion");
    for (way, read) in ways_in::<HostV2>() {
        for position in 0..=written.len() {
            let document = stamped_at(position, 2, written.clone());
            assert_eq!(read(&document), Ok(current()), "from {way}, stamp at {position}");
        }
    }
}

/// Other languages have fewer kinds of numbers.
#[test]
fn the_stamp_may_be_any_whole_number() {
    let stamps: [Bson; 3] = [Bson::Int32(1), Bson::Int64(1), Bson::Double(1.0)];
    for (way, read) in ways_in::<HostV2>() {
        for stamp in stamps.clone() {
            for position in [0, stored().len()] {
                let document = stamped_at(position, stamp.clone(), stored());
                assert_eq!(read(&document), Ok(current()), "{stamp:?} from {way}");
            }
        }
    }
}

/// All kinds of variants pass through the fields kept until the stamp was found.
#[test]
fn fields_before_the_stamp_keep_their_meaning() {
    let states = [
        (Bson::from("Up"), State::Up),
        (doc! { "Draining": 3 }.into(), State::Draining(3)),
        (doc! { "Moving": [4, "beta"] }.into(), State::Moving(4, "beta".into())),
        (
            doc! { "Down": { "since": 5, "reason": "fire" } }.into(),
            State::Down { since: 5, reason: Some("fire".into()) },
        ),
    ];
    for (way, read) in ways_in::<HostV2>() {
        for (written, state) in states.clone() {
            let mut document = stored();
            document.insert("state", written);
            document.insert("seen", Bson::Null);
            document.insert("schemaVersion", 1);
            let expected = HostV2 { state, seen: None, ..current() };
            assert_eq!(read(&document), Ok(expected), "from {way}");
        }
    }
}

/// A type with two forms is read in the one that belongs to the format.
#[test]
fn the_readability_of_the_format_reaches_the_fields() {
    let check = |ways: Vec<WayIn<HostV2>>, address: Bson| {
        let expected = HostV2 { address: Some([127, 0, 0, 1].into()), ..current() };
        let mut document = serialize_to_document(&current()).unwrap();
        document.insert("address", address);
        document.remove("schemaVersion");
        for (way, read) in ways {
            for position in [0, document.len()] {
                let document = stamped_at(position, 2, document.clone());
                assert_eq!(read(&document), Ok(expected.clone()), "from {way}, stamp at {position}");
            }
        }
    };
    check(binary_ways_in(), doc! { "V4": [127, 0, 0, 1] }.into());
    check(readable_ways_in(), "127.0.0.1".into());
}

#[test]
fn unknown_fields_are_passed_over_on_both_sides_of_the_stamp() {
    for (way, read) in ways_in::<HostV2>() {
        let mut document = doc! { "unknown": { "deep": [1, { "x": null }] } };
        document.extend(stored());
        document.insert("schemaVersion", 1);
        document.insert("more", vec![Bson::Null, Bson::from(1.5)]);
        assert_eq!(read(&document), Ok(current()), "from {way}");
    }
}

#[test]
fn what_is_no_document_is_an_error() {
    let texts = ["null", "[]", "7", "\"text\"", "true", "", "{"];
    for text in texts {
        let error = serde_json::from_str::<HostV2>(text).unwrap_err();
        assert!(!error.to_string().is_empty());
    }
    let error = serde_json::from_str::<HostV2>("7").unwrap_err().to_string();
    assert!(error.contains("expected a document of `HostV2`"), "{error}");
}
