//! What is found at a place, by what is asked for there; and the values that have no parts.

use super::{Explorer, to};
use crate::{
    deserialize::is_versioned,
    shape::{
        buffered::Hole,
        node::{Kind, Node, ONLY_NAME},
        probe::{Turn, What},
        sample::{BINARIES, Sample, TEXTS},
    },
};

/// The names with which bson's types ask for what serde has no word for.
const UUID: &str = "$__bson_private_uuid";
const RAW_DOCUMENT: &str = crate::deserialize::RAW_DOCUMENT;
const RAW_ARRAY: &str = "$__private__bson_RawArray";
const RAW_VALUE: &str = "$__private__bson_RawBson";

impl Explorer<'_> {
    pub(super) fn node(&mut self, way: &[Turn], what: What, visitor: &str) -> Node {
        match what {
            What::Scalar(words) => {
                let sample = match words {
                    "null" => Sample::Null,
                    "boolean" => Sample::Boolean,
                    "float" | "double" => Sample::Double,
                    "character" => Sample::Text("a"),
                    _ => Sample::Int32,
                };
                Node::simple(words, self.accepted(way, [sample]))
            }
            What::Text | What::Identifier => self.text(way),
            What::Binary => self.binary(way),
            What::Any => self.buffered(&Hole::at(way)),
            What::Ignored => Node::simple("any value", Some(Sample::Null)),
            What::Option => {
                let inside = self.visit(&to(way, Turn::Inside));
                Node { kind: Kind::Nullable(inside), sample: self.accepted(way, [Sample::Null]) }
            }
            What::Newtype(UUID) => {
                Node::simple("UUID", Some(Sample::Text("00000000-0000-4000-8000-000000000000")))
            }
            What::Newtype(RAW_DOCUMENT) if is_versioned(visitor) => {
                Node::simple("document with a version of its own", None)
            }
            What::Newtype(RAW_DOCUMENT) => Node::simple("any document", Some(Sample::Document(Vec::new()))),
            What::Newtype(RAW_ARRAY) => Node::simple("any list", Some(Sample::List(Vec::new()))),
            What::Newtype(RAW_VALUE) => Node::simple("any value", Some(Sample::Null)),
            What::Newtype(_) => {
                let inside = self.visit(&to(way, Turn::Inside));
                Node { kind: Kind::Same(inside), sample: self.sample(inside) }
            }
            What::NewtypeVariant => {
                let inside = self.visit(&to(way, Turn::Inside));
                Node { kind: Kind::Same(inside), sample: self.sample(inside) }
            }
            What::UnitVariant => Node::simple(ONLY_NAME, None),
            What::List => self.list(way),
            What::Tuple(len) => self.tuple(way, len),
            What::Map => self.map(way),
            What::Struct(fields) => self.document(way, fields),
            // With its own place, at which it may be found again inside.
            What::Enum(_) => Node::unknown(),
        }
    }

    fn text(&self, way: &[Turn]) -> Node {
        Node::simple("text", self.accepted(way, TEXTS.iter().map(|text| Sample::Text(text))))
    }

    fn binary(&self, way: &[Turn]) -> Node {
        let [object_id, _] = Sample::special("$oid", Sample::Text("5f0000000000000000000000"));
        match self.accepted(way, [object_id]) {
            Some(sample) => Node::simple("ObjectId", Some(sample)),
            None => {
                let sample = self.accepted(way, BINARIES.iter().map(|bytes| Sample::Binary(bytes)));
                Node::simple("binary", sample)
            }
        }
    }
}
