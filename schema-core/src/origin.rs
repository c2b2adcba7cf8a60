//! What a document is decoded from, for those who look at it apart from its fields: at its tag, and at what nobody knows.

#![allow(missing_docs, reason = "only generated code names it")]

use std::borrow::Cow;

use bson::{Bson, RawBsonRef, RawDocument};
use serde::de::{Deserialize, DeserializeSeed, Error, Unexpected};

use crate::{
    deserialize::{TAG, Tape},
    unknown::Unknown,
};

#[derive(Debug, Clone, Copy)]
pub enum Origin<'a> {
    Bytes(&'a [u8]),
    Fields(&'a Tape<'a>),
    /// Of a document that nobody can look at, the name of the variant.
    Tag(&'a str),
    /// A document that nobody can look at.
    Unseen,
}

impl<'a> Origin<'a> {
    /// The name of the variant, from the field that holds it.
    pub(crate) fn tag<E: Error>(self, field: &'static str) -> Result<Cow<'a, str>, E> {
        match self {
            Self::Bytes(bytes) => {
                let document = RawDocument::from_bytes(bytes).map_err(E::custom)?;
                match document.get(field).map_err(E::custom)? {
                    Some(RawBsonRef::String(text)) => Ok(Cow::Borrowed(text)),
                    Some(other) => {
                        let found = format!("BSON type {:?}", other.element_type());
                        Err(E::invalid_type(Unexpected::Other(&found), &TAG.expecting))
                    }
                    None => Err(E::missing_field(field)),
                }
            }
            Self::Fields(tape) => TAG.deserialize(tape.get(field).ok_or_else(|| E::missing_field(field))?),
            Self::Tag(name) => Ok(Cow::Borrowed(name)),
            Self::Unseen => Err(E::missing_field(field)),
        }
    }

    /// The fields that are not known.
    pub(crate) fn unknown<E: Error>(self, known: impl Fn(&str) -> bool) -> Result<Unknown, E> {
        match self {
            Self::Bytes(bytes) => Unknown::of(bytes, |name| !known(name))
                .ok_or_else(|| E::custom("the bytes are not a BSON document")),
            Self::Fields(tape) => {
                let mut unknown = Unknown::new();
                for (name, value) in tape.fields().filter(|(name, _)| !known(name)) {
                    unknown.append(name, Bson::deserialize(value)?).map_err(E::custom)?;
                }
                Ok(unknown)
            }
            Self::Tag(_) | Self::Unseen => Ok(Unknown::new()),
        }
    }
}
