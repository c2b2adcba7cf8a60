//! The validator of the full shape: it accepts whatever the type writes, and no field of another type.

use std::collections::BTreeMap;

use mongodb::{
    Collection,
    bson::{
        Bson, DateTime, Decimal128, Document, Timestamp, Uuid, doc, oid::ObjectId, serialize_to_document,
        spec::BinarySubtype,
    },
};
use proptest::{
    collection::{btree_map, vec},
    option::of,
    prelude::*,
    strategy::ValueTree,
    test_runner::TestRunner,
};
use schema_runtime::{DecodeOwned, VersionedCollection, VersionedDocument, encode, versions::Validator};
use serde::{Deserialize, Serialize};

use crate::{
    model::{Article, fixed_samples},
    support::{TestDatabase, database},
};

#[derive(Debug, Clone, VersionedDocument)]
#[versioned(collection = "things", version = 1)]
#[serde(rename_all = "camelCase")]
struct Thing {
    #[serde(rename = "_id")]
    id: i32,
    flag: bool,
    small: u8,
    large: u64,
    whole: i64,
    ratio: f64,
    letter: char,
    name: String,
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    maybe: Option<i32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    made_by: ObjectId,
    made_at: DateTime,
    ends_at: Option<DateTime>,
    token: Uuid,
    bytes: mongodb::bson::Binary,
    amount: Decimal128,
    moment: Timestamp,
    counts: BTreeMap<String, i32>,
    status: Status,
    payment: Payment,
    event: Event,
    answer: Answer,
    shape: Figure,
    pair: (i32, String),
    home: Address,
    tree: Tree,
    anything: Bson,
    document: Document,
    #[serde(alias = "formerly")]
    lately: String,
    #[serde(rename(serialize = "isWritten", deserialize = "isRead"), alias = "isWritten")]
    renamed: String,
    #[serde(with = "as_text")]
    by_function: i64,
    #[serde(flatten)]
    beside: Beside,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Open,
    Done,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Payment {
    Cash,
    Card { number: String },
    Voucher(i32),
    Split(i32, i32),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
enum Event {
    Sent(DateTime),
    Moved { to: String },
    Lost,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Answer {
    /// Which no sample is likely to be.
    Even(Even),
    Words(String),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
struct Even(i32);

impl TryFrom<i32> for Even {
    type Error = String;

    fn try_from(number: i32) -> Result<Self, String> {
        if number % 2 == 0 { Ok(Self(number)) } else { Err("odd".to_owned()) }
    }
}

impl From<Even> for i32 {
    fn from(even: Even) -> Self {
        even.0
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Figure {
    Circle { radius: f64 },
    Square { side: Option<f64> },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Address {
    zip: String,
    #[serde(default)]
    floor: i32,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    text: Option<String>,
    width: f32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Tree {
    value: i32,
    children: Vec<Tree>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Beside {
    left: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<i32>,
}

mod as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        number.to_string().serialize(serializer)
    }

    /// Reads more than is written: what is asked for is not what is stored.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A document that is an enum.
#[derive(Debug, Clone, VersionedDocument)]
#[versioned(collection = "things", version = 1)]
#[serde(tag = "kind")]
enum Ticket {
    #[serde(rename = "single", alias = "one")]
    Single {
        price: f64,
        seat: Option<String>,
    },
    Pass(PassContent),
    Free,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct PassContent {
    until: DateTime,
}

fn thing() -> impl Strategy<Value = Thing> {
    let scalars =
        (any::<bool>(), any::<u8>(), 0..=i64::MAX as u64, any::<i64>(), any::<f64>(), any::<char>());
    let texts = ("\\PC{0,4}", of("\\PC{0,4}"), of(any::<i32>()), vec("[a-z]{0,3}", 0..3), "[a-z]{0,3}");
    let special =
        (any::<[u8; 12]>(), any::<i32>(), of(any::<i32>()), any::<[u8; 16]>(), vec(any::<u8>(), 0..4));
    let enums = (status(), payment(), event(), answer(), figure());
    let deep =
        (btree_map("[a-z.$]{1,3}", any::<i32>(), 0..3), address(), tree(), anything(), of(any::<i32>()));
    (scalars, texts, special, enums, deep).prop_map(|(scalars, texts, special, enums, deep)| {
        let (flag, small, large, whole, ratio, letter) = scalars;
        let (name, note, maybe, tags, word) = texts;
        let (made_by, made_at, ends_at, token, bytes) = special;
        let (status, payment, event, answer, shape) = enums;
        let (counts, home, tree, anything, right) = deep;
        Thing {
            id: 0,
            flag,
            small,
            large,
            whole,
            ratio,
            letter,
            name,
            note,
            maybe,
            tags,
            made_by: ObjectId::from_bytes(made_by),
            made_at: DateTime::from_millis(made_at.into()),
            ends_at: ends_at.map(|millis| DateTime::from_millis(millis.into())),
            token: Uuid::from_bytes(token),
            bytes: mongodb::bson::Binary { subtype: BinarySubtype::from(small), bytes },
            amount: whole.to_string().parse().expect("a decimal"),
            moment: Timestamp { time: small.into(), increment: 1 },
            counts,
            status,
            payment,
            event,
            answer,
            shape,
            pair: (whole as i32, word.clone()),
            home,
            tree,
            document: doc! { "x": anything.clone() },
            anything,
            lately: word.clone(),
            renamed: word.clone(),
            by_function: whole,
            beside: Beside { left: word, right },
        }
    })
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![Just(Status::Open), Just(Status::Done)]
}

fn payment() -> impl Strategy<Value = Payment> {
    prop_oneof![
        Just(Payment::Cash),
        "[0-9]{0,4}".prop_map(|number| Payment::Card { number }),
        any::<i32>().prop_map(Payment::Voucher),
        any::<(i32, i32)>().prop_map(|(one, other)| Payment::Split(one, other)),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        any::<i32>().prop_map(|millis| Event::Sent(DateTime::from_millis(millis.into()))),
        "[a-z]{0,3}".prop_map(|to| Event::Moved { to }),
        Just(Event::Lost),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        any::<i16>().prop_map(|half| Answer::Even(Even(i32::from(half) * 2))),
        "[a-z]{0,3}".prop_map(Answer::Words),
    ]
}

fn figure() -> impl Strategy<Value = Figure> {
    prop_oneof![
        any::<f64>().prop_map(|radius| Figure::Circle { radius }),
        of(any::<f64>()).prop_map(|side| Figure::Square { side }),
    ]
}

fn address() -> impl Strategy<Value = Address> {
    let line = (of("[a-z]{0,3}"), any::<f32>()).prop_map(|(text, width)| Line { text, width });
    ("[0-9]{5}", any::<i32>(), vec(line, 0..3)).prop_map(|(zip, floor, lines)| Address { zip, floor, lines })
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = any::<i32>().prop_map(|value| Tree { value, children: Vec::new() });
    leaf.prop_recursive(3, 6, 3, |inside| {
        (any::<i32>(), vec(inside, 0..3)).prop_map(|(value, children)| Tree { value, children })
    })
}

fn anything() -> impl Strategy<Value = Bson> {
    prop_oneof![
        Just(Bson::Null),
        any::<i32>().prop_map(Bson::Int32),
        any::<f64>().prop_map(Bson::Double),
        "[a-z]{0,3}".prop_map(Bson::String),
        Just(Bson::from(vec![1, 2])),
        Just(Bson::MaxKey),
    ]
}

fn ticket() -> impl Strategy<Value = Ticket> {
    prop_oneof![
        (any::<f64>(), of("[a-z]{0,3}")).prop_map(|(price, seat)| Ticket::Single { price, seat }),
        any::<i32>().prop_map(|at| Ticket::Pass(PassContent { until: DateTime::from_millis(at.into()) })),
        Just(Ticket::Free),
    ]
}

/// A collection with the validator of a type.
async fn guarded<T: DecodeOwned + Send + Sync>() -> (TestDatabase, Collection<Document>) {
    let database = database().await;
    database.create_collection("things").await.unwrap();
    let things = VersionedCollection::<T>::over(database.collection("things"));
    things.retire().validator(Validator::Shape).run().await.unwrap();
    let things = database.collection("things");
    (database, things)
}

fn some<S: Strategy>(count: usize, strategy: S) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("a value").current()).collect()
}

/// The bytes that are stored, under this id.
fn stored<T: VersionedDocument>(id: i32, document: &T) -> Document {
    let mut document = Document::try_from(encode(document).expect("it encodes")).expect("BSON");
    document.insert("_id", id);
    document
}

#[tokio::test]
async fn whatever_a_type_writes_is_accepted() {
    let (_database, things) = guarded::<Thing>().await;
    for (id, thing) in some(400, thing()).into_iter().enumerate() {
        let document = stored(id as i32, &thing);
        things.insert_one(&document).await.unwrap_or_else(|error| panic!("{error}\n{document}"));
    }
    let (_database, tickets) = guarded::<Ticket>().await;
    for (id, ticket) in some(60, ticket()).into_iter().enumerate() {
        let document = stored(id as i32, &ticket);
        tickets.insert_one(&document).await.unwrap_or_else(|error| panic!("{error}\n{document}"));
    }
}

/// Documents of all versions of a type with nested lists, enums and dates, brought up by a backfill.
#[tokio::test]
async fn what_a_backfill_writes_is_accepted() {
    let database = database().await;
    let stored = fixed_samples(300).into_iter().map(|sample| sample.stored);
    database.collection("articles").insert_many(stored).await.unwrap();
    let articles = VersionedCollection::<Article>::new(&database);
    assert!(articles.backfill().run().await.unwrap().is_clean());
    let retired = articles.retire().validator(Validator::Shape).run().await.unwrap();
    assert_eq!(retired.documents, 300, "{retired}");
}

/// Puts a value where `path` says, and says whether there was one.
fn put(document: &mut Document, path: &str, value: &Bson) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let last = parts.pop().expect("a name");
    let mut place = Bson::Document(document.clone());
    fn inside<'p>(place: &'p mut Bson, part: &str) -> Option<&'p mut Bson> {
        match place {
            Bson::Document(document) => document.get_mut(part),
            Bson::Array(items) => items.get_mut(part.parse::<usize>().ok()?),
            _ => None,
        }
    }
    let mut at = &mut place;
    for part in parts {
        match inside(at, part) {
            Some(next) => at = next,
            None => return false,
        }
    }
    let Some(at) = inside(at, last) else { return false };
    *at = value.clone();
    let Bson::Document(changed) = place else { unreachable!("it was a document") };
    *document = changed;
    true
}

#[tokio::test]
async fn a_field_of_a_wrong_type_is_refused() {
    let (_database, things) = guarded::<Thing>().await;
    let things_of = some(40, thing());
    // No type writes this but those that may be anything.
    let wrong = Bson::MinKey;
    for path in [
        "flag",
        "small",
        "large",
        "whole",
        "ratio",
        "letter",
        "name",
        "note",
        "maybe",
        "tags",
        "tags/0",
        "madeBy",
        "madeAt",
        "endsAt",
        "token",
        "bytes",
        "amount",
        "moment",
        "counts",
        "status",
        "payment",
        "payment/Card",
        "payment/Card/number",
        "payment/Voucher",
        "payment/Split",
        "event",
        "event/type",
        "pair",
        "home",
        "home/zip",
        "home/floor",
        "home/lines",
        "home/lines/0",
        "home/lines/0/text",
        "home/lines/0/width",
        "tree",
        "tree/value",
        "tree/children",
        "document",
        "lately",
        "schemaVersion",
    ] {
        let mut tried = 0;
        for thing in &things_of {
            let mut document = stored(1, thing);
            if put(&mut document, path, &wrong) {
                tried += 1;
                let refused =
                    things.insert_one(&document).await.expect_err(&format!("`{path}` in {document}"));
                assert!(refused.to_string().contains("failed validation"), "{refused}");
            }
        }
        assert!(tried > 0, "`{path}` is in none of the documents");
    }
    let mut document = stored(1, &Thing { event: Event::Sent(DateTime::MIN), ..things_of[0].clone() });
    assert!(put(&mut document, "event/data", &wrong));
    assert!(things.insert_one(&document).await.is_err(), "{document}");
    // Other fields may be there too, and numbers of other types, and a document of a newer release.
    let mut document = stored(1, &things_of[0]);
    document.extend(doc! { "more": [1], "small": 7.0, "ratio": 1_i64 });
    things.insert_one(document).await.unwrap();
    things.insert_one(doc! { "_id": 2, "schemaVersion": 2, "flag": "whatever" }).await.unwrap();
    assert!(things.insert_one(doc! { "_id": 3, "schemaVersion": 1, "flag": "whatever" }).await.is_err());

    let (_database, tickets) = guarded::<Ticket>().await;
    for refused in [
        doc! { "_id": 1, "schemaVersion": 1, "kind": "single", "price": "much" },
        doc! { "_id": 1, "schemaVersion": 1, "kind": "single" },
        doc! { "_id": 1, "schemaVersion": 1, "kind": "none" },
        doc! { "_id": 1, "schemaVersion": 1, "price": 1.0 },
    ] {
        assert!(tickets.insert_one(&refused).await.is_err(), "{refused}");
    }
    let one = doc! { "_id": 1, "schemaVersion": 1, "kind": "one", "price": 2 };
    tickets.insert_one(one).await.unwrap();
    assert_eq!(serialize_to_document(&Ticket::Free).unwrap().get_str("kind").unwrap(), "Free");
}

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "things", version = 1)]
struct Plain {
    #[serde(rename = "_id")]
    id: i32,
    flag: bool,
    name: String,
    made_by: ObjectId,
    made_at: DateTime,
    counts: BTreeMap<String, i32>,
    status: Status,
    payment: Payment,
    event: Event,
    home: Address,
    tree: Tree,
    note: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

#[tokio::test]
async fn a_field_that_is_always_written_has_to_be_there() {
    let (_database, things) = guarded::<Plain>().await;
    let thing = some(1, thing()).remove(0);
    let plain = Plain {
        id: 1,
        flag: thing.flag,
        name: thing.name,
        made_by: thing.made_by,
        made_at: thing.made_at,
        counts: thing.counts,
        status: thing.status,
        payment: thing.payment,
        event: thing.event,
        home: thing.home,
        tree: thing.tree,
        note: thing.note,
        tags: thing.tags,
    };
    let whole = stored(1, &plain);
    for name in whole.keys().filter(|name| *name != "_id") {
        let mut document = whole.clone();
        document.remove(name);
        let accepted = things.insert_one(&document).await.is_ok();
        assert_eq!(accepted, ["note", "tags"].contains(&name.as_str()), "without `{name}`");
        things.delete_many(doc! {}).await.unwrap();
    }
}
