//! Versioned documents that are enums: the stamp beside the tag, every version read, whatever the format.

use proptest::prelude::*;
use schema_runtime::{
    DecodeErrorKind, VersionedDocument,
    bson::{
        self, Binary, Bson, DateTime, Decimal128, Document, RawDocumentBuf, Regex, Timestamp, Uuid, doc,
        oid::ObjectId, rawdoc,
    },
    decode, decode_stored, encode, encode_at,
    history::{Markdown, Record, Rule},
    replay,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "events")]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum EventV1 {
    Created {
        #[serde(rename = "_id")]
        id: i32,
        full_title: String,
        by: Person,
    },
    Moved(Place),
    Paused {
        #[serde(rename = "_id")]
        id: i32,
    },
    Closed,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = EventV1, removed(Paused { id } => Stopped { id, why: "paused".to_owned() }))]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum Event {
    Created {
        #[serde(rename = "_id")]
        id: i32,
        #[versioned(from = full_title)]
        heading: String,
        by: Person,
        #[versioned(added = 1)]
        seats: i64,
    },
    #[serde(alias = "relocated")]
    Moved(Place),
    #[versioned(added)]
    Stopped {
        #[serde(rename = "_id")]
        id: i32,
        why: String,
    },
    #[versioned(from = Closed)]
    Ended,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Person {
    name: String,
    account: ObjectId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Place {
    #[serde(rename = "_id")]
    id: i32,
    room: String,
    since: DateTime,
}

/// The same document through every format there is.
fn through_each<T: DeserializeOwned>(stored: &Document) -> Vec<T> {
    let bytes = bson::serialize_to_vec(stored).unwrap();
    vec![
        bson::deserialize_from_slice(&bytes).unwrap(),
        bson::deserialize_from_document(stored.clone()).unwrap(),
        bson::deserialize_from_bson(Bson::Document(stored.clone())).unwrap(),
        serde_json::from_value(serde_json::to_value(stored).unwrap()).unwrap(),
        serde_json::from_str(&serde_json::to_string(stored).unwrap()).unwrap(),
    ]
}

#[test]
fn every_version_reads_as_the_current_enum() {
    let account = ObjectId::new();
    let by = doc! { "name": "Ada", "account": account };
    let person = Person { name: "Ada".into(), account };
    let since = DateTime::from_millis(1_700_000_000_123);
    let created = Event::Created { id: 1, heading: "Talk".into(), by: person, seats: 1 };
    let place = Place { id: 2, room: "B".into(), since };
    for (stored, expected) in [
        (
            doc! { "_id": 1, "schemaVersion": 1, "type": "created", "fullTitle": "Talk", "by": by.clone() },
            created.clone(),
        ),
        (doc! { "_id": 1, "fullTitle": "Talk", "by": by.clone(), "type": "created" }, created.clone()),
        (
            doc! { "_id": 1, "heading": "Talk", "by": by, "seats": 1_i64, "type": "created", "schemaVersion": 2 },
            created,
        ),
        (
            doc! { "schemaVersion": 1, "type": "moved", "_id": 2, "room": "B", "since": since },
            Event::Moved(place.clone()),
        ),
        (
            doc! { "room": "B", "type": "relocated", "_id": 2, "since": since, "schemaVersion": 2 },
            Event::Moved(place),
        ),
        (doc! { "_id": 3, "type": "paused", "more": [1] }, Event::Stopped { id: 3, why: "paused".into() }),
        (doc! { "_id": 4, "type": "closed" }, Event::Ended),
        (doc! { "_id": 4, "type": "ended", "schemaVersion": 2, "more": { "a": 1 } }, Event::Ended),
    ] {
        for read in through_each::<Event>(&stored) {
            assert_eq!(read, expected, "{stored}");
        }
    }
}

#[test]
fn the_stamp_is_written_first_then_the_tag() {
    let stopped = Event::Stopped { id: 3, why: "rain".into() };
    let since = DateTime::from_millis(0);
    let moved = Event::Moved(Place { id: 2, room: "B".into(), since });
    for (event, written) in [
        (&stopped, rawdoc! { "schemaVersion": 2, "type": "stopped", "_id": 3, "why": "rain" }),
        (&moved, rawdoc! { "schemaVersion": 2, "type": "moved", "_id": 2, "room": "B", "since": since }),
        (&Event::Ended, rawdoc! { "schemaVersion": 2, "type": "ended" }),
    ] {
        assert_eq!(encode(event).unwrap(), written);
        assert_eq!(bson::serialize_to_document(event).unwrap(), Document::try_from(&written).unwrap());
    }
    assert_eq!(
        serde_json::to_string(&stopped).unwrap(),
        r#"{"schemaVersion":2,"type":"stopped","_id":3,"why":"rain"}"#
    );
}

#[test]
fn it_is_replayed_and_compared_like_any_document() {
    let stored = rawdoc! { "_id": 3, "type": "paused", "note": "kept" };
    let decoded = decode_stored::<Event>(&stored).unwrap();
    assert_eq!(
        (decoded.stored_version, &decoded.document),
        (1, &Event::Stopped { id: 3, why: "paused".into() })
    );
    assert_eq!(decoded.stored, rawdoc! { "schemaVersion": 1, "type": "paused", "_id": 3 });
    let versions = replay::<Event>(&stored).unwrap();
    assert_eq!(versions[0], (1, rawdoc! { "schemaVersion": 1, "type": "paused", "_id": 3 }));
    assert_eq!(
        versions[1],
        (2, rawdoc! { "schemaVersion": 2, "type": "stopped", "_id": 3, "why": "paused" })
    );
}

#[test]
fn it_may_stand_in_another_document() {
    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 7, oldest)]
    struct Log {
        last: Event,
        all: Vec<Event>,
    }
    let log = Log { last: Event::Ended, all: vec![Event::Stopped { id: 3, why: "paused".into() }] };
    let stored = doc! {
        "schemaVersion": 7,
        "last": { "schemaVersion": 1, "type": "closed" },
        "all": [{ "_id": 3, "type": "paused" }],
    };
    for read in through_each::<Log>(&stored) {
        assert_eq!(read, log);
    }
    let written = doc! {
        "schemaVersion": 7,
        "last": { "schemaVersion": 2, "type": "ended" },
        "all": [{ "schemaVersion": 2, "type": "stopped", "_id": 3, "why": "paused" }],
    };
    assert_eq!(bson::serialize_to_document(&log).unwrap(), written);
}

#[test]
fn a_wrong_tag_is_an_error_that_says_so() {
    for (stored, part) in [
        (rawdoc! { "_id": 1, "schemaVersion": 2 }, "missing field `type`"),
        (rawdoc! { "_id": 1, "schemaVersion": 2, "type": "paused" }, "unknown variant `paused`"),
        (rawdoc! { "_id": 1, "schemaVersion": 2, "type": 4 }, "the name of a variant"),
        (rawdoc! { "_id": 1, "schemaVersion": 2, "type": "stopped" }, "missing field `why`"),
    ] {
        let error = decode::<Event>(&stored).unwrap_err();
        let DecodeErrorKind::Body { stored: 2, source } = error.kind() else { panic!("{error}") };
        assert!(source.to_string().contains(part), "{source}");
        // Without bson's own words around it.
        assert!(!source.to_string().contains("Kind"), "{source}");
        let json = serde_json::to_string(&Document::try_from(&stored).unwrap()).unwrap();
        let error = serde_json::from_str::<Event>(&json).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn an_error_names_the_field_within_the_variant() {
    let by = doc! { "name": 5, "account": ObjectId::new() };
    let stored =
        doc! { "schemaVersion": 2, "type": "created", "_id": 1, "heading": "a", "seats": 1_i64, "by": by };
    let error = decode::<Event>(&RawDocumentBuf::try_from(&stored).unwrap()).unwrap_err();
    let DecodeErrorKind::Body { source, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(source.path().to_string(), "by.name", "{source}");
    let error = serde_json::from_str::<Event>(&serde_json::to_string(&stored).unwrap()).unwrap_err();
    assert!(error.to_string().contains("field `by.name`"), "{error}");
}

#[test]
fn a_part_may_not_bring_a_stamp_of_its_own() {
    #[derive(Serialize, Deserialize)]
    struct Clash {
        #[serde(rename = "schemaVersion")]
        version: i32,
    }
    #[derive(VersionedDocument)]
    #[versioned(version = 1)]
    #[serde(tag = "type")]
    enum Event {
        Fields(Clash),
        Entries(Document),
    }
    for event in [Event::Fields(Clash { version: 1 }), Event::Entries(doc! { "schemaVersion": 1 })] {
        let error = encode(&event).unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("has an entry named `schemaVersion`"), "{source}");
    }
    let error = encode(&Event::Entries(doc! { "type": "Fields" })).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("`Event` would be written with `type` twice"), "{source}");
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
#[serde(tag = "kind", content = "data", deny_unknown_fields)]
enum JobV1 {
    Idle,
    Mail(Option<String>),
    Span(i32, i64),
    Run { name: String },
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = JobV1, reversible)]
#[serde(tag = "kind", content = "data", deny_unknown_fields)]
enum Job {
    Idle,
    Mail(Option<String>),
    Span(i64, i64),
    Run {
        #[versioned(from = name)]
        command: String,
    },
}

#[test]
fn content_may_stand_apart() {
    for (stored, expected) in [
        (doc! { "kind": "Idle" }, Job::Idle),
        (doc! { "kind": "Idle", "data": null }, Job::Idle),
        (doc! { "kind": "Mail" }, Job::Mail(None)),
        (doc! { "data": "a@b.org", "kind": "Mail" }, Job::Mail(Some("a@b.org".into()))),
        (doc! { "schemaVersion": 1, "data": [1, 2_i64], "kind": "Span" }, Job::Span(1, 2)),
        (
            doc! { "data": { "name": "ls" }, "schemaVersion": 1, "kind": "Run" },
            Job::Run { command: "ls".into() },
        ),
        (
            doc! { "kind": "Run", "data": { "command": "ls" }, "schemaVersion": 2 },
            Job::Run { command: "ls".into() },
        ),
    ] {
        for read in through_each::<Job>(&stored) {
            assert_eq!(read, expected, "{stored}");
        }
    }
    let run = Job::Run { command: "ls".into() };
    assert_eq!(
        encode(&run).unwrap(),
        rawdoc! { "schemaVersion": 2, "kind": "Run", "data": { "command": "ls" } }
    );
    assert_eq!(
        encode_at(run, 1).unwrap(),
        rawdoc! { "schemaVersion": 1, "kind": "Run", "data": { "name": "ls" } }
    );
}

#[test]
fn content_apart_denies_what_it_does_not_know() {
    for (stored, part) in [
        (rawdoc! { "schemaVersion": 2, "kind": "Idle", "more": 1 }, "unknown field `more`"),
        (
            rawdoc! { "schemaVersion": 2, "kind": "Run", "data": { "command": "ls", "more": 1 } },
            "unknown field `more`",
        ),
        (rawdoc! { "schemaVersion": 2, "kind": "Run" }, "missing field `data`"),
        (rawdoc! { "schemaVersion": 2, "kind": "Idle", "data": 1 }, "invalid type"),
    ] {
        let error = decode::<Job>(&stored).unwrap_err();
        let DecodeErrorKind::Body { source, .. } = error.kind() else { panic!("{error}") };
        assert!(source.to_string().contains(part), "{source}");
    }
}

#[test]
fn it_may_borrow_and_be_generic() {
    #[derive(Debug, PartialEq, VersionedDocument)]
    #[versioned(version = 1)]
    #[serde(tag = "type")]
    enum Note<'a, T> {
        Text { text: &'a str, more: T },
        Other(T),
    }
    let stored = rawdoc! { "type": "Text", "text": "hello", "more": { "a": 1 } };
    let note: Note<'_, Document> = decode(&stored).unwrap();
    let Note::Text { text, more } = note else { panic!("{note:?}") };
    assert!(stored.as_bytes().as_ptr_range().contains(&text.as_ptr()));
    assert_eq!(more, doc! { "a": 1 });
}

#[test]
fn its_history_knows_the_variants() {
    let variants = Event::HISTORY.variants.unwrap();
    assert_eq!((variants.tag, variants.content), ("type", None));
    let names: Vec<_> = variants.list.iter().map(|variant| (variant.name, variant.from)).collect();
    let expected = [
        ("Created", Some("Created")),
        ("Moved", Some("Moved")),
        ("Stopped", None),
        ("Ended", Some("Closed")),
    ];
    assert_eq!(names, expected);
    assert_eq!(variants.named("Moved").unwrap().read_as, ["moved", "relocated"]);
    let heading = variants.named("Created").unwrap().fields[1];
    assert_eq!((heading.stored_as, heading.rule), (Some("heading"), Rule::Carried { from: "full_title" }));

    let names =
        |document: RawDocumentBuf| Event::HISTORY.at(1).unwrap().names_in(&document).collect::<Vec<_>>();
    assert_eq!(names(rawdoc! { "type": "created" }), ["type", "_id", "fullTitle", "by"]);
    assert_eq!(names(rawdoc! { "type": "closed" }), ["type"]);
    assert_eq!(names(rawdoc! {}), ["type"]);
    insta::assert_snapshot!(Markdown::of::<Event>());
    let Record { shape, attributes, step, .. } = Record::of::<Event>(2).unwrap();
    let lines: Vec<_> = shape.iter().chain(&attributes).chain(&step).map(ToString::to_string).collect();
    insta::assert_snapshot!("its_record", lines.join("\n"));
}

/// One enum with serde's own derive and one with ours.
macro_rules! twins {
    ($(#[$attr:meta])* $ours:ident, $plain:ident { $($variants:tt)* }) => {
        #[derive(Debug, Clone, PartialEq, VersionedDocument)]
        #[versioned(version = 3, oldest)]
        $(#[$attr])*
        enum $ours { $($variants)* }

        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        $(#[$attr])*
        enum $plain { $($variants)* }
    };
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    oid: ObjectId,
    at: Option<DateTime>,
    decimal: Decimal128,
    binary: Binary,
    uuid: Uuid,
    timestamp: Timestamp,
    regex: Regex,
    any: Vec<Bson>,
    double: f64,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Empty;

twins! {
    #[serde(tag = "t", rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields = "PascalCase")]
    Internal, PlainInternal {
        Nothing,
        #[serde(rename = "Val", alias = "values")]
        Everything(Values),
        Boxed(Box<Values>),
        Unit(Empty),
        Entries(std::collections::BTreeMap<String, i64>),
        #[serde(rename_all = "kebab-case")]
        OneField { first_field: Values, #[serde(default)] second_field: Option<i32> },
        WithRest { first_field: ObjectId, #[serde(flatten)] rest: Document },
        #[serde(with = "in_a_field")]
        Wrapped(DateTime),
    }
}

twins! {
    #[serde(tag = "t", content = "c", rename_all = "lowercase")]
    Adjacent, PlainAdjacent {
        Nothing,
        Everything(Values),
        Number(i64),
        Maybe(Option<ObjectId>),
        Two(ObjectId, Decimal128),
        OneField { first_field: Values, #[serde(rename = "2")] second_field: Option<i32> },
        WithRest { first_field: ObjectId, #[serde(flatten)] rest: Document },
        #[serde(with = "in_a_field")]
        Wrapped(DateTime),
    }
}

/// A variant through functions.
mod in_a_field {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Field {
        value: DateTime,
    }

    pub fn serialize<S: serde::Serializer>(value: &DateTime, serializer: S) -> Result<S::Ok, S::Error> {
        Field { value: *value }.serialize(serializer)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<DateTime, D::Error> {
        Field::deserialize(deserializer).map(|field| field.value)
    }
}

fn date() -> impl Strategy<Value = DateTime> {
    (0_i64..4_000_000_000_000).prop_map(DateTime::from_millis)
}

fn oid() -> impl Strategy<Value = ObjectId> {
    any::<[u8; 12]>().prop_map(ObjectId::from_bytes)
}

fn decimal() -> impl Strategy<Value = Decimal128> {
    any::<i64>().prop_map(|number| number.to_string().parse().unwrap())
}

fn bson() -> impl Strategy<Value = Bson> {
    prop_oneof![
        Just(Bson::Null),
        any::<i32>().prop_map(Bson::Int32),
        any::<bool>().prop_map(Bson::Boolean),
        "[a-z]{0,4}".prop_map(Bson::String),
        oid().prop_map(Bson::ObjectId),
        date().prop_map(Bson::DateTime),
        decimal().prop_map(Bson::Decimal128),
        oid().prop_map(|oid| doc! { "a": [oid, null] }.into()),
    ]
}

fn rest() -> impl Strategy<Value = Document> {
    proptest::collection::btree_map("x[a-z]{1,3}", bson(), 0..3).prop_map(|map| map.into_iter().collect())
}

fn values() -> impl Strategy<Value = Values> {
    let binary =
        (proptest::collection::vec(any::<u8>(), 0..5), any::<bool>()).prop_map(|(bytes, generic)| Binary {
            subtype: if generic {
                bson::spec::BinarySubtype::Generic
            } else {
                bson::spec::BinarySubtype::UserDefined(0x80)
            },
            bytes,
        });
    let uuid = any::<[u8; 16]>().prop_map(Uuid::from_bytes);
    let timestamp = any::<(u32, u32)>().prop_map(|(time, increment)| Timestamp { time, increment });
    let regex = "[a-z]{0,3}"
        .prop_map(|pattern| Regex { pattern: pattern.try_into().unwrap(), options: "i".try_into().unwrap() });
    let some = proptest::collection::vec(bson(), 0..3);
    // As JSON, others come back rounded.
    let quarters = any::<i32>().prop_map(|number| f64::from(number) / 4.0);
    let parts = (
        oid(),
        proptest::option::of(date()),
        decimal(),
        binary,
        uuid,
        timestamp,
        regex,
        some,
        quarters,
        ".*",
    );
    parts.prop_map(|(oid, at, decimal, binary, uuid, timestamp, regex, any, double, text)| Values {
        oid,
        at,
        decimal,
        binary,
        uuid,
        timestamp,
        regex,
        any,
        double,
        text,
    })
}

/// The same value as both twins.
macro_rules! both {
    ($ours:ident, $plain:ident :: $variant:ident $($value:tt)*) => {
        ($ours::$variant $($value)*, $plain::$variant $($value)*)
    };
}

fn internal() -> impl Strategy<Value = (Internal, PlainInternal)> {
    let number = proptest::option::of(any::<i32>());
    let entries = proptest::collection::btree_map("x[a-z]{0,3}", any::<i64>(), 0..3);
    prop_oneof![
        Just(both!(Internal, PlainInternal::Nothing)),
        Just(both!(Internal, PlainInternal::Unit(Empty))),
        values().prop_map(|v| both!(Internal, PlainInternal::Everything(v.clone()))),
        values().prop_map(|v| both!(Internal, PlainInternal::Boxed(Box::new(v.clone())))),
        entries.prop_map(|entries| both!(Internal, PlainInternal::Entries(entries.clone()))),
        (values(), number).prop_map(|(v, n)| {
            both!(Internal, PlainInternal::OneField { first_field: v.clone(), second_field: n })
        }),
        (oid(), rest()).prop_map(|(oid, rest)| {
            both!(Internal, PlainInternal::WithRest { first_field: oid, rest: rest.clone() })
        }),
        date().prop_map(|date| both!(Internal, PlainInternal::Wrapped(date))),
    ]
}

fn adjacent() -> impl Strategy<Value = (Adjacent, PlainAdjacent)> {
    let number = proptest::option::of(any::<i32>());
    prop_oneof![
        Just(both!(Adjacent, PlainAdjacent::Nothing)),
        values().prop_map(|v| both!(Adjacent, PlainAdjacent::Everything(v.clone()))),
        any::<i64>().prop_map(|n| both!(Adjacent, PlainAdjacent::Number(n))),
        proptest::option::of(oid()).prop_map(|oid| both!(Adjacent, PlainAdjacent::Maybe(oid))),
        (oid(), decimal()).prop_map(|(oid, decimal)| both!(Adjacent, PlainAdjacent::Two(oid, decimal))),
        (values(), number).prop_map(|(v, n)| {
            both!(Adjacent, PlainAdjacent::OneField { first_field: v.clone(), second_field: n })
        }),
        (oid(), rest()).prop_map(|(oid, rest)| {
            both!(Adjacent, PlainAdjacent::WithRest { first_field: oid, rest: rest.clone() })
        }),
        date().prop_map(|date| both!(Adjacent, PlainAdjacent::Wrapped(date))),
    ]
}

/// What ours writes is what serde's own derive writes, behind the stamp; and whoever wrote it, in whatever order of
/// fields, it reads.
fn agrees<T, P>(ours: &T, plain: &P) -> Result<(), TestCaseError>
where
    T: VersionedDocument + DeserializeOwned + PartialEq + std::fmt::Debug,
    P: Serialize + DeserializeOwned + PartialEq,
{
    let written = bson::serialize_to_document(plain).unwrap();
    let mut stamped = doc! { "schemaVersion": 3 };
    stamped.extend(written.clone());
    prop_assert_eq!(&bson::serialize_to_document(ours).unwrap(), &stamped);
    let bytes = bson::serialize_to_vec(&stamped).unwrap();
    prop_assert_eq!(encode(ours).unwrap().into_bytes(), bytes);
    let mut json = serde_json::to_value(plain).unwrap();
    json["schemaVersion"] = json!(3);
    prop_assert_eq!(&serde_json::to_value(ours).unwrap(), &json);

    let mut reversed: Vec<_> = stamped.clone().into_iter().collect();
    reversed.reverse();
    let reversed = Document::from_iter(reversed);
    for stored in [written, stamped, reversed] {
        let bytes = bson::serialize_to_vec(&stored).unwrap();
        prop_assert_eq!(&bson::deserialize_from_slice::<T>(&bytes).unwrap(), ours);
        prop_assert_eq!(&bson::deserialize_from_document::<T>(stored.clone()).unwrap(), ours);
    }
    // Some bytes come back from JSON as a list of numbers, whoever reads them.
    if serde_json::from_value::<P>(json.clone()).is_ok_and(|read| read == *plain) {
        let text = serde_json::to_string(&json).unwrap();
        prop_assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), ours);
        prop_assert_eq!(&serde_json::from_value::<T>(json).unwrap(), ours);
    }
    Ok(())
}

proptest! {
    #[test]
    fn an_internal_tag_is_that_of_serde((ours, plain) in internal()) {
        agrees(&ours, &plain)?;
    }

    #[test]
    fn an_adjacent_tag_is_that_of_serde((ours, plain) in adjacent()) {
        agrees(&ours, &plain)?;
    }
}
