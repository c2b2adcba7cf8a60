//! A document without its version field, for the types that would trip over it: `deny_unknown_fields` would
//! refuse it and a `flatten` map would take it in.

#![allow(missing_docs, reason = "only generated code names these items")]

use std::fmt;

use serde::{
    de::{
        DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor,
        value::{BorrowedStrDeserializer, StrDeserializer, StringDeserializer},
    },
    forward_to_deserialize_any,
};

/// A deserializer, or a map or visitor of one, that hides one field.
#[derive(Debug)]
pub struct WithoutStamp<T> {
    inner: T,
    field: &'static str,
}

impl<T> WithoutStamp<T> {
    pub fn new(inner: T, field: &'static str) -> Self {
        Self { inner, field }
    }
}

macro_rules! hide_in {
    ($($method:ident($($name:ident: $argument:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $argument,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($name,)* WithoutStamp::new(visitor, self.field))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for WithoutStamp<D> {
    type Error = D::Error;

    hide_in! {
        deserialize_any();
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct enum identifier ignored_any
    }
}

/// Documents are maps; whatever else a broken one is, the type's own visitor says best.
impl<'de, V: Visitor<'de>> Visitor<'de> for WithoutStamp<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(formatter)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(WithoutStamp::new(map, self.field))
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithoutStamp<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, mut seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            match self.inner.next_key_seed(KeySeed { seed, hidden: self.field })? {
                None => return Ok(None),
                Some(Key::Field(key)) => return Ok(Some(key)),
                Some(Key::Stamp(unused)) => {
                    self.inner.next_value::<IgnoredAny>()?;
                    seed = unused;
                }
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(seed)
    }
}

enum Key<Seed, Value> {
    Field(Value),
    /// The hidden field; the seed is returned for the next key.
    Stamp(Seed),
}

struct KeySeed<K> {
    seed: K,
    hidden: &'static str,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<K> {
    type Value = Key<K, K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

macro_rules! unless_hidden {
    ($($method:ident($key:ty) => $deserializer:ident;)*) => {
        $(fn $method<E: serde::de::Error>(self, key: $key) -> Result<Self::Value, E> {
            if key == self.hidden {
                return Ok(Key::Stamp(self.seed));
            }
            self.seed.deserialize($deserializer::new(key)).map(Key::Field)
        })*
    };
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for KeySeed<K> {
    type Value = Key<K, K::Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a field name")
    }

    unless_hidden! {
        visit_borrowed_str(&'de str) => BorrowedStrDeserializer;
        visit_str(&str) => StrDeserializer;
        visit_string(String) => StringDeserializer;
    }
}
