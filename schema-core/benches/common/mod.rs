//! What is measured: every comparison of a versioned type with the plain serde structs that somebody would
//! write without this crate.

mod account;
mod order;

use std::hint::black_box;

use bson::{Document, RawDocument, doc};
use schema_core::{VersionedDocument, decode, peek};
use serde::{Serialize, de::DeserializeOwned};

use self::{account::Accounts, order::Orders};

/// Two ways to do the same work.
pub(crate) struct Comparison {
    pub(crate) task: &'static str,
    pub(crate) size: usize,
    /// How much longer ours may take than theirs: the promise of this crate, where it makes one.
    pub(crate) limit: Option<f64>,
    pub(crate) ours: Work,
    pub(crate) theirs: Work,
}

/// Does the work as many times as it is told.
pub(crate) type Work = Box<dyn Fn(u64)>;

/// A collection's documents, as a chain and as plain structs with a real version field.
trait Kind: 'static {
    type Current: VersionedDocument + DeserializeOwned + for<'de> schema_core::Decode<'de>;
    type Plain: Serialize + DeserializeOwned;
    /// The same struct under another name, to see how far two equal contestants are apart.
    type Twin: DeserializeOwned;
    type PlainV1: Serialize + DeserializeOwned;

    /// A document as it was at version 1; the larger `scale`, the longer.
    fn sample(scale: usize) -> Self::PlainV1;

    /// The step that the chain derives, written by hand.
    fn convert(old: Self::PlainV1) -> Self::Plain;
}

pub(crate) fn comparisons() -> Vec<Comparison> {
    let mut all = Vec::new();
    compare::<Accounts>(0, 1.10, None, &mut all);
    compare::<Orders>(6, 1.05, Some(1.05), &mut all);
    compare::<Orders>(68, 1.05, None, &mut all);
    all
}

fn compare<K: Kind>(scale: usize, decode_limit: f64, upgrade_limit: Option<f64>, all: &mut Vec<Comparison>) {
    let plain = K::convert(K::sample(scale));
    let fields = bson::serialize_to_document(&plain).unwrap();
    let v1 = bson::serialize_to_document(&K::sample(scale)).unwrap();
    let second = bytes(&with_stamp(&fields, 1));
    let last = bytes(&with_stamp(&fields, fields.len()));
    let v1 = bytes(&with_stamp(&v1, 1));
    let current: K::Current = bson::deserialize_from_slice(&second).unwrap();

    let size = second.len();
    let mut add = |task, limit, ours, theirs| {
        all.push(Comparison { task, size, limit, ours, theirs });
    };
    let limit = Some(decode_limit);
    let plain_decode = slice::<K::Plain>;
    add("plain against its twin", None, slice::<K::Twin>(&second), plain_decode(&second));
    add("decode, stamp second", limit, slice::<K::Current>(&second), plain_decode(&second));
    add("decode, stamp last", None, slice::<K::Current>(&last), plain_decode(&last));
    add("schema_core::decode, stamp second", limit, direct::<K>(&second), plain_decode(&second));
    add("schema_core::decode, stamp last", None, direct::<K>(&last), plain_decode(&last));
    add("decode version 1", upgrade_limit, slice::<K::Current>(&v1), by_hand::<K>(&v1));
    add("schema_core::decode version 1", upgrade_limit, direct::<K>(&v1), by_hand::<K>(&v1));
    add("decode a `Document`", None, document::<K::Current>(&second), document::<K::Plain>(&second));
    add("decode JSON", None, json::<K::Current>(&plain), json::<K::Plain>(&plain));
    add("encode", Some(1.03), encode(current), encode(plain));
    add("peek against `get`, stamp second", None, peeked(&second), got(&second));
    add("peek against `get`, stamp last", None, peeked(&last), got(&last));
}

/// The document with its version at this position.
fn with_stamp(fields: &Document, position: usize) -> Document {
    let version = fields.get("schemaVersion").unwrap();
    let mut others: Vec<_> = fields.clone().into_iter().filter(|(key, _)| key != "schemaVersion").collect();
    others.insert(position.min(others.len()), ("schemaVersion".into(), version.clone()));
    let mut stamped = doc! {};
    stamped.extend(others);
    stamped
}

fn bytes(document: &Document) -> Vec<u8> {
    bson::serialize_to_vec(document).unwrap()
}

fn repeat<T>(work: impl Fn() -> T + 'static) -> Work {
    Box::new(move |times| {
        for _ in 0..times {
            black_box(work());
        }
    })
}

fn slice<T: DeserializeOwned + 'static>(bytes: &[u8]) -> Work {
    let bytes = bytes.to_vec();
    repeat(move || bson::deserialize_from_slice::<T>(black_box(&bytes)).unwrap())
}

/// Reading one takes it, so both make a copy.
fn document<T: DeserializeOwned + 'static>(bytes: &[u8]) -> Work {
    let document: Document = bson::deserialize_from_slice(bytes).unwrap();
    repeat(move || bson::deserialize_from_document::<T>(black_box(&document).clone()).unwrap())
}

fn json<T: DeserializeOwned + 'static>(document: &impl Serialize) -> Work {
    let text = serde_json::to_string(document).unwrap();
    repeat(move || serde_json::from_str::<T>(black_box(&text)).unwrap())
}

fn direct<K: Kind>(bytes: &[u8]) -> Work {
    let bytes = bytes.to_vec();
    repeat(move || decode::<K::Current>(RawDocument::from_bytes(black_box(&bytes)).unwrap()).unwrap())
}

fn by_hand<K: Kind>(bytes: &[u8]) -> Work {
    let bytes = bytes.to_vec();
    repeat(move || K::convert(bson::deserialize_from_slice::<K::PlainV1>(black_box(&bytes)).unwrap()))
}

fn encode<T: Serialize + 'static>(document: T) -> Work {
    repeat(move || bson::serialize_to_vec(black_box(&document)).unwrap())
}

fn peeked(bytes: &[u8]) -> Work {
    let bytes = bytes.to_vec();
    repeat(move || peek(black_box(&bytes), "schemaVersion").unwrap())
}

fn got(bytes: &[u8]) -> Work {
    let bytes = bytes.to_vec();
    repeat(move || RawDocument::from_bytes(black_box(&bytes)).unwrap().get_i32("schemaVersion").unwrap())
}
