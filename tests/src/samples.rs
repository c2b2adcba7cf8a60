//! Every BSON type, the deprecated ones and the odd values included, as fields of documents.

use mongodb::bson::{RawDocumentBuf, spec::ElementType};

/// Fields as they may lie in a document.
pub struct Sample {
    pub name: String,
    /// Elements without the length before and the NUL behind them.
    pub elements: Vec<u8>,
}

impl Sample {
    pub fn new(name: impl Into<String>, elements: Vec<u8>) -> Self {
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

pub fn element(kind: ElementType, name: &str, value: &[u8]) -> Vec<u8> {
    [&[kind as u8], name.as_bytes(), &[0], value].concat()
}

pub fn document(elements: &[u8]) -> Vec<u8> {
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
