//! A versioned document inside other types keeps its own stamp, whatever it is held in.

use std::collections::BTreeMap;

use schema_runtime::{
    VersionedDocument,
    bson::{Bson, Document, doc, serialize_to_document},
};
use schema_tests::ways::{ways_in, ways_out};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct ItemV1 {
    name: String,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = ItemV1)]
struct ItemV2 {
    #[versioned(from = name)]
    title: String,
    #[versioned(added = 1)]
    count: i32,
}

/// A versioned document that holds others.
#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 5, oldest)]
struct Cart {
    items: Vec<ItemV2>,
    gift: Option<ItemV2>,
    wishes: BTreeMap<String, Box<ItemV2>>,
    pair: (ItemV2, i32),
    entry: Entry,
    event: Event,
    choice: Choice,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Number(i32),
    Item(ItemV2),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Event {
    Added(ItemV2),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Choice {
    Item(ItemV2),
    None,
}

fn item(title: &str) -> ItemV2 {
    ItemV2 { title: title.into(), count: 1 }
}

fn cart() -> Cart {
    Cart {
        items: vec![item("a"), item("b"), item("c")],
        gift: Some(item("d")),
        wishes: [("x".to_owned(), Box::new(item("e")))].into(),
        pair: (item("f"), 7),
        entry: Entry::Item(item("g")),
        event: Event::Added(item("h")),
        choice: Choice::Item(item("i")),
    }
}

/// Items of several versions, stamped in front, behind or not at all.
fn stored() -> Document {
    doc! {
        "items": [
            { "name": "a" },
            { "name": "b", "schemaVersion": 1 },
            { "schemaVersion": 2, "title": "c", "count": 1 },
        ],
        "gift": { "schemaVersion": 1_i64, "name": "d" },
        "wishes": { "x": { "name": "e", "schemaVersion": 1.0 } },
        "pair": [{ "name": "f" }, 7],
        "entry": { "name": "g", "schemaVersion": 1 },
        "event": { "kind": "Added", "schemaVersion": 1, "name": "h" },
        "choice": { "Item": { "schemaVersion": 1, "name": "i" } },
    }
}

#[test]
fn every_nested_document_is_upgraded_by_its_own_stamp() {
    for (way, read) in ways_in::<Cart>() {
        let mut behind = stored();
        behind.insert("schemaVersion", 5);
        let mut before = doc! { "schemaVersion": 5 };
        before.extend(stored());
        for document in [stored(), behind, before] {
            assert_eq!(read(&document), Ok(cart()), "from {way}");
        }
    }
}

#[test]
fn every_nested_document_is_stamped() {
    let stamped = |title: &str| doc! { "schemaVersion": 2, "title": title, "count": 1 };
    let mut tagged = doc! { "kind": "Added" };
    tagged.extend(stamped("h"));
    for (way, write) in ways_out::<Cart>() {
        let expected = doc! {
            "schemaVersion": 5,
            "items": [stamped("a"), stamped("b"), stamped("c")],
            "gift": stamped("d"),
            "wishes": { "x": stamped("e") },
            "pair": [stamped("f"), 7],
            "entry": stamped("g"),
            "event": tagged.clone(),
            "choice": { "Item": stamped("i") },
        };
        assert_eq!(write(&cart()), Ok(expected), "to {way}");
    }
}

/// An error in a nested document names the nested type.
#[test]
fn an_error_in_a_nested_document_names_its_type() {
    let mut document = stored();
    document.insert("gift", doc! { "schemaVersion": 3, "title": "d" });
    for (way, read) in ways_in::<Cart>() {
        let error = read(&document).unwrap_err();
        assert!(error.contains("`ItemV2`"), "from {way}: {error}");
        assert!(error.contains("schema version 3 is newer"), "from {way}: {error}");
    }
}

/// A plain struct around it, as a service has for the results of an aggregation.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Scored {
    score: f64,
    #[serde(flatten)]
    item: ItemV2,
}

#[test]
fn a_flattened_document_shares_the_fields_of_its_parent() {
    let expected = Scored { score: 0.5, item: item("a") };
    for stored in [
        doc! { "score": 0.5, "name": "a" },
        doc! { "schemaVersion": 1, "score": 0.5, "name": "a" },
        doc! { "name": "a", "score": 0.5, "schemaVersion": 1 },
    ] {
        let bytes = schema_runtime::bson::serialize_to_vec(&stored).unwrap();
        let scored: Scored = schema_runtime::bson::deserialize_from_slice(&bytes).unwrap();
        assert_eq!(scored, expected, "{stored}");
        let scored: Scored = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
        assert_eq!(scored, expected, "{stored}");
    }
    let written = serialize_to_document(&expected).unwrap();
    assert_eq!(written, doc! { "score": 0.5, "schemaVersion": 2, "title": "a", "count": 1 });
}

/// Two stamps in one document have two names.
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 3, oldest, version_field = "resultVersion")]
struct Ranked {
    score: f64,
    #[serde(flatten)]
    item: ItemV2,
}

#[test]
fn a_flattened_document_keeps_its_stamp_beside_its_parents() {
    let stored = doc! { "resultVersion": 3, "score": 0.5, "schemaVersion": 1, "name": "a" };
    let expected = Ranked { score: 0.5, item: item("a") };
    for (way, read) in ways_in::<Ranked>() {
        assert_eq!(read(&stored), Ok(expected.clone()), "from {way}");
    }
    let written = serialize_to_document(&expected).unwrap();
    assert_eq!(written.get("resultVersion"), Some(&Bson::Int32(3)));
    assert_eq!(written.get("schemaVersion"), Some(&Bson::Int32(2)));
}
