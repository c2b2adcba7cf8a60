//! `#[serde(tag = "..", content = "..")]`: what the variant holds is one field, beside the tag.

use std::{fmt, marker::PhantomData};

use serde::{
    de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, VariantAccess, Visitor},
    forward_to_deserialize_any,
};

use super::Tagging;
use crate::deserialize::KEY;

/// The tag is one field of the document, and what the variant holds is another.
#[derive(Debug, Clone, Copy)]
pub struct AdjacentlyTagged {
    pub tag: &'static str,
    pub content: &'static str,
    pub stamps: [&'static str; 2],
    /// Whether a field too many is refused.
    pub strict: bool,
}

impl Tagging for AdjacentlyTagged {
    type Content<'de, D: Deserializer<'de>> = AdjacentContent<D>;

    fn tag(&self) -> &'static str {
        self.tag
    }

    fn content<'de, D: Deserializer<'de>>(self, document: D) -> AdjacentContent<D> {
        AdjacentContent { document, tagging: self }
    }
}

#[derive(Debug)]
pub struct AdjacentContent<D> {
    document: D,
    tagging: AdjacentlyTagged,
}

impl<'de, D: Deserializer<'de>> AdjacentContent<D> {
    fn read<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, D::Error> {
        let Self { document, tagging } = self;
        match document.deserialize_map(ContentVisitor { tagging, seed })? {
            Content::Found(value) => Ok(value),
            Content::Missing(seed) => {
                seed.deserialize(Missing { field: tagging.content, error: PhantomData })
            }
        }
    }
}

impl<'de, D: Deserializer<'de>> VariantAccess<'de> for AdjacentContent<D> {
    type Error = D::Error;

    fn unit_variant(self) -> Result<(), D::Error> {
        self.read(PhantomData::<()>)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, D::Error> {
        self.read(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.read(TupleSeed { len, visitor })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.read(StructSeed { fields, visitor })
    }
}

struct ContentVisitor<S> {
    tagging: AdjacentlyTagged,
    seed: S,
}

enum Content<V, S> {
    Found(V),
    Missing(S),
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for ContentVisitor<S> {
    type Value = Content<S::Value, S>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a document with `{}` and `{}`", self.tagging.tag, self.tagging.content)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let AdjacentlyTagged { tag, content, stamps, strict } = self.tagging;
        let mut state = Content::Missing(self.seed);
        while let Some(key) = map.next_key_seed(KEY)? {
            state = match state {
                Content::Missing(seed) if key == content => Content::Found(map.next_value_seed(seed)?),
                Content::Found(_) if key == content => return Err(A::Error::duplicate_field(content)),
                state => {
                    if strict && key != tag && !stamps.contains(&key.as_ref()) {
                        let message = format_args!("unknown field `{key}`, expected `{tag}` or `{content}`");
                        return Err(A::Error::custom(message));
                    }
                    map.next_value::<IgnoredAny>()?;
                    state
                }
            };
        }
        Ok(state)
    }
}

struct TupleSeed<V> {
    len: usize,
    visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for TupleSeed<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_tuple(self.len, self.visitor)
    }
}

struct StructSeed<V> {
    fields: &'static [&'static str],
    visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for StructSeed<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_struct("", self.fields, self.visitor)
    }
}

/// What is read where there is no content: nothing, if that will do.
struct Missing<E> {
    field: &'static str,
    error: PhantomData<E>,
}

impl<'de, E: Error> Deserializer<'de> for Missing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.field))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit_struct newtype_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}
