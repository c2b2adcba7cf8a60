//! What stands in for serde's impls where serde's own derive refused an attribute.

#![allow(missing_docs, reason = "only generated code names these items")]

use serde::{Deserializer, Serializer};

/// Keeps a serde attribute with a mistake one error and not three. An inherent function comes before one of a
/// trait, and serde's derive writes inherent ones, so these are found only where it has written none and said why.
/// A program that came to call one would not compile: the constants in them have no value.
pub trait Refused {
    fn serialize<T, S: Serializer>(_: &T, _: S) -> Result<S::Ok, S::Error> {
        const { panic!("serde's derive did not write `Serialize`") }
    }

    fn deserialize<'de, T, D: Deserializer<'de>>(_: D) -> Result<T, D::Error> {
        const { panic!("serde's derive did not write `Deserialize`") }
    }
}

impl<T> Refused for T {}
