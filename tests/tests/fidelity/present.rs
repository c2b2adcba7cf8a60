//! Absent, null and a value: which of serde's attributes tells them apart, through reading, writing, a step and a backfill.

use mongodb::bson::{Document, doc};
use schema_runtime::{VersionedCollection, VersionedDocument, decode, encode_at};
use schema_tests::stored::all;
use schema_tests::ways::{ways_in, ways_out};

use crate::support::database;

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "contacts")]
struct ContactV1 {
    #[serde(rename = "_id")]
    id: i32,
    /// Absent, null and a value are three things.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "schema_runtime::present")]
    phone: Option<Option<String>>,
    /// Absent and null are both `None`, which is written as null.
    mail: Option<String>,
    /// Absent and null are both `None`, which is not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    fax: Option<String>,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = ContactV1, reversible)]
struct ContactV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "schema_runtime::present")]
    #[versioned(from = phone)]
    mobile: Option<Option<String>>,
    mail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fax: Option<String>,
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// What is stored, what it is in Rust, and what is written.
type Case = (Document, Option<Option<String>>, Option<String>, Option<String>, Document);

fn cases(phone: &str) -> [Case; 3] {
    let id = || ("_id".to_owned(), 1.into());
    let field = |name: &str, value: Option<&str>| (name.to_owned(), value.into());
    let stored =
        |fields: Vec<(String, mongodb::bson::Bson)>| [id()].into_iter().chain(fields).collect::<Document>();
    let all = |value| stored(vec![field(phone, value), field("mail", value), field("fax", value)]);
    [
        (stored(vec![]), None, None, None, stored(vec![field("mail", None)])),
        (all(None), Some(None), None, None, stored(vec![field(phone, None), field("mail", None)])),
        (all(Some("x")), Some(some("x")), some("x"), some("x"), all(Some("x"))),
    ]
}

fn stamped(version: i32, document: &Document) -> Document {
    let mut stamped = doc! { "schemaVersion": version };
    stamped.extend(document.clone());
    stamped
}

#[test]
fn reading_and_writing_keep_the_three_apart() {
    for (stored, phone, mail, fax, written) in cases("phone") {
        let expected = ContactV1 { id: 1, phone, mail, fax };
        for (way, read) in ways_in::<ContactV1>() {
            assert_eq!(read(&stamped(1, &stored)).as_ref(), Ok(&expected), "{stored} from {way}");
        }
        for (way, write) in ways_out::<ContactV1>() {
            assert_eq!(write(&expected), Ok(stamped(1, &written)), "to {way}");
        }
    }
}

#[test]
fn a_step_keeps_them_apart_in_both_directions() {
    let upgraded = cases("mobile").into_iter();
    for ((stored, mobile, mail, fax, back), (.., written)) in cases("phone").into_iter().zip(upgraded) {
        let expected = ContactV2 { id: 1, mobile, mail, fax };
        for (way, read) in ways_in::<ContactV2>() {
            assert_eq!(read(&stamped(1, &stored)).as_ref(), Ok(&expected), "{stored} from {way}");
        }
        for (way, write) in ways_out::<ContactV2>() {
            assert_eq!(write(&expected), Ok(stamped(2, &written)), "to {way}");
        }
        let down = Document::try_from(encode_at(expected, 1).unwrap()).unwrap();
        assert_eq!(down, stamped(1, &back));
    }
}

/// A backfill does what a lazy read and a write do to the fields it changes.
#[tokio::test]
async fn a_backfill_keeps_them_apart() {
    let database = database().await;
    let contacts = VersionedCollection::<ContactV2>::new(&database);
    let raw = contacts.collection().clone_with_type::<Document>();
    let stored = cases("phone").into_iter().zip(1..).map(|((mut stored, ..), id)| {
        stored.insert("_id", id);
        stored
    });
    raw.insert_many(stored).await.unwrap();
    let report = contacts.backfill().run().await.unwrap();
    assert!(report.is_clean() && report.upgraded == 3, "{report}");

    let found: Vec<Document> = all(&raw).await.unwrap();
    for (found, (.., mut written)) in found.into_iter().zip(cases("mobile")) {
        written.insert("_id", found.get_i32("_id").unwrap());
        assert_eq!(sorted(found), sorted(stamped(2, &written)));
    }
}

/// An update puts new fields behind the old ones.
fn sorted(document: Document) -> Vec<(String, mongodb::bson::Bson)> {
    let mut fields: Vec<_> = document.into_iter().collect();
    fields.sort_by(|(one, _), (other, _)| one.cmp(other));
    fields
}

/// Without `skip_serializing_if`, an absent field would become a null.
#[test]
fn a_forgotten_attribute_is_an_error() {
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 1)]
    struct Forgotten {
        #[serde(default, with = "schema_runtime::present")]
        phone: Option<Option<String>>,
    }
    for (way, write) in ways_out::<Forgotten>() {
        let error = write(&Forgotten { phone: None }).unwrap_err();
        assert!(error.contains("add `skip_serializing_if"), "to {way}: {error}");
        assert!(write(&Forgotten { phone: Some(None) }).is_ok(), "to {way}");
    }
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct StrictV1 {
    #[serde(default)]
    tags: Vec<String>,
}

/// `default` stands in for an absent field, not for a null.
#[test]
fn a_default_does_not_take_a_null() {
    for (way, read) in ways_in::<StrictV1>() {
        assert_eq!(read(&doc! { "schemaVersion": 1 }), Ok(StrictV1 { tags: vec![] }), "from {way}");
        let error = read(&doc! { "schemaVersion": 1, "tags": null }).unwrap_err();
        assert!(error.contains("null") || error.contains("unit"), "from {way}: {error}");
    }
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct TaskV1 {
    tags: Option<Vec<String>>,
    state: String,
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = TaskV1, removed(state))]
struct TaskV2 {
    /// Absent and null become the default.
    #[versioned(with = Option::unwrap_or_default)]
    tags: Vec<String>,
    /// A constant in place of whatever was there.
    #[versioned(added = 1)]
    state: i32,
}

#[test]
fn a_step_may_put_a_default_or_a_constant_in_place_of_what_was_there() {
    for (stored, tags) in [
        (doc! { "state": "x" }, vec![]),
        (doc! { "tags": null, "state": "x" }, vec![]),
        (doc! { "tags": ["a"], "state": "x" }, vec!["a".to_owned()]),
    ] {
        let stored = mongodb::bson::RawDocumentBuf::try_from(stored).unwrap();
        assert_eq!(decode::<TaskV2>(&stored).unwrap(), TaskV2 { tags, state: 1 });
    }
}
