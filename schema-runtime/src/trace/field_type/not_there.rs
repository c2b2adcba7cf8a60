//! What serde's derive offers a type for a field that is not there: an option takes it for none, and all else refuses it.

use serde::{
    de::{Deserializer, Error as _, Visitor, value::Error},
    forward_to_deserialize_any,
};

pub(super) struct NotThere;

impl<'de> Deserializer<'de> for NotThere {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("there is nothing"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
