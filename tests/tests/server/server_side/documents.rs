//! Documents of a chain's versions: as those write them, and with something wrong or odd about them.

use std::fmt;

use mongodb::bson::{
    Bson, DateTime, Decimal128, Document, RawBson, RawDocumentBuf, Regex, Timestamp, doc,
    oid::ObjectId,
    raw::{CString, cstr},
    rawdoc,
};
use proptest::{collection::vec, prelude::*, sample::select};
use schema_runtime::{DecodeOwned, Unversioned, server_side::ServerSide};

/// A document as one version writes it, without the stamp.
pub type Clean = fn(version: u32, id: i32) -> BoxedStrategy<Document>;

#[derive(Clone)]
pub struct Sample {
    pub stored: RawDocumentBuf,
    /// Whether it is of a version that the server can upgrade.
    pub is_possible: bool,
    /// Whether nothing was done to it, either.
    pub is_clean: bool,
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_clean { "clean" } else { "odd" };
        write!(f, "{kind} {:?}", self.stored)
    }
}

/// What is done to a clean document.
#[derive(Debug, Clone)]
enum Oddity {
    Set(String, Bson),
    Remove(String),
    /// The same name again.
    Twice(String, Bson),
    /// A name twice inside an unknown field.
    TwiceInside,
    Id(fn(i32) -> Bson),
    /// The first text with a `¿` is no UTF-8 any more.
    Spoil,
}

#[derive(Debug, Clone)]
enum Stamp {
    Int32,
    Int64,
    Double,
    Missing,
    Other(Bson),
}

pub fn samples<T: DecodeOwned>(clean: Clean) -> impl Strategy<Value = Vec<Sample>> {
    (1..60i32).prop_flat_map(move |count| (0..count).map(|id| sample::<T>(clean, id)).collect::<Vec<_>>())
}

fn sample<T: DecodeOwned>(clean: Clean, id: i32) -> impl Strategy<Value = Sample> {
    let older = T::HISTORY.versions().skip(1).map(|version| version.version).collect::<Vec<_>>();
    (select(older), stamp(), oddities::<T>()).prop_flat_map(move |(version, stamp, oddities)| {
        clean(version, id).prop_map(move |document| build::<T>(version, id, document, &stamp, &oddities))
    })
}

fn stamp() -> impl Strategy<Value = Stamp> {
    let others = vec![
        Bson::from("1"),
        Bson::Null,
        Bson::from(-1),
        Bson::from(1.5),
        Bson::from(f64::NAN),
        Bson::from(99),
        Bson::from(i64::MAX),
        Bson::from("1".parse::<Decimal128>().unwrap()),
        Bson::from(vec![1]),
        Bson::from(vec![2, 4]),
        Bson::from(doc! { "v": 1 }),
        Bson::Boolean(true),
    ];
    prop_oneof![
        8 => Just(Stamp::Int32),
        2 => Just(Stamp::Int64),
        2 => Just(Stamp::Double),
        4 => Just(Stamp::Missing),
        1 => select(others).prop_map(Stamp::Other),
    ]
}

fn oddities<T: DecodeOwned>() -> impl Strategy<Value = Vec<Oddity>> {
    let fields = T::HISTORY.versions().flat_map(|version| version.fields);
    let names = fields.flat_map(|field| [field.name].into_iter().chain(field.read_as.iter().copied()));
    let mut names: Vec<String> = names.filter(|name| *name != "_id").map(str::to_owned).collect();
    names.extend(["extra", "other", "a.b", "$a", "", "größe", "extra", "other"].map(str::to_owned));
    names.push(T::CHAIN.version_field.to_owned());
    names.extend(T::CHAIN.kind.map(|kind| kind.key.to_owned()));
    let name = select(names);
    let ids: Vec<fn(i32) -> Bson> =
        vec![|id| i64::from(id).into(), |id| format!("id {id}").into(), |id| doc! { "n": id }.into()];
    let oddity = prop_oneof![
        6 => (name.clone(), value()).prop_map(|(name, value)| Oddity::Set(name, value)),
        4 => name.clone().prop_map(Oddity::Remove),
        1 => (name, value()).prop_map(|(name, value)| Oddity::Twice(name, value)),
        1 => Just(Oddity::TwiceInside),
        1 => select(ids).prop_map(Oddity::Id),
        1 => Just(Oddity::Spoil),
    ];
    prop_oneof![2 => Just(Vec::new()), 2 => vec(oddity.clone(), 1), 1 => vec(oddity, 2..4)]
}

/// Values of every kind, among them those that are nearly of the right one.
fn value() -> impl Strategy<Value = Bson> {
    select(vec![
        Bson::Null,
        Bson::Undefined,
        Bson::from(0),
        Bson::from(-1),
        Bson::from(i32::MAX),
        Bson::from(-1_i64),
        Bson::from(0_i64),
        Bson::from(i64::MIN),
        Bson::from(-1.0),
        Bson::from(-0.0),
        Bson::from(1.5),
        Bson::from(f64::NAN),
        Bson::from("-1".parse::<Decimal128>().unwrap()),
        Bson::from(true),
        Bson::from(false),
        Bson::from(""),
        Bson::from("EUR"),
        Bson::from("Open"),
        Bson::from("¿ \0 text"),
        Bson::Symbol("text".to_owned()),
        Bson::from(Regex { pattern: cstr!("").into(), options: cstr!("").into() }),
        Bson::JavaScriptCode("f".to_owned()),
        Bson::from(ObjectId::from_bytes([3; 12])),
        Bson::from(DateTime::MAX),
        Bson::from(DateTime::MIN),
        Bson::from(Timestamp { time: 1, increment: 2 }),
        Bson::MinKey,
        Bson::Array(Vec::new()),
        Bson::from(vec!["a", "¿"]),
        Bson::from(vec![Bson::from("a"), Bson::Null]),
        Bson::from(vec![Bson::from("a"), Bson::Symbol("b".to_owned())]),
        Bson::from(vec![Bson::from(vec!["a"])]),
        Bson::from(vec![Bson::from(vec![1]), Bson::from(vec![Bson::from(2_i64)])]),
        Bson::from(vec![Bson::from(true), Bson::Null]),
        Bson::from(vec![doc! { "weight": 1 }]),
        Bson::from(doc! {}),
        Bson::from(doc! { "weight": 1, "more": 2 }),
        Bson::from(doc! { "$oid": "5f0000000000000000000000" }),
    ])
}

fn build<T: DecodeOwned>(
    version: u32,
    id: i32,
    document: Document,
    stamp: &Stamp,
    oddities: &[Oddity],
) -> Sample {
    let (number, mut is_odd) = (i32::try_from(version).unwrap(), !oddities.is_empty());
    let stamp = match stamp {
        Stamp::Int32 => Some(Bson::from(number)),
        Stamp::Int64 => Some(Bson::from(i64::from(number))),
        Stamp::Double => Some(Bson::from(f64::from(number))),
        Stamp::Missing => {
            is_odd |= T::CHAIN.unversioned != Unversioned::Version(version);
            None
        }
        Stamp::Other(value) => {
            is_odd = true;
            Some(value.clone())
        }
    };
    let mut elements: Vec<(String, Bson)> = document.into_iter().collect();
    if let Some(stamp) = stamp {
        // Not always where we write it.
        let place = if id % 3 == 0 { elements.len() } else { 1 };
        elements.insert(place, (T::CHAIN.version_field.to_owned(), stamp));
    }
    for oddity in oddities {
        match oddity {
            Oddity::Set(name, value) => match elements.iter_mut().find(|(other, _)| other == name) {
                Some((_, old)) => *old = value.clone(),
                None => elements.push((name.clone(), value.clone())),
            },
            Oddity::Remove(name) => elements.retain(|(other, _)| other != name),
            Oddity::Twice(name, value) => {
                let again = if elements.iter().any(|(other, _)| other == name) { 1 } else { 2 };
                elements.extend(std::iter::repeat_n((name.clone(), value.clone()), again));
            }
            Oddity::Id(new) => elements[0].1 = new(id),
            Oddity::TwiceInside | Oddity::Spoil => {}
        }
    }
    let mut raw = RawDocumentBuf::new();
    for (name, value) in elements {
        raw.append(CString::try_from(name).unwrap(), RawBson::try_from(value).unwrap());
    }
    if oddities.iter().any(|oddity| matches!(oddity, Oddity::TwiceInside)) {
        let mut inside = rawdoc! { "a": 1 };
        inside.append(cstr!("a"), 2);
        raw.append(cstr!("inside"), inside);
    }
    if oddities.iter().any(|oddity| matches!(oddity, Oddity::Spoil)) {
        raw = spoiled(raw);
    }
    let obstacles = ServerSide::of::<T>();
    let is_possible = !obstacles.obstacles().iter().any(|(obstructed, _)| *obstructed == version);
    Sample { stored: raw, is_possible, is_clean: is_possible && !is_odd }
}

fn spoiled(document: RawDocumentBuf) -> RawDocumentBuf {
    let mut bytes = document.into_bytes();
    let mark = "¿".as_bytes();
    if let Some(at) = bytes.windows(mark.len()).position(|window| window == mark) {
        bytes[at..at + mark.len()].copy_from_slice(&[0xFF, 0xFE]);
    }
    RawDocumentBuf::from_bytes(bytes).unwrap()
}
