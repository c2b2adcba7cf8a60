//! BSON, by its elements: lengths stay right, and names and values are mostly those that some type asks for.

use std::sync::LazyLock;

use fastrand::Rng;
use schema_core::bson::{
    RawArrayBuf, RawBson, RawBsonRef, RawDocument, RawDocumentBuf, RawJavaScriptCodeWithScope, Timestamp,
    raw::{CStr, CString, cstr},
};

use crate::decode;

type Element = (CString, RawBson);

static EXAMPLES: LazyLock<Vec<Vec<Element>>> =
    LazyLock::new(|| decode::examples().iter().filter_map(|example| elements(example)).collect());

/// Names that are in no example.
const NAMES: [&str; 8] = ["schemaVersion", "v", "", "a", "_id", "0", "$oid", "schemaVersio"];

const TEXTS: [&str; 10] = ["", "a", "a b", "12", "-1", "Open", "Split", "seen", "4294967295", "ä\u{10ffff}"];

/// A document with something else about it, or `None` where the bytes are to be changed as bytes.
pub fn document(input: &[u8], seed: u64) -> Option<Vec<u8>> {
    let mut rng = Rng::with_seed(seed);
    if rng.u8(..) < 64 {
        return None;
    }
    let Some(mut elements) = RawDocument::from_bytes(input).ok().and_then(elements) else {
        return if rng.bool() {
            framed(input)
        } else {
            rng.choice(EXAMPLES.as_slice()).map(|example| to_document(example.clone()).into_bytes())
        };
    };
    let donors = rng.choice(EXAMPLES.as_slice())?;
    for _ in 0..rng.u8(1..=4) {
        change(&mut elements, donors, &mut rng);
    }
    Some(to_document(elements).into_bytes())
}

/// The same bytes with the length and the end of a document.
fn framed(input: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = input.to_vec();
    bytes.resize(bytes.len().max(5), 0);
    let length = i32::try_from(bytes.len()).ok()?.to_le_bytes();
    bytes.splice(..4, length);
    *bytes.last_mut()? = 0;
    Some(bytes)
}

fn elements(document: &RawDocument) -> Option<Vec<Element>> {
    let element = |(key, value): (&CStr, RawBsonRef<'_>)| (key.to_owned(), RawBson::from(value));
    document.iter().map(|found| found.ok().map(element)).collect()
}

fn to_document(elements: Vec<Element>) -> RawDocumentBuf {
    let mut document = RawDocumentBuf::new();
    for (key, value) in elements {
        document.append(key, value);
    }
    document
}

fn change(elements: &mut Vec<Element>, donors: &[Element], rng: &mut Rng) {
    let at = rng.usize(..=elements.len());
    let other = rng.usize(..=elements.len());
    let Some((key, found)) = elements.get_mut(at) else {
        elements.insert(other, new(donors, rng));
        return;
    };
    match rng.u8(..12) {
        0 | 1 => *key = name(donors, rng),
        2 | 3 => *found = value(donors, rng),
        4..8 => *found = inside(found, donors, rng),
        8 => drop(elements.remove(at)),
        9 => {
            let element = elements.remove(at);
            elements.insert(rng.usize(..=elements.len()), element);
        }
        10 => {
            let twice = elements.get(at).cloned();
            elements.extend(twice);
        }
        _ => elements.insert(other, new(donors, rng)),
    }
}

fn new(donors: &[Element], rng: &mut Rng) -> Element {
    match rng.choice(donors) {
        Some(donor) if rng.bool() => donor.clone(),
        _ => (name(donors, rng), value(donors, rng)),
    }
}

fn name(donors: &[Element], rng: &mut Rng) -> CString {
    let key = match rng.choice(donors) {
        Some((key, _)) if rng.bool() => Some(key.clone()),
        _ => rng.choice(NAMES).and_then(|name| CString::try_from(name).ok()),
    };
    key.unwrap_or_else(|| cstr!("").to_owned())
}

fn value(donors: &[Element], rng: &mut Rng) -> RawBson {
    let donor = rng.choice(donors).map_or(RawBson::Null, |(_, value)| value.clone());
    let text = rng.choice(TEXTS).unwrap_or_default().to_owned();
    match rng.u8(..16) {
        0 => RawBson::Int32(rng.i32(-1..6)),
        1 => RawBson::Int32(rng.i32(..)),
        2 => RawBson::Int64(rng.i64(-1..6)),
        3 => RawBson::Int64(rng.i64(..)),
        4 => RawBson::Double(f64::from(rng.i32(-1..6))),
        5 => RawBson::Double(f64::from_bits(rng.u64(..))),
        6 => RawBson::String(text),
        7 => RawBson::Document(to_document(donors.to_vec())),
        8 => RawBson::Array([donor].into_iter().collect()),
        9 => RawBson::Boolean(rng.bool()),
        10 => RawBson::JavaScriptCode(text),
        11 => RawBson::Timestamp(Timestamp { time: rng.u32(..), increment: rng.u32(..) }),
        12 => RawBson::JavaScriptCodeWithScope(RawJavaScriptCodeWithScope {
            code: text,
            scope: to_document(vec![(name(donors, rng), donor)]),
        }),
        13 => RawBson::Null,
        _ => donor,
    }
}

/// Something else within a value.
fn inside(value: &RawBson, donors: &[Element], rng: &mut Rng) -> RawBson {
    match value {
        RawBson::Document(document) => match elements(document) {
            Some(mut elements) => {
                change(&mut elements, donors, rng);
                RawBson::Document(to_document(elements))
            }
            None => self::value(donors, rng),
        },
        RawBson::Array(array) => {
            let mut values: Vec<Element> = array
                .into_iter()
                .flatten()
                .map(|value| (cstr!("").to_owned(), RawBson::from(value)))
                .collect();
            change(&mut values, donors, rng);
            RawBson::Array(values.into_iter().map(|(_, value)| value).collect::<RawArrayBuf>())
        }
        RawBson::String(text) => {
            let mut text = text.clone();
            match rng.bool() {
                true => text.push(rng.char(..)),
                false => drop(text.pop()),
            }
            RawBson::String(text)
        }
        RawBson::Int32(number) => RawBson::Int64(i64::from(*number)),
        RawBson::Int64(number) => RawBson::Double(*number as f64),
        RawBson::Double(number) => RawBson::Int32(*number as i32),
        _ => self::value(donors, rng),
    }
}
