//! Chains through every entry point of serde.

use std::collections::{BTreeMap, HashMap};

use schema_core::{
    DecodeErrorKind, Upgrade, VersionedDocument,
    bson::{self, doc, oid::ObjectId, rawdoc},
    decode,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Variation {
    name: String,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(collection = "products", version = 1)]
#[serde(rename_all = "camelCase")]
pub struct ProductV1 {
    #[serde(rename = "_id")]
    pub id: ObjectId,
    pub name: String,
    pub category: String,
    pub price: String,
    pub legacy_sku: Option<String>,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = ProductV1, removed(legacy_sku))]
#[serde(rename_all = "camelCase")]
pub struct ProductV2 {
    #[serde(rename = "_id")]
    pub id: ObjectId,
    #[versioned(from = name)]
    pub title: String,
    #[versioned(from = category, with = tags_of)]
    pub tags: Vec<String>,
    #[versioned(try_with = parse_price)]
    pub price: f64,
    #[versioned(added)]
    variations: Vec<Variation>,
    #[versioned(added = 1)]
    pub quantity: i32,
    #[versioned(compute = slug_of)]
    pub slug: String,
}

fn tags_of(category: String) -> Vec<String> {
    vec![category]
}
fn parse_price(text: String) -> Result<f64, std::num::ParseFloatError> {
    text.parse()
}
fn slug_of(old: &ProductV1) -> String {
    old.name.to_lowercase()
}

#[test]
fn works() {
    let id = ObjectId::new();
    let raw =
        rawdoc! {"_id": id, "name": "Kettle", "category": "kitchen", "price": "24.9", "schemaVersion": 1};
    let p: ProductV2 = decode(&raw).unwrap();
    assert_eq!(p.title, "Kettle");
    let d = bson::serialize_to_document(&p).unwrap();
    assert_eq!(d.keys().next().unwrap(), "schemaVersion");
    let back: ProductV2 = bson::deserialize_from_document(d).unwrap();
    assert_eq!(back, p);
    let json = serde_json::to_string(&p).unwrap();
    let back: ProductV2 = serde_json::from_str(&json).unwrap();
    assert_eq!(back, p);
    let raw = rawdoc! {"_id": id, "name": "Kettle", "category": "kitchen", "price": "x", "schemaVersion": 1};
    let e = decode::<ProductV2>(&raw).unwrap_err();
    println!("{}", e.one_line());
    assert!(matches!(e.kind(), DecodeErrorKind::Step { from: 1, to: 2, .. }));
    let r: Result<ProductV2, _> =
        ProductV1 { id, name: "a".into(), category: "b".into(), price: "2".into(), legacy_sku: None }
            .try_into();
    r.unwrap();
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct AddressV1 {
    street: String,
    zip: String,
}
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = AddressV1)]
struct AddressV2 {
    street: String,
    #[versioned(try_with = |z: String| z.parse::<u32>())]
    zip: u32,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1)]
struct PersonV1 {
    addresses: Vec<AddressV1>,
    n: i32,
    map: HashMap<String, Option<AddressV1>>,
    same: BTreeMap<String, Vec<i32>>,
}
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = PersonV1)]
struct PersonV2 {
    addresses: Vec<AddressV2>,
    n: i64,
    map: HashMap<String, Option<AddressV2>>,
    same: BTreeMap<String, Vec<i32>>,
}
#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 3, previous = PersonV2)]
struct PersonV3 {
    addresses: Vec<AddressV2>,
    n: i64,
    map: HashMap<String, Option<AddressV2>>,
    same: BTreeMap<String, Vec<i32>>,
}

#[test]
fn lifted() {
    let raw = rawdoc! {"addresses": [{"street": "a", "zip": "1"}, {"street": "b", "zip": "x"}], "n": 1, "map": {}, "same": {}};
    let e = decode::<PersonV3>(&raw).unwrap_err();
    assert_eq!(e.path().unwrap().to_string(), "addresses[1].zip");
    let raw = rawdoc! {"addresses": [], "n": 1, "map": {"k": {"street": "b", "zip": "x"}}, "same": {}};
    let e = decode::<PersonV3>(&raw).unwrap_err();
    assert_eq!(e.path().unwrap().to_string(), "map[\"k\"].zip");
    println!("{}", e.one_line());
    let p = PersonV2::try_from(PersonV1 {
        addresses: vec![],
        n: 1,
        map: Default::default(),
        same: Default::default(),
    })
    .unwrap();
    let _p3 = PersonV3::from(p);
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct B1<'a, T> {
    #[serde(borrow)]
    s: &'a str,
    t: T,
    v: Vec<T>,
}
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = B1<'a, T>)]
struct B2<'a, T> {
    #[serde(borrow)]
    s: &'a str,
    t: T,
    #[versioned(from = v)]
    w: Vec<T>,
}
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
#[serde(deny_unknown_fields)]
struct Strict<'a> {
    s: &'a str,
    person: Option<PersonV3>,
}
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct Flat {
    s: String,
    #[serde(flatten)]
    rest: HashMap<String, bson::Bson>,
}

#[test]
fn generic() {
    let raw = rawdoc! {"s": "x", "t": 1, "v": [1, 2], "schemaVersion": 1};
    let b: B2<'_, i32> = decode(&raw).unwrap();
    assert_eq!(b.w, [1, 2]);
    let raw =
        rawdoc! {"s": "x", "schemaVersion": 1, "person": {"addresses": [], "n": 1, "map": {}, "same": {}}};
    let s: Strict<'_> = decode(&raw).unwrap();
    assert_eq!(s.person.unwrap().n, 1);
    let f: Flat =
        bson::deserialize_from_slice(rawdoc! {"s": "x", "schemaVersion": 1i64, "more": 5}.as_bytes())
            .unwrap();
    assert_eq!(f.rest.len(), 1);
    assert_eq!(bson::serialize_to_document(&f).unwrap(), doc! {"schemaVersion": 1, "s": "x", "more": 5});
}
