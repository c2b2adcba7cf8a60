//! A document whose first fields have been read already: those, then the rest of the map.

use std::{borrow::Cow, vec};

use serde::{
    de::{
        DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor,
        value::{BorrowedStrDeserializer, CowStrDeserializer},
    },
    forward_to_deserialize_any,
};

use super::buffer::{Buffer, Buffered};

pub(super) struct Prefixed<'de, A> {
    prefix: vec::IntoIter<(Cow<'de, str>, Buffer<'de>)>,
    value: Option<Buffer<'de>>,
    rest: A,
    human_readable: bool,
}

impl<'de, A> Prefixed<'de, A> {
    pub(super) fn new(prefix: Vec<(Cow<'de, str>, Buffer<'de>)>, rest: A, human_readable: bool) -> Self {
        Self { prefix: prefix.into_iter(), value: None, rest, human_readable }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Prefixed<'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.prefix.next() {
            Some((key, value)) => {
                self.value = Some(value);
                match key {
                    Cow::Borrowed(key) => seed.deserialize(BorrowedStrDeserializer::new(key)),
                    owned => {
                        let key: CowStrDeserializer<'_, A::Error> = owned.into_deserializer();
                        seed.deserialize(key)
                    }
                }
                .map(Some)
            }
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(Buffered::new(value, self.human_readable)),
            None => self.rest.next_value_seed(seed),
        }
    }
}

impl<'de, A: MapAccess<'de>> Deserializer<'de> for Prefixed<'de, A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, A::Error> {
        Err(A::Error::custom(format_args!(
            "`{name}` is an externally tagged enum, which has no place for a version"
        )))
    }

    fn is_human_readable(&self) -> bool {
        self.human_readable
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}
