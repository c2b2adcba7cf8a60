//! Writing: the stamps as the first fields, in any serde format.
//!
//! The derive serializes the plain fields through [`Stamping`], a serializer that opens the struct one field
//! larger, writes the version, behind it the kind where there are kinds, and hands over to the format's own serializer. Nothing is buffered.

#![allow(missing_docs, reason = "only generated code names these items")]

mod names;
mod stamped;

use std::marker::PhantomData;

use serde::ser::{Error, Impossible, Serialize, SerializeMap, SerializeStruct, Serializer};

use self::stamped::{FieldNames, SeenNames, Stamped, UnseenNames};
use crate::{chain::Chain, document::VersionedDocument};

/// Writes the fields of a document behind its stamps.
#[derive(Debug)]
pub struct Stamping<S, N = SeenNames> {
    chain: Chain,
    /// Whether somebody else has looked at the names that the derive has not seen.
    checked: bool,
    inner: S,
    names: PhantomData<N>,
}

impl<S: Serializer> Stamping<S> {
    #[inline]
    pub fn new<T: VersionedDocument>(inner: S) -> Self {
        Self { chain: T::CHAIN, checked: false, inner, names: PhantomData }
    }

    /// For a type that has checked what it does not know, and may have a name of that twice.
    #[inline]
    pub fn beside_unknown<T: VersionedDocument>(inner: S) -> Self {
        Self { chain: T::CHAIN, checked: true, inner, names: PhantomData }
    }
}

impl<S: Serializer> Stamping<S, UnseenNames> {
    /// For an enum whose variants hold structs of their own.
    #[inline]
    pub fn with_unseen_names<T: VersionedDocument>(inner: S) -> Self {
        Self { chain: T::CHAIN, checked: false, inner, names: PhantomData }
    }
}

impl<S: Serializer, N> Stamping<S, N> {
    /// A stamp needs named fields around it.
    fn refuse<T>(self, form: &str) -> Result<T, S::Error> {
        Err(S::Error::custom(format_args!(
            "`{}` serializes as {form}; a versioned document must serialize as a struct or a map, which has \
             a place for `{}`",
            self.chain.type_name, self.chain.version_field
        )))
    }

    /// The range is checked where the derive makes the chain.
    fn version(chain: &Chain) -> i32 {
        i32::try_from(chain.version).unwrap_or(i32::MAX)
    }
}

/// How many there are.
fn stamps(chain: &Chain) -> usize {
    1 + usize::from(chain.kind.is_some())
}

macro_rules! refuse {
    ($($method:ident($($argument:ty),*) = $form:literal;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<S::Ok, S::Error> {
            self.refuse($form)
        })*
    };
}

impl<S: Serializer, N: FieldNames> Serializer for Stamping<S, N> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeStruct = N::Fields<S::SerializeStruct>;
    type SerializeMap = Stamped<S::SerializeMap>;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

    #[inline]
    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        let mut fields = self.inner.serialize_struct(name, len + stamps(&self.chain))?;
        fields.serialize_field(self.chain.version_field, &Self::version(&self.chain))?;
        if let Some(kind) = &self.chain.kind {
            fields.serialize_field(kind.key, kind.value)?;
        }
        Ok(N::fields(self.chain, fields))
    }

    #[inline]
    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        let mut entries = self.inner.serialize_map(len.map(|len| len + stamps(&self.chain)))?;
        entries.serialize_entry(self.chain.version_field, &Self::version(&self.chain))?;
        if let Some(kind) = &self.chain.kind {
            entries.serialize_entry(kind.key, kind.value)?;
        }
        Ok(Stamped::new(self.chain, !self.checked, entries))
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    refuse! {
        serialize_bool(bool) = "a boolean";
        serialize_i8(i8) = "a number";
        serialize_i16(i16) = "a number";
        serialize_i32(i32) = "a number";
        serialize_i64(i64) = "a number";
        serialize_u8(u8) = "a number";
        serialize_u16(u16) = "a number";
        serialize_u32(u32) = "a number";
        serialize_u64(u64) = "a number";
        serialize_f32(f32) = "a number";
        serialize_f64(f64) = "a number";
        serialize_char(char) = "a character";
        serialize_str(&str) = "text";
        serialize_bytes(&[u8]) = "bytes";
        serialize_none() = "nothing";
        serialize_unit() = "a unit";
        serialize_unit_struct(&'static str) = "a unit struct";
        serialize_unit_variant(&'static str, u32, &'static str) = "a bare variant name";
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        self.refuse("an externally tagged variant")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.refuse("a sequence")
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.refuse("a tuple")
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.refuse("a tuple struct")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.refuse("an externally tagged variant")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.refuse("an externally tagged variant")
    }
}
