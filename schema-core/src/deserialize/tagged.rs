//! Enums: the variant by its tag, then the fields straight from the document.
//!
//! serde reads a tagged enum through a buffer of its own, where BSON types become something else. An enum without a
//! tag it reads directly: first the name of the variant, then what the variant holds. So the derive has serde write the
//! reading of an enum without a tag, and [`Tagged`] shows it the tag of the document as the name.

#![allow(missing_docs, reason = "only generated code names these items")]

mod adjacent;
mod internal;

use std::borrow::Cow;

use serde::{
    de::{DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor, value::CowStrDeserializer},
    forward_to_deserialize_any,
};

pub use self::{adjacent::AdjacentlyTagged, internal::InternallyTagged};
use crate::origin::Origin;

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
pub struct Tagged<'o, D, T> {
    document: D,
    tagging: T,
    origin: Origin<'o>,
}

impl<'o, D, T> Tagged<'o, D, T> {
    pub fn new(document: D, tagging: T, origin: Origin<'o>) -> Self {
        Self { document, tagging, origin }
    }
}

impl<'de, D: Deserializer<'de>, T: Tagging> Deserializer<'de> for Tagged<'_, D, T> {
    type Error = D::Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let Self { document, tagging, origin } = self;
        let name = origin.tag(tagging.tag())?;
        visitor.visit_enum(Variant { name, content: tagging.content(document) })
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

struct Variant<'n, C> {
    name: Cow<'n, str>,
    content: C,
}

impl<'de, C: VariantAccess<'de>> EnumAccess<'de> for Variant<'_, C> {
    type Error = C::Error;
    type Variant = C;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, C), C::Error> {
        Ok((seed.deserialize(CowStrDeserializer::new(self.name))?, self.content))
    }
}
