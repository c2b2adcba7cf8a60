//! `#[derive(Upgrade)]`: the conversion of types that live inside documents and carry no stamp.

use schema_runtime::{Upgrade, VersionedDocument, bson::rawdoc, decode, encode};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct MoneyV1 {
    amount: String,
    currency: Option<String>,
    comment: String,
}

/// The same keys as on a document, but no version.
#[derive(Debug, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = MoneyV1, removed(comment))]
struct MoneyV2 {
    #[versioned(try_with = |amount: String| amount.parse::<i64>())]
    amount: i64,
    #[versioned(with = |currency: Option<String>| currency.unwrap_or_else(|| "EUR".into()))]
    currency: String,
    #[versioned(compute = |old: &MoneyV1| old.amount.starts_with('-'))]
    refund: bool,
    #[versioned(added = 2)]
    digits: u8,
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct InvoiceV1 {
    total: MoneyV1,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = InvoiceV1)]
struct InvoiceV2 {
    total: MoneyV2,
}

#[test]
fn an_embedded_type_follows_its_document() {
    let stored = rawdoc! { "total": { "amount": "-5", "comment": "returned" } };
    let invoice: InvoiceV2 = decode(&stored).unwrap();
    let expected = MoneyV2 { amount: -5, currency: "EUR".into(), refund: true, digits: 2 };
    assert_eq!(invoice.total, expected);
}

/// Its place in the document is the stamp of the whole: it has none of its own.
#[test]
fn an_embedded_type_is_written_without_a_stamp() {
    let stored = rawdoc! { "total": { "amount": "5", "currency": "CHF", "comment": "" } };
    let invoice: InvoiceV2 = decode(&stored).unwrap();
    let expected = rawdoc! {
        "schemaVersion": 2,
        "total": { "amount": 5_i64, "currency": "CHF", "refund": false, "digits": 2 },
    };
    assert_eq!(encode(&invoice).unwrap(), expected);
}

/// An embedded enum takes part with a conversion of its own.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum StateV1 {
    Open,
    Done,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum StateV2 {
    Open,
    Closed { reason: String },
}

impl From<StateV1> for StateV2 {
    fn from(old: StateV1) -> Self {
        match old {
            StateV1::Open => Self::Open,
            StateV1::Done => Self::Closed { reason: "done".into() },
        }
    }
}

/// A tree holds itself, so whether its step can fail cannot be asked of its children.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct TaskV1 {
    title: String,
    state: StateV1,
    subtasks: Vec<TaskV1>,
    parent: Option<Box<TaskV1>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = TaskV1)]
struct TaskV2 {
    title: String,
    state: StateV2,
    subtasks: Vec<TaskV2>,
    parent: Option<Box<TaskV2>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = TaskV2, removed(state, parent))]
struct TaskV3 {
    #[versioned(try_with = |title: String| if title.is_empty() { Err("a task needs a title") } else { Ok(title) })]
    title: String,
    subtasks: Vec<Self>,
}

fn task(title: &str, state: StateV1, subtasks: Vec<TaskV1>) -> TaskV1 {
    TaskV1 { title: title.into(), state, subtasks, parent: None }
}

#[test]
fn a_tree_is_converted_to_its_leaves() {
    let old =
        task("a", StateV1::Open, vec![task("b", StateV1::Done, vec![task("c", StateV1::Open, vec![])])]);
    let new = TaskV2::from(old);
    let [b] = new.subtasks.as_slice() else { panic!("{new:?}") };
    assert_eq!(b.state, StateV2::Closed { reason: "done".into() });
    assert_eq!(b.subtasks[0].title, "c");
}

#[test]
fn a_failure_deep_in_a_tree_has_its_whole_path() {
    let leaf = task("", StateV1::Open, vec![]);
    let old = task(
        "a",
        StateV1::Open,
        vec![task("b", StateV1::Open, vec![]), task("c", StateV1::Open, vec![leaf])],
    );
    let error = TaskV3::try_from(TaskV2::from(old)).unwrap_err();
    assert_eq!(error.path().to_string(), "subtasks[1].subtasks[0].title");
    assert_eq!(error.to_string(), "field `subtasks[1].subtasks[0].title` could not be converted");
}
