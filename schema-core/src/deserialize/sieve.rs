//! A document with some of its fields taken out on the way, before its type gets to see them.

#![allow(missing_docs, reason = "only generated code names these items")]

use std::fmt;

use serde::{
    de::{
        Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor,
        value::{BorrowedStrDeserializer, StrDeserializer, StringDeserializer},
    },
    forward_to_deserialize_any,
};

/// Which fields are taken out, and what becomes of them.
pub trait Take<'de> {
    /// What is kept of the name of a field that is taken.
    type Key;

    fn wants(&self, key: &str) -> Option<Self::Key>;

    /// The map is at the value of the field.
    fn take<A: MapAccess<'de>>(&mut self, key: Self::Key, map: &mut A) -> Result<(), A::Error>;
}

/// A deserializer, or a map or visitor of one, without the fields that `take` wants.
#[derive(Debug)]
pub struct Sieve<T, K> {
    inner: T,
    take: K,
}

impl<T, K> Sieve<T, K> {
    pub(crate) fn new(inner: T, take: K) -> Self {
        Self { inner, take }
    }
}

macro_rules! take_from {
    ($($method:ident($($name:ident: $argument:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $argument,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($name,)* Sieve::new(visitor, self.take))
        })*
    };
}

impl<'de, D: Deserializer<'de>, K: Take<'de>> Deserializer<'de> for Sieve<D, K> {
    type Error = D::Error;

    take_from! {
        deserialize_any();
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    /// What a newtype variant holds may be a unit, which is written as no fields at all.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        IgnoredAny::deserialize(self.inner)?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_unit(visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf seq tuple tuple_struct enum
        identifier ignored_any
    }
}

/// Documents are maps; whatever else a broken one is, the type's own visitor says best.
impl<'de, V: Visitor<'de>, K: Take<'de>> Visitor<'de> for Sieve<V, K> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(formatter)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Sieve::new(map, self.take))
    }
}

impl<'de, A: MapAccess<'de>, K: Take<'de>> MapAccess<'de> for Sieve<A, K> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, mut seed: S) -> Result<Option<S::Value>, A::Error> {
        loop {
            match self.inner.next_key_seed(KeySeed { seed, take: &self.take })? {
                None => return Ok(None),
                Some(Key::Field(key)) => return Ok(Some(key)),
                Some(Key::Taken(key, unused)) => {
                    self.take.take(key, &mut self.inner)?;
                    seed = unused;
                }
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(seed)
    }
}

enum Key<Taken, Seed, Value> {
    Field(Value),
    /// The seed is returned for the next key.
    Taken(Taken, Seed),
}

struct KeySeed<'a, S, K> {
    seed: S,
    take: &'a K,
}

impl<'de, S: DeserializeSeed<'de>, K: Take<'de>> DeserializeSeed<'de> for KeySeed<'_, S, K> {
    type Value = Key<K::Key, S, S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

macro_rules! unless_wanted {
    ($($method:ident($key:ty) => $deserializer:ident;)*) => {
        $(fn $method<E: serde::de::Error>(self, key: $key) -> Result<Self::Value, E> {
            match self.take.wants(&key) {
                Some(taken) => Ok(Key::Taken(taken, self.seed)),
                None => self.seed.deserialize($deserializer::new(key)).map(Key::Field),
            }
        })*
    };
}

impl<'de, S: DeserializeSeed<'de>, K: Take<'de>> Visitor<'de> for KeySeed<'_, S, K> {
    type Value = Key<K::Key, S, S::Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a field name")
    }

    unless_wanted! {
        visit_borrowed_str(&'de str) => BorrowedStrDeserializer;
        visit_str(&str) => StrDeserializer;
        visit_string(String) => StringDeserializer;
    }
}
