//! A field whose type changed is converted by itself, through any nesting of containers, and a failure says
//! where in the nesting it was.

use std::collections::{BTreeMap, HashMap};

use schema_runtime::{
    Upgrade, VersionedDocument,
    bson::{Document, doc, serialize_to_raw_document_buf},
    decode,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct AddressV1 {
    zip: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = AddressV1)]
struct AddressV2 {
    #[versioned(try_with = |zip: String| zip.parse::<u32>())]
    zip: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PriceV1 {
    amount: String,
}

/// The stored names are the ones to report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = PriceV1)]
#[serde(rename_all = "camelCase")]
struct PriceV2 {
    #[versioned(from = amount, try_with = |amount: String| amount.parse::<u64>())]
    amount_in_cents: u64,
}

/// An alias is looked through.
type Deep<T> = Option<Box<Vec<[HashMap<String, T>; 1]>>>;

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
#[serde(default)]
struct CustomerV1 {
    plain: AddressV1,
    optional: Option<AddressV1>,
    boxed: Box<AddressV1>,
    addresses: Vec<AddressV1>,
    pair: [AddressV1; 2],
    prices: HashMap<String, PriceV1>,
    sorted: BTreeMap<String, Vec<Option<AddressV1>>>,
    deep: Deep<AddressV1>,
    number: i64,
    numbers: Vec<Vec<i64>>,
}

impl Default for CustomerV1 {
    fn default() -> Self {
        let address = AddressV1 { zip: "1".into() };
        Self {
            plain: address.clone(),
            optional: None,
            boxed: Box::new(address.clone()),
            addresses: vec![],
            pair: [address.clone(), address],
            prices: HashMap::new(),
            sorted: BTreeMap::new(),
            deep: None,
            number: 0,
            numbers: vec![],
        }
    }
}

#[derive(Debug, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = CustomerV1)]
#[serde(rename_all = "UPPERCASE")]
struct CustomerV2 {
    plain: AddressV2,
    optional: Option<AddressV2>,
    boxed: Box<AddressV2>,
    addresses: Vec<AddressV2>,
    pair: [AddressV2; 2],
    prices: HashMap<String, PriceV2>,
    sorted: BTreeMap<String, Vec<Option<AddressV2>>>,
    deep: Deep<AddressV2>,
    number: i32,
    #[versioned(from = numbers)]
    counts: Vec<Vec<i32>>,
}

fn upgrade(document: &Document) -> Result<CustomerV2, schema_runtime::DecodeError> {
    let bytes = serialize_to_raw_document_buf(document).unwrap();
    decode(&bytes)
}

#[test]
fn every_element_is_converted_in_its_place() {
    let zip = |zip| AddressV2 { zip };
    let customer = upgrade(&doc! {
        "plain": { "zip": "1" },
        "optional": { "zip": "2" },
        "boxed": { "zip": "3" },
        "addresses": [{ "zip": "4" }, { "zip": "5" }],
        "pair": [{ "zip": "6" }, { "zip": "7" }],
        "prices": { "EUR": { "amount": "1250" } },
        "sorted": { "home": [{ "zip": "8" }, null] },
        "deep": [[{ "a": { "zip": "9" } }]],
        "number": 10_i64,
        "numbers": [[11_i64], []],
    })
    .unwrap();
    let expected = CustomerV2 {
        plain: zip(1),
        optional: Some(zip(2)),
        boxed: Box::new(zip(3)),
        addresses: vec![zip(4), zip(5)],
        pair: [zip(6), zip(7)],
        prices: [("EUR".to_owned(), PriceV2 { amount_in_cents: 1250 })].into(),
        sorted: [("home".to_owned(), vec![Some(zip(8)), None])].into(),
        deep: Some(Box::new(vec![[[("a".to_owned(), zip(9))].into()]])),
        number: 10,
        counts: vec![vec![11], vec![]],
    };
    assert_eq!(customer, expected);
}

#[test]
fn a_failure_names_its_place() {
    let bad = doc! { "zip": "?" };
    let good = doc! { "zip": "1" };
    let big = i64::MAX;
    let cases = [
        (doc! { "plain": &bad }, "PLAIN.zip"),
        (doc! { "optional": &bad }, "OPTIONAL.zip"),
        (doc! { "boxed": &bad }, "BOXED.zip"),
        (doc! { "addresses": [&good, &good, &good, &bad, &good] }, "ADDRESSES[3].zip"),
        (doc! { "pair": [&good, &bad] }, "PAIR[1].zip"),
        (doc! { "prices": { "EUR": { "amount": "?" } } }, r#"PRICES["EUR"].amountInCents"#),
        (doc! { "sorted": { "home": [&good], "work": [null, &bad] } }, r#"SORTED["work"][1].zip"#),
        (doc! { "deep": [[{}], [{ "with \"quotes\"": &bad }]] }, r#"DEEP[1][0]["with \"quotes\""].zip"#),
        (doc! { "number": big }, "NUMBER"),
        (doc! { "numbers": [[1_i64], [1_i64, big]] }, "COUNTS[1][1]"),
    ];
    for (document, path) in cases {
        let error = upgrade(&document).unwrap_err();
        assert_eq!(error.path().map(ToString::to_string).as_deref(), Some(path));
    }
}

/// The first failure ends the step; there is no half-converted document to look at.
#[test]
fn the_first_failure_is_the_one_reported() {
    let bad = doc! { "zip": "?" };
    let error = upgrade(&doc! { "addresses": [&bad, &bad], "plain": &bad }).unwrap_err();
    assert_eq!(error.path().unwrap().to_string(), "PLAIN.zip");
}
