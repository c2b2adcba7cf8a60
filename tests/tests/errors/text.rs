//! Behind plain serde an error is only text; it still tells one situation from another.

use schema_runtime::bson::{Document, doc};
use schema_tests::ways::ways_in;

use crate::{PersonV5, PersonV6};

#[test]
fn every_way_in_tells_the_situations_apart() {
    let cases: [(Document, &[&str]); 6] = [
        (
            doc! { "schemaVersion": 6, "name": "Ada" },
            &["`PersonV5` in `people`", "schema version 6 is newer than this program knows (3 to 5)"],
        ),
        (
            doc! { "schemaVersion": 2, "name": "Ada" },
            &[
                "`PersonV5` in `people`",
                "schema version 2 is older than the oldest type kept in the code (3 to 5)",
            ],
        ),
        (
            doc! { "schemaVersion": "5", "name": "Ada" },
            &["`PersonV5` in `people`", "the version field `schemaVersion` is wrong: text \"5\""],
        ),
        (
            doc! { "schemaVersion": 3, "name": "Ada", "addresses": [{ "zip": "?" }] },
            &[
                "`PersonV5` in `people`",
                "the step from schema version 3 to 4 failed",
                "field `addresses[0].zip` could not be converted",
                "invalid digit found in string",
            ],
        ),
        (
            doc! { "schemaVersion": 4, "name": "", "addresses": [] },
            &[
                "the step from schema version 4 to 5 failed",
                "field `name` could not be converted",
                "a person needs a name",
            ],
        ),
        (doc! { "schemaVersion": 5 }, &["missing field `name`"]),
    ];
    for (way, read) in ways_in::<PersonV5>() {
        for (document, parts) in &cases {
            let error = read(document).unwrap_err();
            for part in *parts {
                assert!(error.contains(part), "from {way}: `{part}` is not in `{error}`");
            }
        }
    }
}

#[test]
fn every_way_in_rejects_unversioned_documents_where_the_chain_does() {
    for (way, read) in ways_in::<PersonV6>() {
        let error = read(&doc! { "name": "Ada" }).unwrap_err();
        assert!(error.contains("this chain rejects unversioned documents"), "from {way}: {error}");
    }
}

/// On bytes the document can be named.
#[test]
fn the_id_is_in_the_text_where_the_bytes_are_at_hand() {
    let document = doc! { "_id": "ada", "schemaVersion": 6 };
    for (way, read) in schema_tests::ways::binary_ways_in::<PersonV5>() {
        let error = read(&document).unwrap_err();
        assert!(error.contains("_id \"ada\""), "from {way}: {error}");
    }
}
