//! Reading through serde: the `Deserialize` of every versioned type.
//!
//! On BSON bytes the whole document is taken as one borrowed slice and handed to [`decode`](crate::decode()).
//! Any other self-describing format (JSON, a BSON `Document`, serde's own buffers) offers a map, which is kept until
//! the version has been found in it.

#![allow(missing_docs, reason = "only generated code names these items")]

mod fields;
mod gather;
mod playback;
mod tagged;
mod tape;
mod without;

use std::{any::type_name, borrow::Cow, fmt, marker::PhantomData};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

pub(crate) use self::{fields::decode_fields, tape::Tape};
pub use self::{
    gather::{decoded_keeping, upgraded_keeping},
    tagged::{AdjacentlyTagged, InternallyTagged, Tagged},
    without::without_stamps,
};
use crate::{
    decode::decode_bytes,
    document::Decode,
    error::DecodeError,
    kinds::{DocumentKinds, read},
    origin::Origin,
};

/// The name under which bson's deserializers offer a document as bytes, to `&RawDocument` for one. It is
/// not public there; a test holds it equal. Under another name documents would still be read, as maps.
pub(crate) const RAW_DOCUMENT: &str = "$__private__bson_RawDocument";

#[inline]
pub fn deserialize<'de, T: Decode<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    by::<T, Versioned, D>(deserializer)
}

/// The same for an enum of kinds.
pub fn deserialize_kind<'de, K: DocumentKinds, D: Deserializer<'de>>(deserializer: D) -> Result<K, D::Error> {
    by::<K, Kinds, D>(deserializer)
}

#[inline]
fn by<'de, T, W: Way<'de, T>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    // Bytes carry no such flag; where it is set, its meaning for the fields must be kept.
    if deserializer.is_human_readable() {
        deserializer.deserialize_map(DocumentVisitor::<T, W> { human_readable: true, document: PhantomData })
    } else {
        deserializer.deserialize_newtype_struct(
            RAW_DOCUMENT,
            DocumentVisitor::<T, W> { human_readable: false, document: PhantomData },
        )
    }
}

/// As what a document is read.
trait Way<'de, T> {
    const TYPE_NAME: &'static str;

    fn of_bytes<E: Error>(bytes: &'de [u8]) -> Result<T, E>;

    fn of_fields(tape: &Tape<'de>) -> Result<T, DecodeError>;
}

/// By the one chain of its type.
struct Versioned;

impl<'de, T: Decode<'de>> Way<'de, T> for Versioned {
    const TYPE_NAME: &'static str = T::CHAIN.type_name;

    #[inline]
    fn of_bytes<E: Error>(bytes: &'de [u8]) -> Result<T, E> {
        decode_bytes(bytes, one_line)
    }

    fn of_fields(tape: &Tape<'de>) -> Result<T, DecodeError> {
        decode_fields(tape)
    }
}

/// By the chain of its kind.
struct Kinds;

impl<'de, K: DocumentKinds> Way<'de, K> for Kinds {
    const TYPE_NAME: &'static str = K::TYPE_NAME;

    fn of_bytes<E: Error>(bytes: &'de [u8]) -> Result<K, E> {
        read(Origin::Bytes(bytes)).map_err(one_line)
    }

    fn of_fields(tape: &Tape<'de>) -> Result<K, DecodeError> {
        read(Origin::Fields(tape))
    }
}

/// Whether the visitor of that name reads a versioned document.
pub(crate) fn is_versioned(visitor: &str) -> bool {
    let generic = |name: &str| name.split('<').next().map(str::to_owned);
    generic(visitor) == generic(type_name::<DocumentVisitor<(), ()>>())
}

struct DocumentVisitor<T, W> {
    human_readable: bool,
    document: PhantomData<(T, W)>,
}

impl<'de, T, W: Way<'de, T>> Visitor<'de> for DocumentVisitor<T, W> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a document of `{}`", W::TYPE_NAME)
    }

    /// A format that has no use for the marker.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let first = map.next_key_seed(KEY)?;
        if first.as_deref() == Some(RAW_DOCUMENT) {
            let bytes = map.next_value::<&'de [u8]>()?;
            return W::of_bytes(bytes);
        }
        fields::read::<T, W, A>(first, map, self.human_readable)
    }
}

/// A function, as each closure would be a type of its own: all of [`decode_bytes`] would be compiled again for each
/// kind of map, of which bson has a dozen.
fn one_line<E: Error>(error: DecodeError) -> E {
    E::custom(error.one_line())
}

/// Text, borrowed where the format allows it.
pub(crate) struct Text {
    pub(crate) expecting: &'static str,
}

const KEY: Text = Text { expecting: "a field name" };

pub(crate) const TAG: Text = Text { expecting: "the name of a variant" };

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expecting)
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }

    fn visit_string<E>(self, key: String) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(key))
    }
}

#[cfg(test)]
mod tests {
    use serde::{
        de::{Deserialize, Deserializer, Error, Visitor, value},
        forward_to_deserialize_any,
    };

    /// A deserializer that only answers what it was asked for.
    struct AskedName;

    impl<'de> Deserializer<'de> for AskedName {
        type Error = value::Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, value::Error> {
            Err(Error::custom("no newtype"))
        }

        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            name: &'static str,
            _: V,
        ) -> Result<V::Value, value::Error> {
            Err(Error::custom(name))
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct seq
            tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    #[test]
    fn the_marker_is_the_one_bson_uses_for_raw_documents() {
        let asked = <&bson::RawDocument>::deserialize(AskedName).unwrap_err();
        assert_eq!(asked.to_string(), super::RAW_DOCUMENT);
    }
}
