//! The history as data, and as a page for people.

use schema_runtime::{
    Upgrade, VersionedDocument,
    bson::doc,
    history::{Markdown, Record, Rule, Step},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct LegV1 {
    port: String,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = LegV1, reversible)]
struct LegV2 {
    port: String,
}

#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    collection = "voyages",
    index(keys(ship_name, -price), unique),
    index(keys(price), name = "cheap", partial = doc! { "price": "1 | 2" })
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct VoyageV1 {
    #[serde(rename = "_id")]
    id: i64,
    ship_name: String,
    #[serde(alias = "cost")]
    price: String,
    legs: Vec<LegV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    captain: Option<String>,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = VoyageV1, removed(captain), reversible(captain = |_| None))]
#[serde(rename_all = "camelCase")]
struct VoyageV2 {
    #[serde(rename = "_id")]
    id: i64,
    #[versioned(from = ship_name)]
    vessel: String,
    #[versioned(try_with = |text| text.parse::<u32>(), back_with = |price| price.to_string())]
    price: u32,
    legs: Vec<LegV2>,
    #[versioned(compute = |old| old.ship_name.len() | 1)]
    r#type: usize,
    #[versioned(added = vec![1, 2])]
    tags: Vec<u8>,
    #[versioned(added)]
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, String>,
}

#[derive(VersionedDocument)]
#[versioned(version = 3, previous = VoyageV2, manual)]
struct VoyageV3 {
    vessel: String,
}

impl From<VoyageV2> for VoyageV3 {
    fn from(old: VoyageV2) -> Self {
        Self { vessel: old.vessel }
    }
}

#[test]
fn every_version_states_its_fields_and_rules() {
    let versions: Vec<_> = VoyageV3::HISTORY.versions().map(|version| version.version).collect();
    assert_eq!(versions, [3, 2, 1]);
    assert_eq!(VoyageV3::HISTORY.step, Step::Manual { reversible: false });

    let second = VoyageV3::HISTORY.at(2).unwrap();
    assert_eq!(second, VoyageV2::HISTORY);
    let Step::Derived { removed: ["captain"], back: Some([("captain", "|_| None")]) } = second.step else {
        panic!("{:?}", second.step);
    };
    let rule = |name: &str| second.field(name).unwrap().rule;
    assert_eq!(rule("vessel"), Rule::Carried { from: "ship_name" });
    assert_eq!(rule("legs"), Rule::Carried { from: "legs" });
    let function = "|text| text.parse::<u32>()";
    assert_eq!(rule("price"), Rule::With { from: &["price"], function, fallible: true });
    let function = "|old| old.ship_name.len() | 1";
    assert_eq!(rule("r#type"), Rule::Computed { function, fallible: false });
    assert_eq!(rule("tags"), Rule::Added { value: Some("vec![1, 2]") });
    assert_eq!(rule("rest"), Rule::Added { value: None });
    assert_eq!(second.field("price").unwrap().back_with, Some("|price| price.to_string()"));
    assert_eq!(
        (second.field("rest").unwrap().stored_as, second.field("rest").unwrap().serde),
        (None, &["flatten"][..])
    );

    let first = VoyageV3::HISTORY.at(1).unwrap();
    assert_eq!((first.step, first.serde), (Step::Start, &["deny_unknown_fields"][..]));
    assert_eq!(first.names().collect::<Vec<_>>(), ["_id", "shipName", "price", "cost", "legs", "captain"]);
    let captain = first.field("captain").unwrap();
    assert_eq!((captain.ty, captain.rule), ("Option<String>", Rule::Unstated));
    assert_eq!(captain.serde, ["default", "skip_serializing_if = \"Option::is_none\""]);
    assert_eq!(VoyageV3::HISTORY.at(4), None);
}

#[test]
fn it_reads_as_a_page() {
    insta::assert_snapshot!(Markdown::of::<VoyageV3>());
}

/// An index is not stored in a document, so a released version may be given another.
#[test]
fn an_index_is_not_in_the_record() {
    mod before {
        #[derive(schema_runtime::VersionedDocument)]
        #[versioned(version = 1)]
        pub(super) struct Port {
            name: String,
        }
    }
    mod after {
        #[derive(schema_runtime::VersionedDocument)]
        #[versioned(version = 1, index(keys(name), unique))]
        pub(super) struct Port {
            name: String,
        }
    }
    assert_ne!(before::Port::HISTORY, after::Port::HISTORY);
    assert_eq!(Record::of::<before::Port>(1), Record::of::<after::Port>(1));
}
