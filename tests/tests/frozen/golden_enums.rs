//! Golden documents of versions that are enums: one for each variant.

use std::fs;

use schema_runtime::{
    VersionedDocument,
    testing::{Findings, Golden},
};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

#[derive(Clone, Serialize, Deserialize)]
pub struct Place {
    room: String,
}

/// The same chain twice would be the same code, so the one that has been changed is another module.
macro_rules! chain {
    ($module:ident, $created:literal, $fold:path, $back:path) => {
        mod $module {
            use super::*;

            #[derive(VersionedDocument)]
            #[versioned(version = 1)]
            #[serde(tag = "type", rename_all = "snake_case")]
            pub enum V1 {
                #[serde(rename = $created)]
                Created {
                    name: String,
                    seats: i32,
                },
                Moved(Place),
                Paused {
                    minutes: i64,
                },
                Closed,
            }

            #[derive(Clone, VersionedDocument)]
            #[versioned(version = 2, previous = V1, removed(Paused { minutes } => Stopped { why: $fold(minutes) }))]
            #[versioned(reversible(Stopped { why } => Paused { minutes: $back(&why) }))]
            #[serde(tag = "type", rename_all = "snake_case")]
            pub enum V2 {
                Created {
                    #[versioned(from = name)]
                    title: String,
                    seats: i32,
                },
                #[versioned(from = Moved)]
                Relocated(Place),
                #[versioned(added)]
                Stopped {
                    why: String,
                },
                Closed,
            }

            pub fn golden(folder: &TempDir) -> Golden<V2> {
                let place = Place { room: "B".to_owned() };
                Golden::new(folder.path())
                    .example(&V1::Created { name: "Talk".to_owned(), seats: 3 })
                    .example(&V1::Moved(place.clone()))
                    .example(&V1::Paused { minutes: 5 })
                    .example(&V1::Closed)
                    .example(&V2::Created { title: "Talk".to_owned(), seats: 4 })
                    .example(&V2::Relocated(place))
                    .example(&V2::Stopped { why: "15".to_owned() })
                    .example(&V2::Closed)
            }
        }
    };
}

fn as_text(minutes: i64) -> String {
    minutes.to_string()
}

fn with_unit(minutes: i64) -> String {
    format!("{minutes} minutes")
}

fn from_text(why: &str) -> i64 {
    why.parse().unwrap_or_default()
}

fn lost(_: &str) -> i64 {
    0
}

chain!(released, "created", as_text, from_text);
chain!(changed, "created", with_unit, from_text);
chain!(failing, "created", as_text, lost);
chain!(renamed, "made", as_text, from_text);

fn findings(result: Result<(), Findings>) -> Vec<String> {
    result.unwrap_err().iter().map(str::to_owned).collect()
}

fn file(folder: &TempDir, version: u32) -> String {
    fs::read_to_string(folder.path().join(format!("{version}.json"))).unwrap()
}

fn released() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    released::golden(&folder).add().unwrap();
    released::golden(&folder).check().unwrap();
    folder
}

#[test]
fn a_file_holds_a_document_of_each_variant() {
    let folder = released();
    insta::assert_snapshot!(file(&folder, 1));
    let before = [file(&folder, 1), file(&folder, 2)];
    released::golden(&folder).add().unwrap();
    assert_eq!([file(&folder, 1), file(&folder, 2)], before);
}

#[test]
fn a_changed_function_is_noticed_in_its_variant_only() {
    assert_eq!(
        findings(changed::golden(&released()).check()),
        [
            "the document `paused` of version 1 is another one at version 2 than it was: `why` was \"5\" and is \"5 minutes\"; \
             undo the change, or give it a version of its own",
            "what the document `paused` of version 1 has become is another one when it goes back there and up again: `why` \
             was \"5 minutes\" and is \"0 minutes\"",
        ]
    );
}

#[test]
fn every_variant_goes_back_and_up_again() {
    assert_eq!(
        findings(failing::golden(&released()).check()),
        [
            "what the document `paused` of version 1 has become is another one when it goes back there and up again: `why` \
             was \"5\" and is \"0\""
        ]
    );
}

#[test]
fn a_variant_that_is_stored_under_another_name_is_noticed() {
    let folder = released();
    let found = findings(renamed::golden(&folder).check());
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("the document `created` of version 1: "), "{found:?}");
    assert!(found[0].contains("unknown variant `created`"), "{found:?}");
    assert_eq!(
        found[1],
        "version 1 has no golden document of its variant `made`; run `SCHEMA_GOLDEN=add cargo test`"
    );
    // Also when the new name has been given an example.
    assert_eq!(findings(renamed::golden(&folder).add())[..], found[..1]);
    assert_eq!(findings(renamed::golden(&folder).check())[..], found[..1]);
}

#[test]
fn a_variant_without_an_example_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let golden = Golden::<released::V1>::new(folder.path())
        .example(&released::V1::Paused { minutes: 5 })
        .example(&released::V1::Closed);
    let missing = |variant: &str| {
        format!(
            "version 1 has no golden document of its variant `{variant}`; give it one with `example(..)`, and run \
             `SCHEMA_GOLDEN=add cargo test`"
        )
    };
    assert_eq!(findings(golden.add()), [missing("created"), missing("moved")]);
    assert_eq!(findings(golden.check()), [missing("created"), missing("moved")]);
    assert!(file(&folder, 1).contains("\"paused\": {"), "{}", file(&folder, 1));
}

#[test]
fn a_damaged_document_is_reported_and_not_replaced() {
    for damage in [r#"{ "paused": 1 }"#, r#"{ "paused": { "2": {} } }"#, r#"{ "paused": { "1": [] } }"#] {
        let folder = released();
        let path = folder.path().join("1.json");
        fs::write(&path, damage).unwrap();
        // The documents of the other variants are missing, and are added.
        for found in [released::golden(&folder).add(), released::golden(&folder).check()] {
            let expected =
                format!("{} has no document `paused` of version 1; delete the file", path.display());
            assert_eq!(findings(found), [expected]);
        }
    }
}
