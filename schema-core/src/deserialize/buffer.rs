//! Values read before the version was known, kept in serde's own data model.
//!
//! serde keeps such a buffer for its tagged enums and does not export it. `bson::Bson` cannot stand in for it (no
//! borrowed text, no `u64` above `i64::MAX`), and the published crates for the purpose treat a buffered null in
//! an `Option` as a value.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    de::{
        Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess,
        SeqAccess, Unexpected, VariantAccess, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

#[derive(Debug)]
pub(super) enum Buffer<'de> {
    Null,
    Bool(bool),
    // The width is part of what a catch-all of BSON values keeps: an Int32 is no Int64.
    Signed32(i32),
    Unsigned32(u32),
    Signed(i64),
    Unsigned(u64),
    Signed128(i128),
    Unsigned128(u128),
    Double(f64),
    Char(char),
    Text(Cow<'de, str>),
    Bytes(Cow<'de, [u8]>),
    Sequence(Vec<Buffer<'de>>),
    Map(Vec<(Buffer<'de>, Buffer<'de>)>),
}

impl<'de> Deserialize<'de> for Buffer<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BufferVisitor)
    }
}

struct BufferVisitor;

macro_rules! keep {
    ($($method:ident($type:ty) = $make:expr;)*) => {
        $(fn $method<E>(self, value: $type) -> Result<Buffer<'de>, E> {
            Ok($make(value))
        })*
    };
}

impl<'de> Visitor<'de> for BufferVisitor {
    type Value = Buffer<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    keep! {
        visit_bool(bool) = Buffer::Bool;
        visit_i8(i8) = |value| Buffer::Signed32(i32::from(value));
        visit_i16(i16) = |value| Buffer::Signed32(i32::from(value));
        visit_i32(i32) = Buffer::Signed32;
        visit_u8(u8) = |value| Buffer::Unsigned32(u32::from(value));
        visit_u16(u16) = |value| Buffer::Unsigned32(u32::from(value));
        visit_u32(u32) = Buffer::Unsigned32;
        visit_i64(i64) = Buffer::Signed;
        visit_u64(u64) = Buffer::Unsigned;
        visit_i128(i128) = Buffer::Signed128;
        visit_u128(u128) = Buffer::Unsigned128;
        visit_f64(f64) = Buffer::Double;
        visit_char(char) = Buffer::Char;
        visit_borrowed_str(&'de str) = |text| Buffer::Text(Cow::Borrowed(text));
        visit_str(&str) = |text: &str| Buffer::Text(Cow::Owned(text.to_owned()));
        visit_string(String) = |text| Buffer::Text(Cow::Owned(text));
        visit_borrowed_bytes(&'de [u8]) = |bytes| Buffer::Bytes(Cow::Borrowed(bytes));
        visit_bytes(&[u8]) = |bytes: &[u8]| Buffer::Bytes(Cow::Owned(bytes.to_owned()));
        visit_byte_buf(Vec<u8>) = |bytes| Buffer::Bytes(Cow::Owned(bytes));
    }

    fn visit_unit<E>(self) -> Result<Buffer<'de>, E> {
        Ok(Buffer::Null)
    }

    fn visit_none<E>(self) -> Result<Buffer<'de>, E> {
        Ok(Buffer::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Buffer<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Buffer<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Buffer<'de>, A::Error> {
        // The length a format announces is its word, not a fact to reserve memory for.
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Buffer::Sequence(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Buffer<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Buffer::Map(entries))
    }
}

/// Reads a [`Buffer`] back, with the error type and the readability of the format it came from.
pub(super) struct Buffered<'de, E> {
    value: Buffer<'de>,
    human_readable: bool,
    error: PhantomData<E>,
}

impl<'de, E> Buffered<'de, E> {
    pub(super) fn new(value: Buffer<'de>, human_readable: bool) -> Self {
        Self { value, human_readable, error: PhantomData }
    }
}

impl<'de, E: Error> IntoDeserializer<'de, E> for Buffered<'de, E> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de, E: Error> Deserializer<'de> for Buffered<'de, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        let human_readable = self.human_readable;
        let wrap = |value| Buffered::new(value, human_readable);
        match self.value {
            Buffer::Null => visitor.visit_unit(),
            Buffer::Bool(value) => visitor.visit_bool(value),
            Buffer::Signed32(value) => visitor.visit_i32(value),
            Buffer::Unsigned32(value) => visitor.visit_u32(value),
            Buffer::Signed(value) => visitor.visit_i64(value),
            Buffer::Unsigned(value) => visitor.visit_u64(value),
            Buffer::Signed128(value) => visitor.visit_i128(value),
            Buffer::Unsigned128(value) => visitor.visit_u128(value),
            Buffer::Double(value) => visitor.visit_f64(value),
            Buffer::Char(value) => visitor.visit_char(value),
            Buffer::Text(Cow::Borrowed(value)) => visitor.visit_borrowed_str(value),
            Buffer::Text(Cow::Owned(value)) => visitor.visit_string(value),
            Buffer::Bytes(Cow::Borrowed(value)) => visitor.visit_borrowed_bytes(value),
            Buffer::Bytes(Cow::Owned(value)) => visitor.visit_byte_buf(value),
            Buffer::Sequence(elements) => {
                let mut access = SeqDeserializer::new(elements.into_iter().map(wrap));
                let value = visitor.visit_seq(&mut access)?;
                access.end()?;
                Ok(value)
            }
            Buffer::Map(entries) => {
                let entries = entries.into_iter().map(|(key, value)| (wrap(key), wrap(value)));
                let mut access = MapDeserializer::new(entries);
                let value = visitor.visit_map(&mut access)?;
                access.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.value {
            Buffer::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        let human_readable = self.human_readable;
        let (variant, content) = match self.value {
            Buffer::Map(entries) => {
                let mut entries = entries.into_iter();
                match (entries.next(), entries.next()) {
                    (Some((variant, content)), None) => (variant, Some(content)),
                    _ => return Err(E::invalid_value(Unexpected::Map, &"a map with a single key")),
                }
            }
            name => (name, None),
        };
        visitor.visit_enum(BufferedEnum {
            variant: Buffered::new(variant, human_readable),
            content: content.map(|content| Buffered::new(content, human_readable)),
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        self.human_readable
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier
    }
}

struct BufferedEnum<'de, E> {
    variant: Buffered<'de, E>,
    content: Option<Buffered<'de, E>>,
}

impl<'de, E: Error> EnumAccess<'de> for BufferedEnum<'de, E> {
    type Error = E;
    type Variant = BufferedVariant<'de, E>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self::Variant), E> {
        Ok((seed.deserialize(self.variant)?, BufferedVariant(self.content)))
    }
}

struct BufferedVariant<'de, E>(Option<Buffered<'de, E>>);

impl<'de, E: Error> BufferedVariant<'de, E> {
    fn content(self, expected: &str) -> Result<Buffered<'de, E>, E> {
        self.0.ok_or_else(|| E::invalid_type(Unexpected::UnitVariant, &expected))
    }
}

impl<'de, E: Error> VariantAccess<'de> for BufferedVariant<'de, E> {
    type Error = E;

    fn unit_variant(self) -> Result<(), E> {
        match self.0 {
            None => Ok(()),
            Some(content) => <()>::deserialize(content),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, E> {
        seed.deserialize(self.content("a newtype variant")?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, E> {
        self.content("a tuple variant")?.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        self.content("a struct variant")?.deserialize_struct("", fields, visitor)
    }
}
