//! Enums: the variant by its tag, then the fields straight from the document.
//!
//! serde reads a tagged enum through a buffer of its own, where BSON types become something else. An enum without a
//! tag it reads directly: first the name of the variant, then what the variant holds. So the derive has serde write the
//! reading of an enum without a tag, and [`Tagged`] shows it the tag of the document as the name.

#![allow(missing_docs, reason = "only generated code names these items")]

mod adjacent;
mod internal;

use std::{borrow::Cow, fmt};

use bson::{RawBsonRef, RawDeserializer, RawDocument};
use serde::{
    de::{
        DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, Unexpected, VariantAccess, Visitor,
        value::CowStrDeserializer,
    },
    forward_to_deserialize_any,
};

pub use self::{adjacent::AdjacentlyTagged, internal::InternallyTagged};
use super::{KEY, RAW_DOCUMENT, Text, buffer::Buffer, prefixed::Prefixed};
use crate::locate::is_locating;

const TAG: Text = Text { expecting: "the name of a variant" };

/// Where an enum keeps its tag and what its variants hold.
pub trait Tagging {
    /// What the variant holds, in a document.
    type Content<'de, D: Deserializer<'de>>: VariantAccess<'de, Error = D::Error>;

    /// The name of the field with the tag.
    fn tag(&self) -> &'static str;

    fn content<'de, D: Deserializer<'de>>(self, document: D) -> Self::Content<'de, D>;
}

/// A document with a tag, as an enum without one is read.
#[derive(Debug)]
pub struct Tagged<D, T> {
    document: D,
    tagging: T,
}

impl<D, T> Tagged<D, T> {
    pub fn new(document: D, tagging: T) -> Self {
        Self { document, tagging }
    }
}

impl<'de, D: Deserializer<'de>, T: Tagging> Deserializer<'de> for Tagged<D, T> {
    type Error = D::Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let Self { document, tagging } = self;
        let human_readable = document.is_human_readable();
        let visitor = TagVisitor { tagging, visitor, human_readable };
        if human_readable || is_locating() {
            document.deserialize_map(visitor)
        } else {
            document.deserialize_newtype_struct(RAW_DOCUMENT, visitor)
        }
    }

    /// Nobody asks for anything but an enum.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.deserialize_enum("", &[], visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct TagVisitor<T, V> {
    tagging: T,
    visitor: V,
    human_readable: bool,
}

impl<'de, T: Tagging, V: Visitor<'de>> Visitor<'de> for TagVisitor<T, V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a document with the field `{}`", self.tagging.tag())
    }

    /// A format that has no use for the marker.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<V::Value, A::Error> {
        let first = map.next_key_seed(KEY)?;
        if first.as_deref() == Some(RAW_DOCUMENT) {
            let bytes = map.next_value::<&'de [u8]>()?;
            return self.visit_bytes_of_document(bytes).map_err(same_error);
        }
        self.visit_fields(first, map)
    }
}

impl<'de, T: Tagging, V: Visitor<'de>> TagVisitor<T, V> {
    /// On bytes the tag is looked up, and nothing is moved.
    fn visit_bytes_of_document(self, bytes: &'de [u8]) -> Result<V::Value, bson::error::Error> {
        let tag = self.tagging.tag();
        let name = match RawDocument::from_bytes(bytes)?.get(tag)? {
            Some(RawBsonRef::String(text)) => Cow::Borrowed(text),
            Some(other) => {
                let found = format!("BSON type {:?}", other.element_type());
                return Err(Error::invalid_type(Unexpected::Other(&found), &TAG.expecting));
            }
            None => return Err(Error::missing_field(tag)),
        };
        self.visit_variant(name, RawDeserializer::new(bytes)?)
    }

    /// Elsewhere the fields before the tag are kept, as those before the version are.
    fn visit_fields<A: MapAccess<'de>>(
        self,
        first: Option<Cow<'de, str>>,
        mut map: A,
    ) -> Result<V::Value, A::Error> {
        let tag = self.tagging.tag();
        let mut prefix = Vec::new();
        let mut next = first;
        while let Some(key) = next {
            if key == tag {
                let name = map.next_value_seed(TAG)?;
                let document = Prefixed::new(prefix, map, self.human_readable);
                return self.visit_variant(name, document);
            }
            prefix.push((key, map.next_value::<Buffer<'de>>()?));
            next = map.next_key_seed(KEY)?;
        }
        Err(A::Error::missing_field(tag))
    }

    fn visit_variant<D: Deserializer<'de>>(
        self,
        name: Cow<'de, str>,
        document: D,
    ) -> Result<V::Value, D::Error> {
        self.visitor.visit_enum(Variant { name, content: self.tagging.content(document) })
    }
}

/// The deserializer that offers bytes is that of bson, and so is its error; only the compiler cannot know.
#[cold]
fn same_error<E: Error>(error: bson::error::Error) -> E {
    match &error.message {
        Some(message) => E::custom(message),
        None => E::custom(error),
    }
}

struct Variant<'de, C> {
    name: Cow<'de, str>,
    content: C,
}

impl<'de, C: VariantAccess<'de>> EnumAccess<'de> for Variant<'de, C> {
    type Error = C::Error;
    type Variant = C;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, C), C::Error> {
        Ok((seed.deserialize(CowStrDeserializer::new(self.name))?, self.content))
    }
}
