//! The rows of the table: one stored document each, and everybody who reads it.

use bson::{Document, RawDocument, de::deserialize_from_slice};
use serde::Deserialize;

use crate::{
    contender::{Contender, Stamp},
    kind::Kind,
    plain::{Accounts, Orders},
};

pub(crate) struct Contest {
    pub(crate) row: String,
    /// The first is ours.
    pub(crate) contenders: Vec<Contender>,
    expected: Document,
}

impl Contest {
    /// Whoever reads something else is not worth measuring.
    pub(crate) fn check(&self) {
        for contender in &self.contenders {
            assert_eq!(contender.result, self.expected, "{}: {}", self.row, contender.name);
        }
    }
}

pub(crate) fn contests() -> Vec<Contest> {
    let mut contests = Vec::new();
    add::<Accounts>(0, &mut contests);
    add::<Orders>(6, &mut contests);
    add::<Orders>(68, &mut contests);
    contests
}

fn add<K: Kind>(scale: usize, contests: &mut Vec<Contest>) {
    let current: K::V3 = K::sample(scale).into().into();
    let current = bson::serialize_to_document(&current).unwrap();
    let first = bson::serialize_to_document(&K::sample(scale)).unwrap();
    for (name, version, fields) in [("current", 3, &current), ("1 of 3", 1, &first)] {
        let contenders = contenders::<K>(fields, version);
        let row = format!("| {} | {name} |", contenders[0].size);
        contests.push(Contest { row, contenders, expected: current.clone() });
    }
}

fn contenders<K: Kind>(fields: &Document, version: usize) -> Vec<Contender> {
    let number = Stamp::new("schemaVersion", [1, 2, 3]);
    let text = Stamp::new("schemaVersion", ["1", "2", "3"]);
    let evolve = Stamp::new("_version", ["1", "2", "3"]);
    let versioned = Stamp::new("version", ["1", "2", "3"]);
    let obake = Stamp::new("schemaVersion", ["Document_v1_0_0", "Document_v2_0_0", "Document_v3_0_0"]);
    let migrate = Stamp::new("version", ["1.0.0", "2.0.0", "3.0.0"]);
    let migrator = K::migrator();
    vec![
        Contender::new("schema-core", &number, fields, version, typed::<K::Ours>),
        Contender::new("`match`, then typed", &number, fields, version, matched::<K>),
        Contender::new("tagged enum", &text, fields, version, tagged::<K>),
        Contender::new("untagged enum", &number, fields, version, untagged::<K>),
        Contender::new("`Document`, then typed", &number, fields, version, through_document::<K>),
        Contender::new("serde-evolve", &evolve, fields, version, typed::<K::SerdeEvolve>),
        Contender::new("serde_versioned", &versioned, fields, version, typed::<K::SerdeVersioned>),
        Contender::new("obake", &obake, fields, version, |bytes| -> K::Obake {
            typed::<K::AnyObake>(bytes).into()
        }),
        Contender::new("version-migrate", &migrate, fields, version, move |bytes| -> K::V3 {
            migrator.load_flat_from("document", typed::<serde_json::Value>(bytes)).unwrap()
        }),
    ]
}

fn typed<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> T {
    deserialize_from_slice(bytes).unwrap()
}

/// What this framework derives, by hand: the version first, then the struct of that version.
fn matched<K: Kind>(bytes: &[u8]) -> K::V3 {
    match RawDocument::from_bytes(bytes).unwrap().get_i32("schemaVersion").unwrap() {
        1 => typed::<K::V1>(bytes).into().into(),
        2 => typed::<K::V2>(bytes).into(),
        _ => typed::<K::V3>(bytes),
    }
}

#[derive(Deserialize)]
#[serde(tag = "schemaVersion")]
enum Tagged<V1, V2, V3> {
    #[serde(rename = "1")]
    V1(V1),
    #[serde(rename = "2")]
    V2(V2),
    #[serde(rename = "3")]
    V3(V3),
}

fn tagged<K: Kind>(bytes: &[u8]) -> K::V3 {
    match typed::<Tagged<K::V1, K::V2, K::V3>>(bytes) {
        Tagged::V1(document) => document.into().into(),
        Tagged::V2(document) => document.into(),
        Tagged::V3(document) => document,
    }
}

/// The newest first, so that the documents there are most of need one attempt.
#[derive(Deserialize)]
#[serde(untagged)]
enum Untagged<V1, V2, V3> {
    V3(V3),
    V2(V2),
    V1(V1),
}

fn untagged<K: Kind>(bytes: &[u8]) -> K::V3 {
    match typed::<Untagged<K::V1, K::V2, K::V3>>(bytes) {
        Untagged::V1(document) => document.into().into(),
        Untagged::V2(document) => document.into(),
        Untagged::V3(document) => document,
    }
}

fn through_document<K: Kind>(bytes: &[u8]) -> K::V3 {
    let document: Document = typed(bytes);
    match document.get_i32("schemaVersion").unwrap() {
        1 => bson::deserialize_from_document::<K::V1>(document).unwrap().into().into(),
        2 => bson::deserialize_from_document::<K::V2>(document).unwrap().into(),
        _ => bson::deserialize_from_document(document).unwrap(),
    }
}
