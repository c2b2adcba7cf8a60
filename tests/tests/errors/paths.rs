//! Where a body does not fit: the path names what is stored, as deep as it is.

use std::collections::{BTreeMap, HashMap};

use insta::assert_snapshot;
use schema_runtime::{
    DecodeError, DecodeErrorKind, VersionedDocument,
    bson::{self, Bson, DateTime, Document, Uuid, doc, oid::ObjectId},
    decode,
};
use schema_tests::ways::ways_in;
use serde::{Deserialize, Serialize};

use crate::refused;

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "trades")]
#[serde(rename_all = "camelCase")]
struct TradeV1 {
    legs: Vec<Leg>,
    prices: HashMap<String, Price>,
    by_currency: BTreeMap<Currency, f64>,
    by_number: BTreeMap<u32, f64>,
    payment: Payment,
    tagged: Option<Tagged>,
    pair: (String, Price),
    place: Place,
    closed: Option<Box<Closing>>,
    note: Note,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = TradeV1)]
#[serde(rename_all = "camelCase")]
struct TradeV2 {
    legs: Vec<Leg>,
    prices: HashMap<String, Price>,
    by_currency: BTreeMap<Currency, f64>,
    by_number: BTreeMap<u32, f64>,
    payment: Payment,
    tagged: Option<Tagged>,
    pair: (String, Price),
    place: Place,
    closed: Option<Box<Closing>>,
    note: Note,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Leg {
    unit_price: Price,
    #[serde(default)]
    parts: Vec<Leg>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Price(f64);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Currency {
    Eur,
    Usd,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Payment {
    Cash,
    Card { number: i64 },
    Transfer(Account),
    Split(i64, Account),
}

#[derive(Debug, Serialize, Deserialize)]
struct Account {
    bank: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Tagged {
    One { value: i64 },
}

#[derive(Debug, Serialize, Deserialize)]
struct Place {
    city: String,
    #[serde(flatten)]
    rest: HashMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Closing {
    by: Account,
}

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    #[serde(deserialize_with = "short")]
    text: String,
}

fn short<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)
        .map_err(|error| serde::de::Error::custom(format!("a note is text: {error}")))?;
    if text.len() > 5 {
        return Err(serde::de::Error::custom("a note is short"));
    }
    Ok(text)
}

fn trade() -> Document {
    doc! {
        "legs": [{ "unitPrice": 1.5 }, { "unitPrice": 2.5, "parts": [{ "unitPrice": 0.5 }] }],
        "prices": { "EUR": 1.0, "a.b": 2.0 },
        "byCurrency": { "EUR": 1.0 },
        "byNumber": {},
        "payment": "cash",
        "tagged": { "type": "One", "value": 1 },
        "pair": ["x", 1.0],
        "place": { "city": "Berlin", "zip": "10115" },
        "closed": { "by": { "bank": "B" } },
        "note": { "text": "short" },
    }
}

/// The document with the value at the place replaced, or removed. Steps into arrays are numbers.
fn with(mut document: Document, place: &[&str], value: Option<Bson>) -> Document {
    fn change(at: &mut Bson, place: &[&str], value: Option<Bson>) {
        let (step, rest) = place.split_first().unwrap();
        match (at, rest) {
            (Bson::Array(elements), []) => elements[step.parse::<usize>().unwrap()] = value.unwrap(),
            (Bson::Array(elements), _) => change(&mut elements[step.parse::<usize>().unwrap()], rest, value),
            (Bson::Document(fields), []) => match value {
                Some(value) => drop(fields.insert(*step, value)),
                None => drop(fields.remove(*step).unwrap()),
            },
            (Bson::Document(fields), _) => change(fields.get_mut(*step).unwrap(), rest, value),
            (other, _) => panic!("nothing is within {other}"),
        }
    }
    let mut whole = Bson::Document(std::mem::take(&mut document));
    change(&mut whole, place, value);
    let Bson::Document(document) = whole else { unreachable!() };
    document
}

fn path(error: &DecodeError) -> String {
    assert!(matches!(error.kind(), DecodeErrorKind::Body { .. }), "{error:?}");
    error.path().unwrap().to_string()
}

#[test]
fn each_place_has_its_path() {
    let text = || Some(Bson::from("text"));
    let number = || Some(Bson::Int32(1));
    let cases: Vec<(&[&str], Option<Bson>, &str)> = vec![
        (&["legs"], text(), "legs"),
        (&["legs", "0"], text(), "legs[0]"),
        (&["legs", "1", "unitPrice"], text(), "legs[1].unitPrice"),
        (&["legs", "1", "parts", "0", "unitPrice"], text(), "legs[1].parts[0].unitPrice"),
        (&["prices", "EUR"], text(), "prices[\"EUR\"]"),
        (&["prices", "a.b"], text(), "prices[\"a.b\"]"),
        (&["prices", "new"], Some(Bson::Null), "prices[\"new\"]"),
        (&["byCurrency", "EUR"], text(), "byCurrency[\"EUR\"]"),
        (&["byNumber", "x"], Some(Bson::Double(1.0)), "byNumber[\"x\"]"),
        (&["payment"], text(), "payment"),
        (&["payment"], number(), "payment"),
        (&["payment"], Some(doc! { "card": { "number": "4" } }.into()), "payment.card.number"),
        (&["payment"], Some(doc! { "card": {} }.into()), "payment.card.number"),
        (&["payment"], Some(doc! { "transfer": { "bank": 1 } }.into()), "payment.transfer.bank"),
        (&["payment"], Some(doc! { "split": [1, { "bank": 1 }] }.into()), "payment.split[1].bank"),
        (&["pair", "1"], text(), "pair[1]"),
        (&["place", "city"], number(), "place.city"),
        (&["closed", "by", "bank"], number(), "closed.by.bank"),
        (&["note", "text"], number(), "note.text"),
        (&["note", "text"], Some("too long".into()), "note.text"),
        // Special values of BSON are values, not places.
        (&["legs", "0", "unitPrice"], Some(ObjectId::new().into()), "legs[0].unitPrice"),
        (&["closed", "by", "bank"], Some(DateTime::now().into()), "closed.by.bank"),
        (&["closed", "by", "bank"], Some(Uuid::new().into()), "closed.by.bank"),
        // What is missing has a place, too, and what should not be there.
        (&["pair"], None, "pair"),
        (&["closed", "by", "bank"], None, "closed.by.bank"),
        (&["legs", "1", "parts", "0", "unitPrice"], None, "legs[1].parts[0].unitPrice"),
        (&["legs", "0", "price"], number(), "legs[0].price"),
        // Read from a buffer of serde's.
        (&["tagged", "value"], text(), "tagged"),
        (&["place", "zip"], number(), "place"),
    ];
    for stored in [1, 2] {
        for (place, value, expected) in &cases {
            let mut document = doc! { "_id": 7, "schemaVersion": stored };
            document.extend(with(trade(), place, value.clone()));
            let error = refused::<TradeV2>(&document);
            assert_eq!(path(&error), *expected, "version {stored}, {place:?}: {}", error.one_line());
            assert_eq!(error.stored_version(), Some(stored.try_into().unwrap()));
        }
    }
}

/// Good documents of both versions: the cases above fail for what was changed in them.
#[test]
fn the_document_of_the_cases_can_be_read() {
    for stored in [1, 2] {
        let mut document = doc! { "schemaVersion": stored };
        document.extend(trade());
        for (way, read) in ways_in::<TradeV2>() {
            if let Err(error) = read(&document) {
                panic!("from {way}: {error}");
            }
        }
    }
}

/// The stamp in front and behind: what is read before it is kept in a buffer.
#[test]
fn every_way_in_says_where() {
    let body = with(trade(), &["legs", "1", "parts", "0", "unitPrice"], Some(Bson::from("text")));
    let mut first = doc! { "schemaVersion": 1 };
    first.extend(body.clone());
    let mut last = body;
    last.insert("schemaVersion", 1);
    for document in [first, last] {
        for (way, read) in ways_in::<TradeV2>() {
            let error = read(&document).unwrap_err();
            for part in [
                "`TradeV2` in `trades`",
                "schema version 1",
                "field `legs[1].parts[0].unitPrice`: invalid type: string \"text\", expected f64",
            ] {
                assert!(error.contains(part), "from {way}: `{part}` is not in `{error}`");
            }
            assert!(error.matches("BSON error").count() <= 1, "from {way}: {error}");
        }
    }
}

/// What a function of the user's said is not replaced by what it was told.
#[test]
fn the_words_of_a_conversion_are_kept() {
    let document = with(trade(), &["note", "text"], Some(1.into()));
    for (way, read) in ways_in::<TradeV2>() {
        let error = read(&document).unwrap_err();
        assert!(error.contains("field `note.text`: a note is text: "), "from {way}: {error}");
    }
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "outer")]
struct Outer {
    inner: Vec<Inner>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct Inner {
    count: i64,
    deeper: Option<Box<Inner>>,
}

/// A document within a document has a version and an error of its own: the path leads to it, the text goes on.
#[test]
fn a_document_within_a_document_is_found() {
    let document = doc! { "schemaVersion": 1, "inner": [{ "schemaVersion": 1, "count": "x" }] };
    let error = refused::<Outer>(&document);
    assert_eq!(path(&error), "inner[0]");
    assert_snapshot!(error.one_line(), @r#"`Outer` in `outer`: the document does not have the shape of schema version 1, which it says it has: field `inner[0]`: `Inner`: the document does not have the shape of schema version 1, which it says it has: field `count`: invalid type: string "x", expected i64"#);
}

/// Each level would double the time of the one within it, if each looked for the place again.
#[test]
fn documents_within_documents_are_located_once_for_each_level() {
    let mut inner = doc! { "schemaVersion": 1, "count": "x" };
    for _ in 0..60 {
        inner = doc! { "schemaVersion": 1, "count": 1, "deeper": inner };
    }
    assert_eq!(path(&refused::<Inner>(&inner)), "deeper");
}

mod random {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, VersionedDocument)]
    #[versioned(version = 1)]
    struct Root {
        tree: Tree,
    }

    #[derive(Debug, Clone, Serialize, Deserialize)]
    struct Tree {
        #[serde(rename = "n")]
        number: i64,
        shape: Shape,
        children: Vec<Tree>,
        named: BTreeMap<String, Tree>,
        other: Option<Box<Tree>>,
    }

    #[derive(Debug, Clone, Serialize, Deserialize)]
    enum Shape {
        Point(i64),
        Box { width: i64, height: i64 },
        Line(i64, i64),
    }

    fn shape() -> impl Strategy<Value = Shape> {
        prop_oneof![
            any::<i64>().prop_map(Shape::Point),
            any::<(i64, i64)>().prop_map(|(width, height)| Shape::Box { width, height }),
            any::<(i64, i64)>().prop_map(|(from, to)| Shape::Line(from, to)),
        ]
    }

    fn tree() -> impl Strategy<Value = Tree> {
        let leaf = (any::<i64>(), shape()).prop_map(|(number, shape)| Tree {
            number,
            shape,
            children: vec![],
            named: BTreeMap::new(),
            other: None,
        });
        leaf.prop_recursive(4, 24, 3, |inner| {
            (
                any::<i64>(),
                shape(),
                prop::collection::vec(inner.clone(), 0..3),
                prop::collection::btree_map("[a-zA-Z.$ \u{e4}\"]{0,4}", inner.clone(), 0..3),
                prop::option::of(inner.prop_map(Box::new)),
            )
                .prop_map(|(number, shape, children, named, other)| Tree {
                    number,
                    shape,
                    children,
                    named,
                    other,
                })
        })
    }

    /// Every number of the tree: its path, and the steps to it in the stored document.
    fn leaves(tree: &Tree, path: &str, steps: &[String], all: &mut Vec<(String, Vec<String>)>) {
        let at = |more: &[&str]| steps.iter().cloned().chain(more.iter().map(ToString::to_string)).collect();
        all.push((format!("{path}.n"), at(&["n"])));
        match tree.shape {
            Shape::Point(_) => all.push((format!("{path}.shape.Point"), at(&["shape", "Point"]))),
            Shape::Box { .. } => all.extend(
                ["width", "height"]
                    .map(|name| (format!("{path}.shape.Box.{name}"), at(&["shape", "Box", name]))),
            ),
            Shape::Line(..) => all.extend(
                ["0", "1"]
                    .map(|index| (format!("{path}.shape.Line[{index}]"), at(&["shape", "Line", index]))),
            ),
        }
        for (index, child) in tree.children.iter().enumerate() {
            let steps: Vec<_> = at(&["children", &index.to_string()]);
            leaves(child, &format!("{path}.children[{index}]"), &steps, all);
        }
        for (key, child) in &tree.named {
            let steps: Vec<_> = at(&["named", key]);
            leaves(child, &format!("{path}.named[{key:?}]"), &steps, all);
        }
        if let Some(child) = &tree.other {
            let steps: Vec<_> = at(&["other"]);
            leaves(child, &format!("{path}.other"), &steps, all);
        }
    }

    proptest! {
        /// One leaf is corrupted, and that is the one that is named.
        #[test]
        fn the_corrupted_leaf_is_the_one_that_is_named(tree in tree(), which: prop::sample::Index, gone: bool) {
            let mut all = Vec::new();
            leaves(&tree, "tree", &["tree".into()], &mut all);
            let (expected, steps) = which.get(&all);
            let steps: Vec<&str> = steps.iter().map(String::as_str).collect();

            let good = bson::serialize_to_document(&Root { tree: tree.clone() }).unwrap();
            prop_assert!(decode::<Root>(&bson::serialize_to_raw_document_buf(&good).unwrap()).is_ok());
            let is_field = matches!(steps.last(), Some(&("n" | "width" | "height")));
            let bad = with(good, &steps, (!(gone && is_field)).then(|| "text".into()));

            prop_assert_eq!(&path(&refused::<Root>(&bad)), expected);
            for (way, read) in ways_in::<Root>() {
                let error = read(&bad).unwrap_err();
                prop_assert!(error.contains(&format!("field `{expected}`: ")), "from {}: {}", way, error);
            }
        }
    }
}
