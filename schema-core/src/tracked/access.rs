//! The inside of sequences, maps and enums. An error that leaves one of their parts takes the name of the part along.

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::{Failure, Key, Role, Tracked, Trail};
use crate::upgrade::Segment;

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Tracked<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        let Self { inner, trail, role } = self;
        trail.enter_format(inner.deserialize(Tracked { inner: deserializer, trail, role }))
    }
}

pub(super) struct TrackedSeq<'t, A> {
    inner: A,
    trail: &'t Trail,
    index: usize,
}

impl<'t, A> TrackedSeq<'t, A> {
    pub(super) fn new(inner: A, trail: &'t Trail) -> Self {
        Self { inner, trail, index: 0 }
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for TrackedSeq<'_, A> {
    type Error = Failure;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Failure> {
        let element = self.inner.next_element_seed(Tracked::value(seed, self.trail));
        match &element {
            Ok(_) => {
                self.trail.arrived();
                self.index += 1;
            }
            Err(_) => self.trail.passes(Some(Segment::Index(self.index))),
        }
        self.trail.leave_format(element)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

pub(super) struct TrackedMap<'t, A> {
    inner: A,
    trail: &'t Trail,
    key: Key,
}

impl<'t, A> TrackedMap<'t, A> {
    pub(super) fn new(inner: A, trail: &'t Trail) -> Self {
        Self { inner, trail, key: Key::default() }
    }

    fn note<T, E>(&self, result: &Result<T, E>) {
        match result {
            Ok(_) => self.trail.arrived(),
            Err(_) => self.trail.passes(self.key.segment()),
        }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for TrackedMap<'_, A> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        self.key.reset();
        let seed = Tracked { inner: seed, trail: self.trail, role: Role::Key(&self.key) };
        let key = self.inner.next_key_seed(seed);
        self.note(&key);
        self.trail.leave_format(key)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Failure> {
        let value = self.inner.next_value_seed(Tracked::value(seed, self.trail));
        self.note(&value);
        self.trail.leave_format(value)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

pub(super) struct TrackedEnum<'t, A> {
    inner: A,
    trail: &'t Trail,
    name: &'t Key,
}

impl<'t, A> TrackedEnum<'t, A> {
    pub(super) fn new(inner: A, trail: &'t Trail, name: &'t Key) -> Self {
        Self { inner, trail, name }
    }

    fn leave<T, E: std::fmt::Display>(trail: &Trail, name: &Key, result: Result<T, E>) -> Result<T, Failure> {
        if result.is_err() {
            trail.passes(name.field_segment());
        }
        trail.leave_format(result)
    }
}

impl<'de, 't, A: EnumAccess<'de>> EnumAccess<'de> for TrackedEnum<'t, A> {
    type Error = Failure;
    type Variant = TrackedEnum<'t, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), Failure> {
        let Self { inner, trail, name } = self;
        let variant = inner.variant_seed(Tracked { inner: seed, trail, role: Role::Variant(name) });
        let (value, inner) = trail.leave_format(variant)?;
        Ok((value, TrackedEnum { inner, trail, name }))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for TrackedEnum<'_, A> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Self::leave(self.trail, self.name, self.inner.unit_variant())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Failure> {
        let Self { inner, trail, name } = self;
        Self::leave(trail, name, inner.newtype_variant_seed(Tracked::value(seed, trail)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Failure> {
        let Self { inner, trail, name } = self;
        Self::leave(trail, name, inner.tuple_variant(len, Tracked::value(visitor, trail)))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let Self { inner, trail, name } = self;
        let visitor = Tracked { inner: visitor, trail, role: Role::Struct(fields) };
        Self::leave(trail, name, inner.struct_variant(fields, visitor))
    }
}
