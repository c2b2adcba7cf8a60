//! What the format hands to the type, watched: keys are noted, and what has an inside is wrapped.

use std::fmt;

use serde::de::{Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

use super::{
    Failure, Key, Role, Tracked,
    access::{TrackedEnum, TrackedMap, TrackedSeq},
};
use crate::upgrade::Segment;

impl<'t> Role<'t> {
    fn key(self) -> Option<&'t Key> {
        match self {
            Self::Key(key) | Self::Variant(key) => Some(key),
            Self::Value | Self::Struct(_) => None,
        }
    }
}

macro_rules! watch {
    ($set:ident; $($method:ident($type:ty);)*) => {
        $(fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            if let Some(key) = self.role.key() {
                key.$set(&value);
            }
            self.trail.enter_format(self.inner.$method(value))
        })*
    };
}

macro_rules! hand_on {
    ($($method:ident($($value:ident: $type:ty)?);)*) => {
        $(fn $method<E: Error>(self, $($value: $type)?) -> Result<V::Value, E> {
            self.trail.enter_format(self.inner.$method($($value)?))
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Tracked<'_, V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(formatter)
    }

    watch! { set_text;
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
    }

    watch! { set_other;
        visit_bool(bool);
        visit_i8(i8);
        visit_i16(i16);
        visit_i32(i32);
        visit_i64(i64);
        visit_i128(i128);
        visit_u8(u8);
        visit_u16(u16);
        visit_u32(u32);
        visit_u64(u64);
        visit_u128(u128);
        visit_f32(f32);
        visit_f64(f64);
        visit_char(char);
    }

    hand_on! {
        visit_bytes(value: &[u8]);
        visit_borrowed_bytes(value: &'de [u8]);
        visit_byte_buf(value: Vec<u8>);
        visit_none();
        visit_unit();
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let Self { inner, trail, role } = self;
        trail.enter_format(inner.visit_some(Tracked { inner: deserializer, trail, role }))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let Self { inner, trail, role } = self;
        trail.enter_format(inner.visit_newtype_struct(Tracked { inner: deserializer, trail, role }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.trail.enter_format(self.inner.visit_seq(TrackedSeq::new(seq, self.trail)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let Self { inner, trail, role } = self;
        let result = inner.visit_map(TrackedMap::new(map, trail));
        if let (Err(Failure { missing: Some(field), .. }), Role::Struct(fields)) = (&result, role)
            // Else it is a field of something further in that was read from a buffer.
            && fields.contains(field)
        {
            trail.passes(Some(Segment::Field((*field).into())));
        }
        trail.enter_format(result)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let own = Key::default();
        let name = self.role.key().unwrap_or(&own);
        self.trail.enter_format(self.inner.visit_enum(TrackedEnum::new(access, self.trail, name)))
    }
}
