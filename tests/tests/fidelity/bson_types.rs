//! Every BSON type, the deprecated ones and the odd values included, as content that no type knows: read, upgraded, taken
//! back and written without a server.

use std::slice;

use schema_runtime::{
    Decode, DecodeOwned, Unknown, VersionedDocument,
    bson::{Document, RawDocumentBuf, deserialize_from_slice, serialize_to_vec, spec::ElementType},
    decode, encode, encode_at,
};

/// Fields as they may lie in a document.
pub struct Sample {
    pub name: String,
    /// Elements without the length before and the NUL behind them.
    pub elements: Vec<u8>,
}

impl Sample {
    fn new(name: impl Into<String>, elements: Vec<u8>) -> Self {
        Self { name: name.into(), elements }
    }

    /// The same fields in a document of their own.
    pub fn nested(self) -> Self {
        let elements = element(ElementType::EmbeddedDocument, "nested", &document(&self.elements));
        Self { elements, ..self }
    }

    /// The names of the fields.
    pub fn names(&self) -> Vec<String> {
        let document = RawDocumentBuf::from_bytes(document(&self.elements)).unwrap();
        document.iter_elements().map(|element| element.unwrap().key().to_string()).collect()
    }

    /// The elements between others, as a document.
    pub fn between(&self, before: &[Vec<u8>], after: &[Vec<u8>]) -> RawDocumentBuf {
        let elements = [before.concat(), self.elements.clone(), after.concat()].concat();
        RawDocumentBuf::from_bytes(document(&elements)).unwrap()
    }
}

fn element(kind: ElementType, name: &str, value: &[u8]) -> Vec<u8> {
    [&[kind as u8], name.as_bytes(), &[0], value].concat()
}

fn document(elements: &[u8]) -> Vec<u8> {
    let length = i32::try_from(elements.len() + 5).unwrap().to_le_bytes();
    [length.as_slice(), elements, &[0]].concat()
}

fn text(value: &str) -> Vec<u8> {
    let length = i32::try_from(value.len() + 1).unwrap().to_le_bytes();
    [length.as_slice(), value.as_bytes(), &[0]].concat()
}

pub fn int32(name: &str, value: i32) -> Vec<u8> {
    element(ElementType::Int32, name, &value.to_le_bytes())
}

pub fn string(name: &str, value: &str) -> Vec<u8> {
    element(ElementType::String, name, &text(value))
}

fn binary(subtype: u8, bytes: &[u8]) -> Vec<u8> {
    let length = i32::try_from(bytes.len()).unwrap().to_le_bytes();
    [length.as_slice(), &[subtype], bytes].concat()
}

/// At least one value of each BSON type, and those that are easily lost.
fn values() -> Vec<(&'static str, ElementType, Vec<u8>)> {
    use ElementType::*;
    let double = |bits: u64| bits.to_le_bytes().to_vec();
    let decimal = |high: u64, low: u64| [low.to_le_bytes(), high.to_le_bytes()].concat();
    let one = int32("0", 1);
    vec![
        ("double", Double, 1.0_f64.to_le_bytes().to_vec()),
        ("negative zero", Double, (-0.0_f64).to_le_bytes().to_vec()),
        ("NaN with a payload", Double, double(0x7ff8_0000_dead_beef)),
        ("negative NaN", Double, double(0xfff8_0000_0000_0001)),
        ("signalling NaN", Double, double(0x7ff0_0000_0000_0001)),
        ("infinity", Double, f64::INFINITY.to_le_bytes().to_vec()),
        ("smallest double", Double, double(1)),
        ("string", String, text("text")),
        ("empty string", String, text("")),
        ("string with a NUL", String, text("a\0b")),
        ("string beyond ASCII", String, text("\u{1f980} \u{e4}\u{308}")),
        ("empty document", EmbeddedDocument, document(&[])),
        ("document with a name twice", EmbeddedDocument, document(&[int32("a", 1), int32("a", 2)].concat())),
        (
            "document with odd names",
            EmbeddedDocument,
            document(&[int32("", 1), int32("a.b", 2), int32("$set", 3), int32("$", 4)].concat()),
        ),
        ("document like extended JSON", EmbeddedDocument, document(&string("$oid", "5f"))),
        (
            "document like a DBRef",
            EmbeddedDocument,
            document(&[string("$ref", "a"), int32("$id", 1)].concat()),
        ),
        ("empty array", Array, document(&[])),
        ("array", Array, document(&[one.clone(), string("1", "a"), element(Null, "2", &[])].concat())),
        ("array of documents", Array, document(&element(EmbeddedDocument, "0", &document(&one)))),
        ("array with odd names", Array, document(&[int32("x", 1), int32("0", 2), int32("0", 3)].concat())),
        ("binary", Binary, binary(0, &[0, 255])),
        ("empty binary", Binary, binary(0, &[])),
        ("function", Binary, binary(1, &[1])),
        ("old binary", Binary, binary(2, &[3, 0, 0, 0, 1, 2, 3])),
        ("old UUID", Binary, binary(3, &[7; 16])),
        ("UUID", Binary, binary(4, &[7; 16])),
        ("MD5", Binary, binary(5, &[7; 16])),
        ("encrypted", Binary, binary(6, &[1, 2])),
        ("compressed column", Binary, binary(7, &[1, 2])),
        ("sensitive", Binary, binary(8, &[1, 2])),
        ("vector", Binary, binary(9, &[0x27, 0, 1, 2, 3, 4])),
        ("user-defined binary", Binary, binary(0x80, &[1, 2])),
        ("reserved binary", Binary, binary(0x0f, &[1, 2])),
        ("undefined", Undefined, vec![]),
        ("ObjectId", ObjectId, b"twelve bytes".to_vec()),
        ("false", Boolean, vec![0]),
        ("true", Boolean, vec![1]),
        ("date", DateTime, 1_700_000_000_123_i64.to_le_bytes().to_vec()),
        ("date before 1970", DateTime, (-1_i64).to_le_bytes().to_vec()),
        ("date beyond the year 9999", DateTime, i64::MAX.to_le_bytes().to_vec()),
        ("null", Null, vec![]),
        ("regular expression", RegularExpression, b"^a\0imx\0".to_vec()),
        ("empty regular expression", RegularExpression, b"\0\0".to_vec()),
        ("database pointer", DbPointer, [text("db.things"), b"twelve bytes".to_vec()].concat()),
        ("code", JavaScriptCode, text("f()")),
        ("symbol", Symbol, text("s")),
        ("code with scope", JavaScriptCodeWithScope, {
            let inner = [text("f()"), document(&int32("x", 1))].concat();
            let length = i32::try_from(inner.len() + 4).unwrap().to_le_bytes();
            [length.to_vec(), inner].concat()
        }),
        ("int32", Int32, i32::MIN.to_le_bytes().to_vec()),
        ("timestamp", Timestamp, u64::MAX.to_le_bytes().to_vec()),
        ("int64", Int64, 1_i64.to_le_bytes().to_vec()),
        ("largest int64", Int64, i64::MAX.to_le_bytes().to_vec()),
        ("decimal", Decimal128, decimal(0x303c_0000_0000_0000, 150)),
        ("decimal NaN", Decimal128, decimal(0x7c00_0000_0000_0000, 0)),
        ("decimal NaN with a payload", Decimal128, decimal(0x7c00_0000_0000_0000, 12)),
        ("decimal signalling NaN", Decimal128, decimal(0xfe00_0000_0000_0000, 0)),
        ("decimal infinity", Decimal128, decimal(0xf800_0000_0000_0000, 0)),
        ("decimal negative zero", Decimal128, decimal(0xb040_0000_0000_0000, 0)),
        ("decimal out of canonical form", Decimal128, decimal(0x6c10_0000_0000_0000, 7)),
        ("smallest key", MinKey, vec![]),
        ("largest key", MaxKey, vec![]),
    ]
}

/// The project's own set of documents that have to survive; each is also put into a document and into an array.
pub fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (name, kind, value) in values() {
        samples.push(Sample::new(name, element(kind, "x", &value)));
        let inner = document(&element(kind, "0", &value));
        samples.push(Sample::new(
            format!("{name}, nested"),
            [element(ElementType::EmbeddedDocument, "d", &inner), element(ElementType::Array, "a", &inner)]
                .concat(),
        ));
    }
    for name in
        ["", ".", "a.b", "$", "$set", "$oid", "_Id", "0", "na\u{ef}ve", "a name much longer than one word"]
    {
        samples.push(Sample::new(format!("a field named {name:?}"), int32(name, 1)));
    }
    samples.push(Sample::new("a name twice", [int32("x", 1), string("x", "2"), int32("y", 3)].concat()));
    samples.push(Sample::new("nothing", Vec::new()));
    // Without the one that a backfill refuses.
    let every = values().into_iter().filter(|(name, ..)| !name.contains("twice")).enumerate();
    let every = every.map(|(index, (_, kind, value))| element(kind, &format!("x{index}"), &value));
    samples.push(Sample::new("every type at once", every.collect::<Vec<_>>().concat()));
    samples
}

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
