//! `deny_unknown_fields`: the stamp is not unknown, everything else is.

use schema_runtime::{VersionedDocument, bson::doc};
use schema_tests::ways::{ways_in, ways_out};

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
#[serde(deny_unknown_fields)]
struct EntryV1 {
    text: String,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = EntryV1)]
#[serde(deny_unknown_fields)]
struct EntryV2 {
    #[versioned(from = text)]
    body: String,
    #[versioned(added)]
    draft: bool,
}

fn entry() -> EntryV2 {
    EntryV2 { body: "a".into(), draft: false }
}

#[test]
fn the_stamp_is_not_unknown() {
    let documents = [
        doc! { "text": "a" },
        doc! { "schemaVersion": 1, "text": "a" },
        doc! { "text": "a", "schemaVersion": 1 },
        doc! { "schemaVersion": 2, "body": "a", "draft": false },
        doc! { "body": "a", "schemaVersion": 2, "draft": false },
    ];
    for (way, read) in ways_in::<EntryV2>() {
        for document in &documents {
            assert_eq!(read(document), Ok(entry()), "{document} from {way}");
        }
    }
}

#[test]
fn what_was_written_is_read_again() {
    for (out, write) in ways_out::<EntryV2>() {
        let written = write(&entry()).unwrap();
        for (into, read) in ways_in::<EntryV2>() {
            assert_eq!(read(&written), Ok(entry()), "to {out}, from {into}");
        }
    }
}

#[test]
fn a_foreign_field_is_an_error_of_the_version_it_is_in() {
    let documents = [
        (doc! { "schemaVersion": 1, "text": "a", "foreign": 1 }, "unknown field `foreign`, expected `text`"),
        (doc! { "foreign": 1, "text": "a", "schemaVersion": 1 }, "unknown field `foreign`, expected `text`"),
        (doc! { "schemaVersion": 2, "body": "a", "draft": true, "text": "a" }, "unknown field `text`"),
    ];
    for (way, read) in ways_in::<EntryV2>() {
        for (document, message) in &documents {
            let error = read(document).unwrap_err();
            assert!(error.contains(message), "{document} from {way}: {error}");
        }
    }
}

/// Only the chain's own name is excepted.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1, version_field = "v")]
#[serde(deny_unknown_fields)]
struct Renamed {
    text: String,
}

#[test]
fn another_name_for_the_stamp_is_a_foreign_field() {
    for (way, read) in ways_in::<Renamed>() {
        assert!(read(&doc! { "v": 1, "text": "a" }).is_ok(), "from {way}");
        let error = read(&doc! { "v": 1, "schemaVersion": 1, "text": "a" }).unwrap_err();
        assert!(error.contains("unknown field `schemaVersion`"), "from {way}: {error}");
    }
}
