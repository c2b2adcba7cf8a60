//! What is written behind the stamp, where the derive has not seen all names: one may be that of the version, or one that
//! is there already.

use serde::ser::{Error, Serialize, SerializeMap, SerializeStruct};

use super::names::Names;
use crate::chain::Chain;

/// Whether the derive has seen the names of all fields of a struct, and found each to stand there once.
pub trait FieldNames {
    type Fields<F: SerializeStruct>: SerializeStruct<Ok = F::Ok, Error = F::Error>;

    fn fields<F: SerializeStruct>(chain: Chain, fields: F) -> Self::Fields<F>;
}

/// It has.
#[derive(Debug)]
pub struct SeenNames;

impl FieldNames for SeenNames {
    type Fields<F: SerializeStruct> = F;

    #[inline]
    fn fields<F: SerializeStruct>(_: Chain, fields: F) -> F {
        fields
    }
}

/// It has not: some are those of a struct within a variant.
#[derive(Debug)]
pub struct UnseenNames;

impl FieldNames for UnseenNames {
    type Fields<F: SerializeStruct> = Stamped<F>;

    fn fields<F: SerializeStruct>(chain: Chain, fields: F) -> Stamped<F> {
        Stamped::new(chain, true, fields)
    }
}

/// The fields of such a struct, or the entries of a document with flattened fields.
#[derive(Debug)]
pub struct Stamped<T> {
    chain: Chain,
    /// `None` where somebody else has checked the names.
    names: Option<Names>,
    inner: T,
}

impl<T> Stamped<T> {
    pub(super) fn new(chain: Chain, check: bool, inner: T) -> Self {
        Self { chain, names: check.then(Names::default), inner }
    }

    /// Readers disagree about which of two stamps of a name counts.
    fn refuse_second_stamp<K: Serialize + ?Sized, E: Error>(&mut self, key: &K) -> Result<(), E> {
        let Chain { type_name, version_field, .. } = self.chain;
        let Some(names) = &mut self.names else { return Ok(()) };
        let Some(name) = names.add(key).filter(|name| self.chain.is_stamp(name)) else { return Ok(()) };
        let what = if name == version_field { "version" } else { "kind" };
        Err(E::custom(format_args!(
            "a flattened field of `{type_name}`, or a type within it, has an entry named `{name}`, where the chain \
             keeps its {what}; remove the entry before the document is written"
        )))
    }

    /// They also disagree about which of two fields counts, and the type itself reads no document that has two.
    fn refuse_repeated_name<E: Error>(&self) -> Result<(), E> {
        let Some(name) = self.names.as_ref().and_then(Names::repeated) else { return Ok(()) };
        let type_name = self.chain.type_name;
        Err(E::custom(format_args!(
            "`{type_name}` would be written with `{name}` twice, because a flattened field or a type within it has an entry of \
             that name; take the entry out before the document is written, in the step where it comes from an older version"
        )))
    }
}

impl<M: SerializeMap> SerializeMap for Stamped<M> {
    type Ok = M::Ok;
    type Error = M::Error;

    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), M::Error> {
        self.refuse_second_stamp(key)?;
        self.inner.serialize_key(key)
    }

    fn serialize_value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<(), M::Error> {
        self.inner.serialize_value(value)
    }

    fn serialize_entry<K, V>(&mut self, key: &K, value: &V) -> Result<(), M::Error>
    where
        K: Serialize + ?Sized,
        V: Serialize + ?Sized,
    {
        self.refuse_second_stamp(key)?;
        self.inner.serialize_entry(key, value)
    }

    fn end(self) -> Result<M::Ok, M::Error> {
        self.refuse_repeated_name()?;
        self.inner.end()
    }
}

impl<F: SerializeStruct> SerializeStruct for Stamped<F> {
    type Ok = F::Ok;
    type Error = F::Error;

    fn serialize_field<V: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &V,
    ) -> Result<(), F::Error> {
        self.refuse_second_stamp(key)?;
        self.inner.serialize_field(key, value)
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), F::Error> {
        self.inner.skip_field(key)
    }

    fn end(self) -> Result<F::Ok, F::Error> {
        self.refuse_repeated_name()?;
        self.inner.end()
    }
}
