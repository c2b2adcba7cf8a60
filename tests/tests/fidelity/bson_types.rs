//! Every BSON type, the deprecated ones and the odd values included, as content that no type knows: read, upgraded, taken
//! back and written without a server.

use std::slice;

use schema_runtime::{
    Decode, DecodeOwned, Unknown, VersionedDocument,
    bson::{Document, RawDocumentBuf, deserialize_from_slice, serialize_to_vec, spec::ElementType},
    decode, encode, encode_at,
};
use schema_tests::samples::{Sample, document, element, int32, samples, string};

/// A chain in which each version keeps what it does not know.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "kept")]
pub struct KeptV1 {
    #[serde(rename = "_id")]
    id: i32,
    name: String,
    #[versioned(unknown)]
    rest: Unknown,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = KeptV1, reversible)]
pub struct KeptV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(unknown)]
    rest: Unknown,
    #[versioned(from = name)]
    title: String,
}

/// A chain that has begun to keep it later.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "begun")]
pub struct BegunV1 {
    #[serde(rename = "_id")]
    id: i32,
    name: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = BegunV1)]
pub struct BegunV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(unknown, added)]
    rest: Unknown,
    #[versioned(from = name)]
    title: String,
}

/// The same document at the first version and at the second.
fn at_first(sample: &Sample) -> RawDocumentBuf {
    sample.between(&[int32("schemaVersion", 1), int32("_id", 7), string("name", "Ada")], &[])
}

fn at_second(sample: &Sample) -> RawDocumentBuf {
    sample.between(&[int32("schemaVersion", 2), int32("_id", 7), string("title", "Ada")], &[])
}

fn written<'de, T: Decode<'de>>(stored: &'de RawDocumentBuf) -> RawDocumentBuf {
    encode(&decode::<T>(stored).unwrap()).unwrap()
}

#[test]
fn a_read_and_a_write_keep_every_byte() {
    for sample in samples() {
        let (first, second, name) = (at_first(&sample), at_second(&sample), &sample.name);
        assert_eq!(written::<KeptV1>(&first), first, "{name}");
        assert_eq!(written::<KeptV2>(&second), second, "{name}");
        assert_eq!(written::<BegunV2>(&second), second, "{name}");
    }
}

#[test]
fn so_does_a_step_in_either_direction() {
    for sample in samples() {
        let (first, second, name) = (at_first(&sample), at_second(&sample), &sample.name);
        assert_eq!(written::<KeptV2>(&first), second, "{name}");
        assert_eq!(written::<BegunV2>(&first), second, "{name}");
        let current: KeptV2 = decode(&second).unwrap();
        assert_eq!(encode_at(current, 1).unwrap(), first, "{name}");
    }
}

/// Through serde, as the driver does, wherever the unknown fields and the stamp stand.
#[test]
fn so_do_serde_s_ways_and_any_order() {
    fn check<T: DecodeOwned + serde::de::DeserializeOwned>(sample: &Sample, expected: &RawDocumentBuf) {
        let (stamp, id, name) = (int32("schemaVersion", 1), int32("_id", 7), string("name", "Ada"));
        for stored in [
            sample.between(&[], &[stamp.clone(), id.clone(), name.clone()]),
            sample.between(slice::from_ref(&id), &[name.clone(), stamp.clone()]),
            sample.between(&[id.clone(), stamp.clone()], slice::from_ref(&name)),
            // Unversioned, which is version 1.
            sample.between(&[id, name], &[]),
        ] {
            let value: T = deserialize_from_slice(stored.as_bytes()).unwrap();
            assert_eq!(serialize_to_vec(&value).unwrap(), expected.as_bytes(), "{}", sample.name);
        }
    }
    for sample in samples() {
        check::<KeptV2>(&sample, &at_second(&sample));
        check::<BegunV2>(&sample, &at_second(&sample));
    }
}

/// In a document that holds others, each has its own unknown fields.
#[test]
fn so_does_a_document_in_another() {
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 1)]
    struct Shelf {
        items: Vec<KeptV2>,
    }
    for sample in samples() {
        let shelf = |item: RawDocumentBuf| {
            let items = document(&element(ElementType::EmbeddedDocument, "0", item.as_bytes()));
            let elements = [int32("schemaVersion", 1), element(ElementType::Array, "items", &items)].concat();
            RawDocumentBuf::from_bytes(document(&elements)).unwrap()
        };
        assert_eq!(written::<Shelf>(&shelf(at_first(&sample))), shelf(at_second(&sample)), "{}", sample.name);
    }
}

/// BSON has the options of a regular expression in the order of the alphabet, and the bson crate puts them in order where it
/// writes one by itself. Inside a document or an array it copies the bytes.
#[test]
fn options_of_a_regular_expression_are_written_in_order() {
    let regex = |options: &str| [b"^a\0", options.as_bytes(), b"\0"].concat();
    let alone = |options| Sample::new("alone", element(ElementType::RegularExpression, "x", &regex(options)));
    let nested = |options| {
        let inner = document(&element(ElementType::RegularExpression, "x", &regex(options)));
        Sample::new("nested", element(ElementType::EmbeddedDocument, "d", &inner))
    };
    assert_eq!(written::<KeptV1>(&at_first(&alone("xmi"))), at_first(&alone("imx")));
    assert_eq!(written::<KeptV1>(&at_first(&nested("xmi"))), at_first(&nested("xmi")));
}

/// A flattened `Document` keeps each type and value, and loses what a map of values cannot hold.
#[test]
fn a_flattened_document_keeps_less() {
    #[derive(Debug, VersionedDocument)]
    #[versioned(version = 1)]
    struct Flattened {
        #[serde(rename = "_id")]
        id: i32,
        name: String,
        #[serde(flatten)]
        rest: Document,
    }
    let samples = samples();
    let lost = samples.iter().filter(|sample| {
        let first = at_first(sample);
        let kept = decode::<Flattened>(&first).ok().and_then(|value| encode(&value).ok());
        kept.is_none_or(|kept| kept != first)
    });
    let lost: Vec<&str> = lost.map(|sample| sample.name.as_str()).collect();
    insta::assert_snapshot!(lost.join("\n"));
}
