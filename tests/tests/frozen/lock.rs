#![allow(private_interfaces, reason = "the chains are looked at, not used")]

use std::{fs, path::Path, process::Command};

use schema_runtime::{
    VersionedDocument,
    testing::{Findings, Lock},
};
use schema_tests::orders::Order;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

// The items of a chain as they were released. A change is made to one of them, in a module of its own.

macro_rules! size {
    () => {
        #[derive(Serialize, Deserialize)]
        pub struct Size {
            width: f64,
            label: Option<String>,
        }
    };
}

macro_rules! kind {
    () => {
        #[derive(Serialize, Deserialize)]
        pub enum Kind {
            Plain,
            Special { note: String },
        }
    };
}

macro_rules! first {
    () => {
        #[derive(VersionedDocument)]
        #[versioned(version = 1, collection = "products")]
        pub struct V1 {
            name: String,
            price: String,
            pub sizes: Vec<Size>,
            pub kind: Kind,
            sku: Option<String>,
        }
    };
}

macro_rules! second {
    () => {
        #[derive(VersionedDocument)]
        #[versioned(version = 2, previous = V1, removed(sku))]
        pub struct V2 {
            #[versioned(from = name)]
            pub title: String,
            #[versioned(try_with = |text| text.parse::<f64>())]
            pub price: f64,
            pub sizes: Vec<Size>,
            pub kind: Kind,
            #[versioned(added = 1)]
            pub stock: i32,
        }
    };
}

macro_rules! chain {
    ($module:ident { $($item:item)* }) => {
        mod $module {
            use super::*;

            $($item)*

            pub fn lock(folder: &TempDir) -> Lock {
                Lock::new(folder.path().join("schema.lock")).document::<V2>()
            }
        }
    };
}

chain!(released {
    size!();
    kind!();
    first!();
    second!();
});

// What does not count.

chain!(reordered {
    /// How large it is.
    #[derive(Clone, Deserialize, Debug, Serialize)]
    struct Size {
        label: Option<String>,
        // In metres.
        width: f64,
    }
    #[derive(Serialize, Deserialize)]
    enum Kind {
        Special { note: String },
        Plain,
    }
    first!();
    #[derive(VersionedDocument)]
    #[versioned(removed(sku,), previous = V1)]
    #[versioned(version = 2)]
    struct V2 {
        #[versioned(added=1)]
        stock: i32,
        kind: Kind,
        sizes: Vec<Size>,
        #[versioned(
            try_with = |text| {
                text.parse::<f64>() // as it was
            }
        )]
        price: f64,
        #[versioned(from = name)]
        title: String,
    }
});

chain!(renamed_types {
    #[derive(Serialize, Deserialize)]
    struct Measure { width: f64, label: Option<Box<str>> }
    kind!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "products")]
    struct Old { name: String, price: String, sizes: Vec<Measure>, kind: Kind, sku: Option<String> }
    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = Old, removed(sku))]
    struct V2 {
        #[versioned(from = name)]
        title: String,
        #[versioned(try_with = |text| text.parse::<f64>())]
        price: f64,
        sizes: Vec<Measure>,
        kind: Kind,
        #[versioned(added = 1)]
        stock: i32,
    }
});

// What does: in a nested type.

chain!(nested_renamed {
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "UPPERCASE")]
    struct Size { width: f64, label: Option<String> }
    kind!();
    first!();
    second!();
});

chain!(nested_type {
    #[derive(Serialize, Deserialize)]
    struct Size { width: i64, label: Option<String> }
    kind!();
    first!();
    second!();
});

chain!(nested_optional {
    #[derive(Serialize, Deserialize)]
    struct Size { width: Option<f64>, label: Option<String> }
    kind!();
    first!();
    second!();
});

chain!(nested_required {
    #[derive(Serialize, Deserialize)]
    struct Size { width: f64, label: String }
    kind!();
    first!();
    second!();
});

chain!(nested_default {
    #[derive(Serialize, Deserialize)]
    struct Size {
        #[serde(default)]
        width: f64,
        label: Option<String>,
    }
    kind!();
    first!();
    second!();
});

chain!(nested_removed {
    #[derive(Serialize, Deserialize)]
    struct Size { width: f64 }
    kind!();
    first!();
    second!();
});

chain!(nested_added {
    #[derive(Serialize, Deserialize)]
    struct Size { width: f64, label: Option<String>, height: Option<Height> }
    #[derive(Serialize, Deserialize)]
    struct Height { metres: f64 }
    kind!();
    first!();
    second!();
});

chain!(nested_strict {
    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Size { width: f64, label: Option<String> }
    kind!();
    first!();
    second!();
});

chain!(variant_added {
    size!();
    #[derive(Serialize, Deserialize)]
    enum Kind { Plain, Special { note: String }, Rare }
    first!();
    second!();
});

chain!(variant_renamed {
    size!();
    #[derive(Serialize, Deserialize)]
    enum Kind {
        #[serde(rename = "plain")]
        Plain,
        Special { note: String },
    }
    first!();
    second!();
});

chain!(variant_content {
    size!();
    #[derive(Serialize, Deserialize)]
    enum Kind { Plain, Special { note: Option<String> } }
    first!();
    second!();
});

chain!(enum_tagged {
    size!();
    #[derive(Serialize, Deserialize)]
    #[serde(tag = "is")]
    enum Kind { Plain, Special { note: String } }
    first!();
    second!();
});

// In a version itself, its attributes and its step.

chain!(field_type {
    size!();
    kind!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "products")]
    struct V1 { name: String, price: String, sizes: Vec<Size>, kind: Kind, sku: Option<i32> }
    second!();
});

chain!(field_not_written {
    size!();
    kind!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "products")]
    struct V1 {
        name: String,
        price: String,
        sizes: Vec<Size>,
        kind: Kind,
        #[serde(skip_serializing_if = "Option::is_none")]
        sku: Option<String>,
    }
    second!();
});

chain!(field_written_elsewhere {
    size!();
    kind!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "products")]
    struct V1 {
        name: String,
        price: String,
        sizes: Vec<Size>,
        kind: Kind,
        #[serde(rename(serialize = "article"))]
        sku: Option<String>,
    }
    second!();
});

chain!(version_field {
    size!();
    kind!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "products", version_field = "v")]
    struct V1 { name: String, price: String, sizes: Vec<Size>, kind: Kind, sku: Option<String> }
    second!();
});

chain!(rule_function {
    size!();
    kind!();
    first!();
    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = V1, removed(sku))]
    struct V2 {
        #[versioned(from = name)]
        title: String,
        #[versioned(try_with = |text| text.trim().parse::<f64>())]
        price: f64,
        sizes: Vec<Size>,
        kind: Kind,
        #[versioned(added = 1)]
        stock: i32,
    }
});

chain!(rule_value {
    size!();
    kind!();
    first!();
    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = V1, removed(sku))]
    struct V2 {
        #[versioned(from = name)]
        title: String,
        #[versioned(try_with = |text| text.parse::<f64>())]
        price: f64,
        sizes: Vec<Size>,
        kind: Kind,
        #[versioned(added = 0)]
        stock: i32,
    }
});

chain!(rule_source {
    size!();
    kind!();
    first!();
    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = V1, removed(name))]
    struct V2 {
        #[versioned(from = sku, with = Option::unwrap_or_default)]
        title: String,
        #[versioned(try_with = |text| text.parse::<f64>())]
        price: f64,
        sizes: Vec<Size>,
        kind: Kind,
        #[versioned(added = 1)]
        stock: i32,
    }
});

type LockOf = fn(&TempDir) -> Lock;

/// Every kind of change, the version it is found in, and its line.
const CHANGES: &[(LockOf, u32, &str)] = &[
    (nested_renamed::lock, 1, "`sizes[].WIDTH` is new, it is double"),
    (nested_renamed::lock, 2, "`sizes[].width` is gone, it was double"),
    (nested_type::lock, 1, "`sizes[].width` was double, is int64"),
    (nested_optional::lock, 2, "`sizes[].width` was double, is double or null, may be missing"),
    (nested_required::lock, 1, "`sizes[].label` was text or null, may be missing, is text"),
    (nested_default::lock, 1, "`sizes[].width` was double, is double, may be missing"),
    (nested_removed::lock, 1, "`sizes[].label` is gone, it was text or null, may be missing"),
    (nested_added::lock, 1, "`sizes[].height` is new, it is document or null, may be missing"),
    (nested_strict::lock, 1, "`sizes[]` was document, is document without other fields"),
    (variant_added::lock, 1, "`kind(Rare)` is new, it is only its name"),
    (variant_renamed::lock, 1, "`kind(Plain)` is gone, it was only its name"),
    (variant_content::lock, 1, "`kind(Special).note` was text, is text or null, may be missing"),
    (enum_tagged::lock, 1, "`kind.is` is new, it is which variant it is"),
    (field_type::lock, 1, "`sku` was text or null, may be missing, is int32 or null, may be missing"),
    (field_not_written::lock, 1, "attributes: `sku` is new, it is skip_serializing_if = \"Option::is_none\""),
    (field_written_elsewhere::lock, 1, "attributes: `article` is new, it is written as `article`"),
    (version_field::lock, 2, "attributes: the document was version in `schemaVersion`, is version in `v`"),
    (
        rule_function::lock,
        2,
        "step: `price` was from price with |text| text.parse::<f64>(), may fail, is from price with |text| \
         text.trim().parse::<f64>(), may fail",
    ),
    (rule_value::lock, 2, "step: `stock` was added, 1, is added, 0"),
    (rule_source::lock, 2, "step: `title` was from name, is from sku with Option::unwrap_or_default"),
];

fn released() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    released::lock(&folder).add().unwrap();
    folder
}

pub(crate) fn file(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("schema.lock")).unwrap()
}

pub(crate) fn findings(result: Result<(), Findings>) -> Vec<String> {
    result.unwrap_err().iter().map(str::to_owned).collect()
}

#[test]
fn the_file_says_what_is_stored() {
    insta::assert_snapshot!(file(&released()));
}

#[test]
fn what_does_not_count_changes_nothing() {
    let folder = released();
    released::lock(&folder).check().unwrap();
    reordered::lock(&folder).check().unwrap();
    renamed_types::lock(&folder).check().unwrap();
    assert_accepted_as_it_is(&folder, &reordered::lock(&folder));
}

#[test]
fn every_change_is_named_with_its_type_version_and_field_and_what_to_do() {
    let folder = released();
    for (lock, version, change) in CHANGES {
        let found = findings(lock(&folder).check());
        let about = format!("version {version} of `products` (`V{version}`) is released and has changed:\n");
        assert_named(&found, &about, change, "version 3");
    }
}

pub(crate) fn assert_accepted_as_it_is(folder: &TempDir, lock: &Lock) {
    let before = file(folder);
    lock.accept().unwrap();
    assert_eq!(file(folder), before);
}

/// What changed is named, and what to do.
pub(crate) fn assert_named(found: &[String], about: &str, change: &str, next: &str) {
    let finding = found.iter().find(|finding| finding.starts_with(about)).expect(change);
    assert!(finding.lines().any(|line| line.trim_start() == change), "{change}\n{finding}");
    assert!(finding.contains(&format!("undo the change and make it in a new {next}")), "{finding}");
    assert!(finding.contains("SCHEMA_LOCK=accept cargo test"), "{finding}");
}

#[test]
fn a_change_inside_a_version_is_found_in_that_version_only() {
    let folder = released();
    let versions_of = |lock: LockOf| -> Vec<String> {
        let first_words = |finding: String| finding.split(' ').take(2).collect::<Vec<_>>().join(" ");
        findings(lock(&folder).check()).into_iter().map(first_words).collect()
    };
    assert_eq!(versions_of(nested_type::lock), ["version 1", "version 2"]);
    assert_eq!(versions_of(field_type::lock), ["version 1"]);
    assert_eq!(versions_of(rule_value::lock), ["version 2"]);
}

#[test]
fn a_finding_reads_as_a_sentence() {
    let folder = released();
    insta::assert_snapshot!(nested_renamed::lock(&folder).check().unwrap_err());
}

#[test]
fn a_deliberate_change_is_accepted_and_not_added() {
    for (lock, ..) in CHANGES {
        let folder = released();
        let before = file(&folder);
        lock(&folder).add().unwrap();
        assert_eq!(file(&folder), before);
        lock(&folder).accept().unwrap();
        lock(&folder).check().unwrap();
        assert!(released::lock(&folder).check().is_err());
    }
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = released::V2)]
struct V3 {
    title: String,
    price: f64,
    sizes: Vec<released::Size>,
    kind: released::Kind,
    stock: i32,
    #[versioned(added)]
    tags: Vec<String>,
}

/// Version 3 when the types before it have been retired.
#[derive(VersionedDocument)]
#[versioned(version = 3, oldest, collection = "products")]
struct Oldest {
    title: String,
    price: f64,
    sizes: Vec<released::Size>,
    kind: released::Kind,
    stock: i32,
    tags: Vec<String>,
}

#[test]
fn a_new_version_is_added_beside_the_others_which_may_be_retired_later() {
    let folder = released();
    let path = folder.path().join("schema.lock");
    let before = file(&folder);

    let lock = Lock::new(&path).document::<V3>();
    let found = findings(lock.check());
    assert_eq!(
        found,
        [
            "version 3 of `products` (`V3`) is not in the file; when its shape is settled, run `SCHEMA_LOCK=add cargo test` \
          and check the file in"
        ]
    );
    lock.add().unwrap();
    lock.check().unwrap();
    assert!(file(&folder).starts_with(&before));

    let retired = Lock::new(&path).document::<Oldest>();
    retired.check().unwrap();
    let with_all = file(&folder);
    retired.accept().unwrap();
    // The name of the type is the only thing that is not as it was: the step into it cannot be seen any more.
    assert_eq!(file(&folder), with_all.replace("\"V3\"", "\"Oldest\""));
    lock.check().unwrap();

    let found = findings(released::lock(&folder).check());
    assert_eq!(
        found,
        [
            "version 3 of `products` (`Oldest`) is in the file, and the code ends at version 2; restore the type, or, if it \
          was never released, remove its entry"
        ]
    );
}

#[test]
fn a_document_that_is_not_in_the_test_or_twice_is_named() {
    let folder = released();
    let path = folder.path().join("schema.lock");
    let found = findings(Lock::new(&path).check());
    assert_eq!(
        found,
        [
            "`products` is in the file and not in the test; add `.document::<V1>()`, or remove its entries if no document of \
          it is left"
        ]
    );
    let found = findings(released::lock(&folder).document::<released::V2>().check());
    assert_eq!(
        found,
        ["two documents are called `products`; give one of them another name with `document_as`"]
    );
    let both = released::lock(&folder).document_as::<V3>("goods");
    both.add().unwrap();
    both.check().unwrap();
}

#[test]
fn an_edited_file_is_noticed_and_left_alone() {
    for (from, to) in [
        ("sizes[].width: double", "sizes[].width: text"),
        ("version = 1\n", "version = 7\n"),
        ("stock: added, 1", "no line"),
        ("[[version]]", "[[verse]]"),
        ("fingerprint", "finger"),
    ] {
        let folder = released();
        let edited = file(&folder).replacen(from, to, 1);
        assert_ne!(edited, file(&folder), "{from}");
        fs::write(folder.path().join("schema.lock"), &edited).unwrap();
        let found = findings(released::lock(&folder).check());
        assert!(!found.is_empty(), "{from}");
        let _ = released::lock(&folder).add();
        if !from.starts_with("version") {
            assert_eq!(file(&folder), edited, "{from}");
        }
    }
}

/// Run as a test of its own, and by the one below in another package folder.
#[test]
fn lock_of_this_package() {
    Lock::new("schema.lock").document::<Order>().assert();
}

#[test]
fn the_variable_writes_the_file_and_its_absence_fails_without_it() {
    let package = tempfile::tempdir().unwrap();
    let run = |variable: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "lock::lock_of_this_package"]);
        command.env("CARGO_MANIFEST_DIR", package.path()).env_remove("SCHEMA_LOCK");
        if let Some(value) = variable {
            command.env("SCHEMA_LOCK", value);
        }
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (passed, output) = run(None);
    assert!(!passed && output.contains("run `SCHEMA_LOCK=add cargo test`"), "{output}");
    let (passed, output) = run(Some("overwrite"));
    assert!(!passed && output.contains("`SCHEMA_LOCK=overwrite` is not known"), "{output}");
    assert!(run(Some("add")).0);
    assert!(run(None).0);
    assert!(run(Some("accept")).0);
    let written = fs::read_to_string(package.path().join("schema.lock")).unwrap();
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.lock");
    assert_eq!(written, fs::read_to_string(checked_in).unwrap());
}
