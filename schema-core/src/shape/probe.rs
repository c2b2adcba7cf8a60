//! The probe: a deserializer that is sent to one place in a type. On the way it offers nothing but the way; at its end
//! it notes what is asked for, or offers a sample and notes whether it is taken.

mod asked;
mod fields;
mod variant;

use std::{any::type_name, cell::RefCell};

use serde::de::{Deserializer, Visitor};

pub(super) use self::asked::{Asked, What};
use self::{
    asked::expecting,
    fields::{Fields, Items, Keys},
    variant::Variant,
};
use super::{
    refusal::Refusal,
    sample::{Answer, Sample},
};

/// One part of the way to a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Turn {
    /// Into an option, a newtype or the content of a variant.
    Inside,
    /// To the value of a field, behind others.
    Field { before: Vec<(&'static str, Sample)>, name: &'static str },
    /// To the key of a map.
    Key,
    /// To the next item of a list, behind others.
    Item { before: Vec<Sample> },
    /// To the content of a variant.
    Variant(&'static str),
}

/// What the probe does at the end of its way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim<'p> {
    Look,
    Offer(&'p Sample),
}

/// What the probe brings back.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) asked: RefCell<Option<Asked>>,
    pub(super) outcome: RefCell<Option<Result<(), Refusal>>>,
}

/// A deserializer whose every run ends in an error, so that nothing is ever done with a document of samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probe<'p> {
    way: &'p [Turn],
    aim: Aim<'p>,
    notes: &'p Notes,
    start: bool,
    human_readable: bool,
}

/// The name with which bson's `HumanReadable` asks for the readable form of what is inside.
const HUMAN_READABLE: &str = "$__bson_private_human_readable";

impl<'p> Probe<'p> {
    pub(super) fn new(way: &'p [Turn], aim: Aim<'p>, notes: &'p Notes) -> Self {
        Self { way, aim, notes, start: true, human_readable: false }
    }

    fn go<V: Visitor<'static>>(self, what: What, visitor: V) -> Result<V::Value, Refusal> {
        let Some((turn, way)) = self.way.split_first() else {
            return self.arrive(what, visitor);
        };
        let mut inside = Self { way, start: false, ..self };
        match (turn, what) {
            (Turn::Inside, What::Option) => {
                let result = visitor.visit_some(inside);
                inside.passed(result)
            }
            (Turn::Inside, What::Newtype(name)) => {
                inside.human_readable |= name == HUMAN_READABLE;
                let result = visitor.visit_newtype_struct(inside);
                inside.passed(result)
            }
            (Turn::Field { before, name }, _) => {
                visitor.visit_map(Fields { before: before.iter(), value: None, name, probe: inside })
            }
            (Turn::Key, _) => visitor.visit_map(Keys(inside)),
            (Turn::Item { before }, _) => visitor.visit_seq(Items { before: before.iter(), probe: inside }),
            (Turn::Variant(name), _) => {
                let result = visitor.visit_enum(Variant { name, probe: inside });
                inside.passed(result)
            }
            (Turn::Inside, _) => Err(Refusal::Other),
        }
    }

    fn arrive<V: Visitor<'static>>(self, what: What, visitor: V) -> Result<V::Value, Refusal> {
        let sample = match self.aim {
            Aim::Look => {
                self.note(what, type_name::<V>(), expecting(&visitor));
                return Err(Refusal::Seen);
            }
            Aim::Offer(sample) => sample,
        };
        let answer = Answer { sample, human_readable: self.human_readable };
        let result = match what {
            What::Option => answer.deserialize_option(visitor),
            What::Newtype(name) => answer.deserialize_newtype_struct(name, visitor),
            What::Enum(variants) => answer.deserialize_enum("", variants, visitor),
            _ => answer.deserialize_any(visitor),
        };
        if self.start { self.passed(result) } else { result }
    }

    fn note(self, what: What, visitor: &'static str, expecting: String) {
        let asked = Asked { what, visitor, expecting, human_readable: self.human_readable };
        self.notes.asked.replace(Some(asked));
    }

    /// After the place itself: whether all of the type around the visitor took the sample.
    fn passed<T, U>(self, result: Result<T, Refusal>) -> Result<U, Refusal> {
        if self.way.is_empty() {
            self.notes.outcome.replace(Some(result.map(drop)));
        }
        Err(Refusal::Seen)
    }

    fn answer(self, sample: &'p Sample) -> Answer<'p> {
        Answer { sample, human_readable: self.human_readable }
    }
}

macro_rules! asks {
    ($($method:ident($($argument:ident: $ty:ty),*) => $what:expr;)*) => {
        $(fn $method<V: Visitor<'static>>(self, $($argument: $ty,)* visitor: V) -> Result<V::Value, Refusal> {
            self.go($what, visitor)
        })*
    };
}

impl Deserializer<'static> for Probe<'_> {
    type Error = Refusal;

    asks! {
        deserialize_any() => What::Any;
        deserialize_ignored_any() => What::Ignored;
        deserialize_bool() => What::Scalar("boolean");
        deserialize_i8() => What::Scalar("int8");
        deserialize_i16() => What::Scalar("int16");
        deserialize_i32() => What::Scalar("int32");
        deserialize_i64() => What::Scalar("int64");
        deserialize_i128() => What::Scalar("int128");
        deserialize_u8() => What::Scalar("uint8");
        deserialize_u16() => What::Scalar("uint16");
        deserialize_u32() => What::Scalar("uint32");
        deserialize_u64() => What::Scalar("uint64");
        deserialize_u128() => What::Scalar("uint128");
        deserialize_f32() => What::Scalar("float");
        deserialize_f64() => What::Scalar("double");
        deserialize_char() => What::Scalar("character");
        deserialize_unit() => What::Scalar("null");
        deserialize_unit_struct(_name: &'static str) => What::Scalar("null");
        deserialize_str() => What::Text;
        deserialize_string() => What::Text;
        deserialize_identifier() => What::Identifier;
        deserialize_bytes() => What::Binary;
        deserialize_byte_buf() => What::Binary;
        deserialize_option() => What::Option;
        deserialize_newtype_struct(name: &'static str) => What::Newtype(name);
        deserialize_seq() => What::List;
        deserialize_tuple(len: usize) => What::Tuple(len);
        deserialize_tuple_struct(_name: &'static str, len: usize) => What::Tuple(len);
        deserialize_map() => What::Map;
        deserialize_struct(_name: &'static str, fields: &'static [&'static str]) => What::Struct(fields);
        deserialize_enum(_name: &'static str, variants: &'static [&'static str]) => What::Enum(variants);
    }

    fn is_human_readable(&self) -> bool {
        self.human_readable
    }
}
