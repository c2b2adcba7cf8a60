//! What stands in for serde's impls where serde's own derive refused an attribute.

#![allow(missing_docs, reason = "only generated code names these items")]

use serde::{Deserializer, Serializer, de, ser};

/// Keeps a serde attribute with a mistake one error and not three. An inherent function comes before one of a
/// trait, and serde's derive writes inherent ones, so these are never called.
pub trait Refused {
    fn serialize<T, S: Serializer>(_: &T, _: S) -> Result<S::Ok, S::Error> {
        Err(ser::Error::custom("serde's derive did not write this impl"))
    }

    fn deserialize<'de, T, D: Deserializer<'de>>(_: D) -> Result<T, D::Error> {
        Err(de::Error::custom("serde's derive did not write this impl"))
    }
}

impl<T> Refused for T {}
