//! Sample values, read the way a stored value is read from BSON.

use serde::{
    de::{
        Deserializer, IntoDeserializer, Visitor,
        value::{BorrowedStrDeserializer, MapAccessDeserializer, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use super::refusal::Refusal;

/// A stored value. What BSON has beyond these is a document of one field with a `$`, as which it is offered to serde.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sample {
    Null,
    Boolean,
    Int32,
    /// Too large for 32 bits.
    Int64,
    Double,
    Text(&'static str),
    Binary(&'static [u8]),
    List(Vec<Sample>),
    Document(Vec<(&'static str, Sample)>),
}

/// Texts that some type or other reads; most read the first.
pub(super) const TEXTS: &[&str] = &[
    "a",
    "1",
    "2020-01-01T00:00:00Z",
    "2020-01-01T00:00:00",
    "2020-01-01",
    "00:00:00",
    "2020-01-01T00:00:00+00:00[UTC]",
    "PT1S",
    "UTC",
    "00000000-0000-4000-8000-000000000000",
    "5f0000000000000000000000",
    "127.0.0.1",
    "::1",
    "127.0.0.1:80",
    "https://example.org/",
    "a@example.org",
    "EUR",
    "1.0.0",
    "true",
    "",
];

/// Bytes that are no text, of the lengths that are asked for most.
pub(super) const BINARIES: &[&[u8]] = &[&[0xC1; 16], &[0xC1; 12], &[0xC1; 32], &[0xC1]];

impl Sample {
    /// One value of a type that BSON has and serde has not: under its `$` name, and under one that means nothing.
    pub(super) fn special(name: &'static str, value: Sample) -> [Sample; 2] {
        [Self::Document(vec![(name, value.clone())]), Self::Document(vec![("$nothing", value)])]
    }
}

/// BSON's own types, by their names in extended JSON.
pub(super) fn specials() -> [(&'static str, [Sample; 2]); 9] {
    use Sample::{Binary, Document, Int32, Text};
    [
        ("ObjectId", Sample::special("$oid", Text("5f0000000000000000000000"))),
        ("date", Sample::special("$date", Int32)),
        ("timestamp", Sample::special("$timestamp", Document(vec![("t", Int32), ("i", Int32)]))),
        ("decimal128", Sample::special("$numberDecimalBytes", Binary(&[1; 16]))),
        (
            "binary of a subtype",
            Sample::special("$binary", Document(vec![("base64", Text("AQ==")), ("subType", Text("05"))])),
        ),
        (
            "regular expression",
            Sample::special(
                "$regularExpression",
                Document(vec![("pattern", Text("a")), ("options", Text(""))]),
            ),
        ),
        ("JavaScript", Sample::special("$code", Text("a"))),
        ("symbol", Sample::special("$symbol", Text("a"))),
        (
            "pointer",
            Sample::special(
                "$dbPointer",
                Document(vec![("$ref", Text("a")), ("$id", Text("5f0000000000000000000000"))]),
            ),
        ),
    ]
}

/// A sample as a deserializer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer<'s> {
    pub(super) sample: &'s Sample,
    pub(super) human_readable: bool,
}

impl<'s> Answer<'s> {
    fn of(self, sample: &'s Sample) -> Self {
        Self { sample, ..self }
    }

    fn entries(
        self,
        entries: &'s [(&'static str, Sample)],
    ) -> MapDeserializer<'static, impl Iterator<Item = (Key, Self)> + use<'s>, Refusal> {
        MapDeserializer::new(entries.iter().map(move |(name, value)| (Key(name), self.of(value))))
    }
}

impl IntoDeserializer<'static, Refusal> for Answer<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl Deserializer<'static> for Answer<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.sample {
            Sample::Null => visitor.visit_unit(),
            Sample::Boolean => visitor.visit_bool(true),
            Sample::Int32 => visitor.visit_i32(1),
            Sample::Int64 => visitor.visit_i64(i64::MAX),
            Sample::Double => visitor.visit_f64(1.5),
            Sample::Text(text) => visitor.visit_borrowed_str(text),
            Sample::Binary(bytes) => visitor.visit_borrowed_bytes(bytes),
            Sample::List(items) => {
                visitor.visit_seq(SeqDeserializer::new(items.iter().map(|item| self.of(item))))
            }
            Sample::Document(entries) => visitor.visit_map(self.entries(entries)),
        }
    }

    fn deserialize_option<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.sample {
            Sample::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'static>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'static>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self.sample {
            Sample::Text(variant) => visitor.visit_enum(BorrowedStrDeserializer::new(variant)),
            Sample::Document(entries) => {
                visitor.visit_enum(MapAccessDeserializer::new(self.entries(entries)))
            }
            _ => Err(Refusal::Other),
        }
    }

    fn is_human_readable(&self) -> bool {
        self.human_readable
    }

    forward_to_deserialize_any! {
        <V: Visitor<'static>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

/// The name of a field, borrowed for as long as anybody may want it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key(pub(super) &'static str);

impl IntoDeserializer<'static, Refusal> for Key {
    type Deserializer = BorrowedStrDeserializer<'static, Refusal>;

    fn into_deserializer(self) -> Self::Deserializer {
        BorrowedStrDeserializer::new(self.0)
    }
}
