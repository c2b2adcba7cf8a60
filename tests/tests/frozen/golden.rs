use std::{fs, path::Path, process::Command};

use schema_runtime::{
    VersionedDocument,
    bson::{Bson, DateTime, Decimal128, Timestamp, oid::ObjectId},
    testing::{Findings, Golden},
};
use tempfile::TempDir;

/// The same chain twice would be the same code, so the one that has been changed is another module.
macro_rules! chain {
    ($module:ident, $slug:expr, $back:expr) => {
        mod $module {
            use super::*;

            #[derive(VersionedDocument)]
            #[versioned(version = 1)]
            pub struct V1 {
                pub name: String,
                pub price: i64,
            }

            #[derive(Clone, VersionedDocument)]
            #[versioned(version = 2, previous = V1, reversible)]
            pub struct V2 {
                #[versioned(with = $slug, back_with = $back)]
                pub name: String,
                pub price: i64,
            }

            pub fn golden(folder: &TempDir) -> Golden<V2> {
                Golden::new(folder.path())
                    .example(&V1 { name: "Tea Pot".to_owned(), price: i64::MAX })
                    .example(&V2 { name: "tea pot".to_owned(), price: 5 })
            }
        }
    };
}

chain!(released, |name: String| name.to_lowercase(), |name: String| name.to_uppercase());
chain!(changed, |name: String| name.replace(' ', "-"), |name: String| name);
chain!(failing, |name: String| name.to_lowercase(), |_| "lost".to_owned());

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = released::V2)]
struct V3 {
    #[versioned(from = name)]
    title: String,
    price: i64,
}

fn findings(result: Result<(), Findings>) -> Vec<String> {
    result.unwrap_err().iter().map(str::to_owned).collect()
}

fn released() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    released::golden(&folder).add().unwrap();
    released::golden(&folder).check().unwrap();
    folder
}

fn files(folder: &TempDir) -> Vec<String> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn a_file_holds_the_stored_document_and_what_it_becomes() {
    insta::assert_snapshot!(files(&released())[0]);
}

#[test]
fn adding_twice_changes_nothing() {
    let folder = released();
    let before = files(&folder);
    released::golden(&folder).add().unwrap();
    assert_eq!(files(&folder), before);
}

#[test]
fn a_changed_function_is_noticed_where_shape_and_rules_are_the_same() {
    assert_eq!(
        findings(changed::golden(&released()).check()),
        [
            "the document of version 1 is another one at version 2 than it was: `name` was \"tea pot\" and is \"Tea-Pot\"; \
          undo the change, or give it a version of its own"
        ]
    );
}

#[test]
fn a_way_back_that_does_not_come_back_is_noticed() {
    let found = findings(failing::golden(&released()).check());
    assert_eq!(
        found,
        [
            "what the document of version 1 has become is another one when it goes back there and up again: `name` was \
          \"tea pot\" and is \"lost\""
        ]
    );
}

#[test]
fn a_new_version_asks_for_its_own_file_and_for_the_outcome_of_the_older_ones() {
    let folder = released();
    let golden = Golden::<V3>::new(folder.path()).example(&V3 { title: "Cup".to_owned(), price: 1 });
    assert_eq!(
        findings(golden.check()),
        [
            "the document of version 1 has no outcome at version 3 yet; run `SCHEMA_GOLDEN=add cargo test`",
            "the document of version 2 has no outcome at version 3 yet; run `SCHEMA_GOLDEN=add cargo test`",
            "version 3 has no golden document; run `SCHEMA_GOLDEN=add cargo test`",
        ]
    );
    golden.add().unwrap();
    golden.check().unwrap();
    assert_eq!(files(&folder).len(), 3);
    assert!(files(&folder)[0].contains("\"title\": \"tea pot\""), "{}", files(&folder)[0]);
}

#[test]
fn what_the_current_version_has_become_is_taken_over_and_no_older_one() {
    let folder = released();
    let before = files(&folder);
    changed::golden(&folder).accept().unwrap();
    changed::golden(&folder).check().unwrap();
    let after = files(&folder);
    // At version 1 it is what it was, and its own example is the same.
    assert_eq!(after[0], before[0].replace("\"tea pot\"", "\"Tea-Pot\""));
    assert_eq!(after[1], before[1]);
    // A version after it makes that one a released one.
    let folder = released();
    Golden::<V3>::new(folder.path()).example(&V3 { title: "Cup".to_owned(), price: 1 }).add().unwrap();
    let before = files(&folder);
    let golden = Golden::<V3>::new(folder.path()).example(&V3 { title: "Pot".to_owned(), price: 1 });
    golden.accept().unwrap();
    golden.check().unwrap();
    assert_eq!(files(&folder)[..2], before[..2]);
    assert_eq!(files(&folder)[2], before[2].replace("Cup", "Pot"));
    // The document that is there stays where no example takes its place.
    Golden::<V3>::new(folder.path()).accept().unwrap();
    assert_eq!(files(&folder)[2], before[2].replace("Cup", "Pot"));
}

#[test]
fn a_version_without_an_example_and_a_stranger_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let golden = Golden::<V3>::new(folder.path()).example(&everything());
    let found = findings(golden.add());
    assert_eq!(found[0], "`Everything` is no version of `V3`; remove its example");
    assert_eq!(
        found[1],
        "version 1 has no golden document; give it one with `example(..)`, and run `SCHEMA_GOLDEN=add cargo test`"
    );
}

#[test]
fn a_damaged_file_is_reported_and_left_alone() {
    for damage in ["{", "[]", "{}", r#"{ "1": { "schemaVersion": {"$numberInt": "1"} } }"#] {
        let folder = released();
        let path = folder.path().join("1.json");
        fs::write(&path, damage).unwrap();
        assert_eq!(findings(released::golden(&folder).check()).len(), 1, "{damage}");
        assert_eq!(findings(released::golden(&folder).add()).len(), 1, "{damage}");
        assert_eq!(fs::read_to_string(&path).unwrap(), damage);
    }
}

/// Run as a test of its own, and by the one below in another package folder.
#[test]
fn golden_documents_of_this_package() {
    Golden::<Everything>::new("golden/everything").example(&everything()).assert();
}

#[test]
fn the_variable_writes_the_files_and_their_absence_fails_without_it() {
    let package = tempfile::tempdir().unwrap();
    let run = |variable: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "golden::golden_documents_of_this_package"]);
        command.env("CARGO_MANIFEST_DIR", package.path()).env_remove("SCHEMA_GOLDEN");
        if let Some(value) = variable {
            command.env("SCHEMA_GOLDEN", value);
        }
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (passed, output) = run(None);
    assert!(!passed && output.contains("run `SCHEMA_GOLDEN=add cargo test`"), "{output}");
    let (passed, output) = run(Some("overwrite"));
    assert!(!passed && output.contains("`SCHEMA_GOLDEN=overwrite` is not known"), "{output}");
    assert!(run(Some("add")).0);
    assert!(run(None).0);
    let written = fs::read(package.path().join("golden/everything/1.json")).unwrap();
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/everything/1.json");
    assert_eq!(written, fs::read(checked_in).unwrap());
}

/// A field of every type that is not deprecated.
#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct Everything {
    #[serde(rename = "_id")]
    id: ObjectId,
    values: Vec<Bson>,
}

fn everything() -> Everything {
    let values = vec![
        Bson::Double(0.1),
        Bson::Double(-0.0),
        Bson::Double(f64::INFINITY),
        Bson::String("text \u{0} \" \u{1F375}".to_owned()),
        Bson::Document(schema_runtime::bson::doc! { "z": 1, "a": { "": [] } }),
        Bson::Binary(schema_runtime::bson::Binary {
            subtype: schema_runtime::bson::spec::BinarySubtype::Uuid,
            bytes: vec![7; 16],
        }),
        Bson::Boolean(true),
        Bson::DateTime(DateTime::from_millis(-1)),
        Bson::Null,
        Bson::RegularExpression(schema_runtime::bson::Regex {
            pattern: "^a/b".try_into().unwrap(),
            options: "i".try_into().unwrap(),
        }),
        Bson::JavaScriptCode("f()".to_owned()),
        Bson::Int32(-1),
        Bson::Int64(i64::MIN),
        Bson::Timestamp(Timestamp { time: 1, increment: u32::MAX }),
        Bson::Decimal128("1.50E+3".parse::<Decimal128>().unwrap()),
        Bson::MinKey,
        Bson::MaxKey,
    ];
    Everything { id: ObjectId::from_bytes([1; 12]), values }
}
