//! Reads a tape.

use std::{borrow::Cow, marker::PhantomData};

use serde::{
    de::{
        Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected,
        VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};

use super::tape::{Event, Tape};

/// A value on a tape, which is its first event and those inside of it.
pub(crate) struct Playback<'t, 'de, E> {
    value: &'t Event<'de>,
    inside: &'t [Event<'de>],
    human_readable: bool,
    error: PhantomData<E>,
}

impl<'de> Tape<'de> {
    pub(super) fn play<E>(&self) -> Playback<'_, 'de, E> {
        Playback {
            value: &self.document,
            inside: &self.fields,
            human_readable: self.human_readable,
            error: PhantomData,
        }
    }

    /// The fields in their order.
    pub(crate) fn fields<E>(&self) -> impl Iterator<Item = (&str, Playback<'_, 'de, E>)> {
        let mut values = self.play().values();
        std::iter::from_fn(move || match (values.next()?, values.next()?) {
            (Playback { value: Event::Text(name), .. }, value) => Some((&**name, value)),
            _ => None,
        })
    }

    /// The value of the field of this name. Of two it is the first, as in bytes.
    pub(crate) fn get<E>(&self, name: &str) -> Option<Playback<'_, 'de, E>> {
        self.fields().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

impl<'t, 'de, E> Playback<'t, 'de, E> {
    fn values(&self) -> Values<'t, 'de, E> {
        Values { rest: self.inside, human_readable: self.human_readable, error: PhantomData }
    }
}

/// Values one behind the other: elements, or keys and values in turn.
struct Values<'t, 'de, E> {
    rest: &'t [Event<'de>],
    human_readable: bool,
    error: PhantomData<E>,
}

impl<'t, 'de, E> Values<'t, 'de, E> {
    fn next(&mut self) -> Option<Playback<'t, 'de, E>> {
        let (value, rest) = self.rest.split_first()?;
        let (inside, rest) = match value {
            Event::Sequence(length) | Event::Map(length) => rest.split_at_checked(*length)?,
            _ => ([].as_slice(), rest),
        };
        self.rest = rest;
        Some(Playback { value, inside, human_readable: self.human_readable, error: PhantomData })
    }
}

impl<'de, E: Error> Values<'_, 'de, E> {
    /// Who takes a pair does not leave a third unread.
    fn end<V>(mut self, value: V) -> Result<V, E> {
        match self.next() {
            None => Ok(value),
            Some(_) => Err(E::custom("there is more in it than expected")),
        }
    }
}

impl<'de, E: Error> SeqAccess<'de> for Values<'_, 'de, E> {
    type Error = E;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, E> {
        self.next().map(|element| seed.deserialize(element)).transpose()
    }
}

impl<'de, E: Error> MapAccess<'de> for Values<'_, 'de, E> {
    type Error = E;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, E> {
        self.next().map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, E> {
        match self.next() {
            Some(value) => seed.deserialize(value),
            None => Err(E::custom("a value was asked for before its key")),
        }
    }
}

impl<'de, E: Error> Deserializer<'de> for Playback<'_, 'de, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.value {
            Event::Null => visitor.visit_unit(),
            Event::Bool(value) => visitor.visit_bool(*value),
            Event::Signed32(value) => visitor.visit_i32(*value),
            Event::Unsigned32(value) => visitor.visit_u32(*value),
            Event::Signed(value) => visitor.visit_i64(*value),
            Event::Unsigned(value) => visitor.visit_u64(*value),
            Event::Signed128(value) => visitor.visit_i128(**value),
            Event::Unsigned128(value) => visitor.visit_u128(**value),
            Event::Double(value) => visitor.visit_f64(*value),
            Event::Char(value) => visitor.visit_char(*value),
            Event::Text(Cow::Borrowed(value)) => visitor.visit_borrowed_str(value),
            Event::Text(Cow::Owned(value)) => visitor.visit_str(value),
            Event::Bytes(Cow::Borrowed(value)) => visitor.visit_borrowed_bytes(value),
            Event::Bytes(Cow::Owned(value)) => visitor.visit_bytes(value),
            Event::Sequence(_) => {
                let mut elements = self.values();
                let value = visitor.visit_seq(&mut elements)?;
                elements.end(value)
            }
            Event::Map(_) => {
                let mut entries = self.values();
                let value = visitor.visit_map(&mut entries)?;
                entries.end(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.value {
            Event::Null => visitor.visit_none(),
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
        let Event::Map(_) = self.value else {
            return visitor.visit_enum(Variant { name: self, content: None });
        };
        let mut values = self.values();
        match (values.next(), values.next(), values.next()) {
            (Some(name), content @ Some(_), None) => visitor.visit_enum(Variant { name, content }),
            _ => Err(E::invalid_value(Unexpected::Map, &"a map with a single key")),
        }
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

struct Variant<'t, 'de, E> {
    name: Playback<'t, 'de, E>,
    content: Option<Playback<'t, 'de, E>>,
}

impl<'t, 'de, E: Error> EnumAccess<'de> for Variant<'t, 'de, E> {
    type Error = E;
    type Variant = Content<'t, 'de, E>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), E> {
        Ok((seed.deserialize(self.name)?, Content(self.content)))
    }
}

/// What the variant holds.
struct Content<'t, 'de, E>(Option<Playback<'t, 'de, E>>);

impl<'t, 'de, E: Error> Content<'t, 'de, E> {
    fn expect(self, expected: &str) -> Result<Playback<'t, 'de, E>, E> {
        self.0.ok_or_else(|| E::invalid_type(Unexpected::UnitVariant, &expected))
    }
}

impl<'de, E: Error> VariantAccess<'de> for Content<'_, 'de, E> {
    type Error = E;

    fn unit_variant(self) -> Result<(), E> {
        match self.0 {
            None => Ok(()),
            Some(content) => <()>::deserialize(content),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, E> {
        seed.deserialize(self.expect("a newtype variant")?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, E> {
        self.expect("a tuple variant")?.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        self.expect("a struct variant")?.deserialize_struct("", fields, visitor)
    }
}
