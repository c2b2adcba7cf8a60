//! Reading with a trail: an error on its way out of a document notes the field, element or entry it passes.
//!
//! A format's errors do not say where they happened, and serde has no place for it. So the format is wrapped; and
//! since a wrapper would compile each type once more for each format, the type sees it behind `dyn`, which is the
//! same for all. That is slow: what is read this way has failed already.

mod access;
mod key;
mod visitor;

use std::{
    cell::Cell,
    fmt::{self, Display},
};

use serde::de::{self, Deserializer, Visitor};

use self::key::Key;
use crate::{
    decode::Fault,
    document::{Decode, Unobserved},
    origin::Origin,
    upgrade::{FieldPath, Segment},
};

/// Where `body` does not fit version `stored`; `None` if it does, or a step fails first.
pub(crate) fn misfit<'de, T: Decode<'de>>(
    stored: u32,
    body: impl Deserializer<'de>,
    origin: Origin<'_>,
) -> Option<FieldPath> {
    let trail = Trail::default();
    let body: &mut dyn erased_serde::Deserializer<'de> =
        &mut <dyn erased_serde::Deserializer<'_>>::erase(Tracked::value(body, &trail));
    match T::decode_at(stored, body, &mut Unobserved(origin)) {
        Err(Fault::Body(_)) => Some(trail.path.take()),
        Ok(_) | Err(Fault::Step { .. }) => None,
    }
}

/// What is known of an error on its way out.
#[derive(Default)]
struct Trail {
    path: Cell<FieldPath>,
    /// The error itself while the format has it, which would put its own words around it at every level.
    passing: Cell<Option<Failure>>,
}

impl Trail {
    fn passes(&self, segment: Option<Segment>) {
        let path = self.path.take();
        self.path.set(match segment {
            Some(segment) => path.within(segment),
            None => path,
        });
    }

    /// A value has been read. Whatever failed on the way was no error to those who asked for it.
    fn arrived(&self) {
        self.path.take();
    }

    fn enter_format<T, E: de::Error>(&self, result: Result<T, Failure>) -> Result<T, E> {
        result.map_err(|failure| {
            let error = E::custom(&failure.text);
            self.passing.set(Some(failure));
            error
        })
    }

    fn leave_format<T, E: Display>(&self, result: Result<T, E>) -> Result<T, Failure> {
        let passed = self.passing.take();
        result.map_err(|error| {
            let text = error.to_string();
            match passed {
                // Behind the text stands what only the format knows: the line and the column.
                Some(failure) if !text.starts_with(&failure.text) => failure,
                _ => Failure { text, missing: None },
            }
        })
    }
}

/// An error between a type and a format, without the format's words around it.
#[derive(Debug)]
pub(crate) struct Failure {
    text: String,
    missing: Option<&'static str>,
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}

impl de::Error for Failure {
    fn custom<T: Display>(message: T) -> Self {
        Self { text: message.to_string(), missing: None }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { text: format!("missing field `{field}`"), missing: Some(field) }
    }
}

/// A deserializer, a visitor or a seed, with the trail.
struct Tracked<'t, T> {
    inner: T,
    trail: &'t Trail,
    role: Role<'t>,
}

/// What is being read.
#[derive(Clone, Copy)]
enum Role<'t> {
    Value,
    /// A struct with these fields.
    Struct(&'static [&'static str]),
    /// The key of an entry.
    Key(&'t Key),
    /// The name of a variant.
    Variant(&'t Key),
}

impl<'t, T> Tracked<'t, T> {
    fn value(inner: T, trail: &'t Trail) -> Self {
        Self { inner, trail, role: Role::Value }
    }
}

macro_rules! track {
    ($($method:ident($($name:ident: $argument:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $argument,)* visitor: V) -> Result<V::Value, Failure> {
            let Self { inner, trail, role } = self;
            trail.leave_format(inner.$method($($name,)* Tracked { inner: visitor, trail, role }))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tracked<'_, D> {
    type Error = Failure;

    track! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_ignored_any();
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let visitor = Tracked { inner: visitor, trail: self.trail, role: Role::Struct(fields) };
        self.trail.leave_format(self.inner.deserialize_struct(name, fields, visitor))
    }

    /// Only a struct asks for its fields like this; a map asks for text, or whatever its keys are.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let Self { inner, trail, role } = self;
        if let Role::Key(key) = role {
            key.is_a_field();
        }
        trail.leave_format(inner.deserialize_identifier(Tracked { inner: visitor, trail, role }))
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}
