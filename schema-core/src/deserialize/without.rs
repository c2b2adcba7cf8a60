//! A document without its stamps and its tag, for the types that would trip over them: `deny_unknown_fields`
//! would refuse them and a `flatten` map would take them in.

#![allow(missing_docs, reason = "only generated code names these items")]

use std::fmt;

use serde::{
    de::{
        Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor,
        value::{BorrowedStrDeserializer, StrDeserializer, StringDeserializer},
    },
    forward_to_deserialize_any,
};

use crate::document::VersionedDocument;

/// A deserializer, or a map or visitor of one, without the fields of these names.
#[derive(Debug)]
pub struct Without<T, const N: usize> {
    inner: T,
    names: [&'static str; N],
}

impl<T, const N: usize> Without<T, N> {
    pub(super) fn names(inner: T, names: [&'static str; N]) -> Self {
        Self { inner, names }
    }
}

pub fn without_stamps<T: VersionedDocument, D>(body: D) -> Without<D, 2> {
    Without::names(body, T::CHAIN.stamps())
}

macro_rules! hide_from {
    ($($method:ident($($name:ident: $argument:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $argument,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($name,)* Without::names(visitor, self.names))
        })*
    };
}

impl<'de, D: Deserializer<'de>, const N: usize> Deserializer<'de> for Without<D, N> {
    type Error = D::Error;

    hide_from! {
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
impl<'de, V: Visitor<'de>, const N: usize> Visitor<'de> for Without<V, N> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(formatter)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Without::names(map, self.names))
    }
}

impl<'de, A: MapAccess<'de>, const N: usize> MapAccess<'de> for Without<A, N> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, mut seed: S) -> Result<Option<S::Value>, A::Error> {
        loop {
            match self.inner.next_key_seed(KeySeed { seed, hidden: &self.names })? {
                None => return Ok(None),
                Some(Key::Seen(key)) => return Ok(Some(key)),
                Some(Key::Hidden(unused)) => {
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

enum Key<Value, Seed> {
    Seen(Value),
    /// The seed is returned for the next key.
    Hidden(Seed),
}

struct KeySeed<'a, S> {
    seed: S,
    hidden: &'a [&'static str],
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<'_, S> {
    type Value = Key<S::Value, S>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

macro_rules! unless_hidden {
    ($($method:ident($key:ty) => $deserializer:ident;)*) => {
        $(fn $method<E: serde::de::Error>(self, key: $key) -> Result<Self::Value, E> {
            if self.hidden.contains(&&*key) {
                return Ok(Key::Hidden(self.seed));
            }
            self.seed.deserialize($deserializer::new(key)).map(Key::Seen)
        })*
    };
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for KeySeed<'_, S> {
    type Value = Key<S::Value, S>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a field name")
    }

    unless_hidden! {
        visit_borrowed_str(&'de str) => BorrowedStrDeserializer;
        visit_str(&str) => StrDeserializer;
        visit_string(String) => StringDeserializer;
    }
}
