//! Fields that were read before it was known what to read them as, kept in serde's own data model.
//!
//! serde keeps such a buffer for its tagged enums, as a tree, and does not export it. A tape is one allocation, however
//! deep the value; `playback` reads it, as often as it takes. `bson::Bson` cannot stand in for it (no borrowed text,
//! no `u64` above `i64::MAX`), and the published crates for the purpose treat a buffered null in an `Option` as a value.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::KEY;

/// There is room for so many events before the tape has to grow: those of a short document.
const FIELDS: usize = 32;

#[derive(Debug)]
pub(super) enum Event<'de> {
    Null,
    Bool(bool),
    // The width is part of what a catch-all of BSON values keeps: an Int32 is no Int64.
    Signed32(i32),
    Unsigned32(u32),
    Signed(i64),
    Unsigned(u64),
    // Rare, and twice as wide as all others.
    Signed128(Box<i128>),
    Unsigned128(Box<u128>),
    Double(f64),
    Char(char),
    Text(Cow<'de, str>),
    Bytes(Cow<'de, [u8]>),
    /// Its elements follow, in so many events.
    Sequence(usize),
    /// Its keys and values follow in turn, in so many events.
    Map(usize),
}

/// A document.
#[derive(Debug)]
pub struct Tape<'de> {
    pub(super) document: Event<'de>,
    pub(super) fields: Vec<Event<'de>>,
    pub(super) human_readable: bool,
}

impl<'de> Tape<'de> {
    /// Records the document whose first key has been read.
    pub(super) fn record<A: MapAccess<'de>>(
        first: Option<Cow<'de, str>>,
        mut map: A,
        human_readable: bool,
    ) -> Result<Self, A::Error> {
        let mut fields = Vec::with_capacity(FIELDS);
        let mut next = first;
        while let Some(key) = next {
            fields.push(Event::Text(key));
            map.next_value_seed(Recorder(&mut fields))?;
            next = map.next_key_seed(KEY)?;
        }
        Ok(Self { document: Event::Map(fields.len()), fields, human_readable })
    }
}

/// Appends what it is given.
struct Recorder<'t, 'de>(&'t mut Vec<Event<'de>>);

impl<'de> Recorder<'_, 'de> {
    fn push<E>(self, event: Event<'de>) -> Result<(), E> {
        self.0.push(event);
        Ok(())
    }

    /// What `inside` appends becomes the inside of `event`.
    fn nest<E: Error>(
        self,
        event: fn(usize) -> Event<'de>,
        inside: impl FnOnce(&mut Vec<Event<'de>>) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = self.0.len();
        self.0.push(event(0));
        inside(self.0)?;
        let end = self.0.len();
        if let Some(placeholder) = self.0.get_mut(start) {
            *placeholder = event(end - start - 1);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Recorder<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! keep {
    ($($method:ident($type:ty) = $make:expr;)*) => {
        $(fn $method<E>(self, value: $type) -> Result<(), E> {
            self.push($make(value))
        })*
    };
}

impl<'de> Visitor<'de> for Recorder<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    keep! {
        visit_bool(bool) = Event::Bool;
        visit_i8(i8) = |value| Event::Signed32(i32::from(value));
        visit_i16(i16) = |value| Event::Signed32(i32::from(value));
        visit_i32(i32) = Event::Signed32;
        visit_u8(u8) = |value| Event::Unsigned32(u32::from(value));
        visit_u16(u16) = |value| Event::Unsigned32(u32::from(value));
        visit_u32(u32) = Event::Unsigned32;
        visit_i64(i64) = Event::Signed;
        visit_u64(u64) = Event::Unsigned;
        visit_i128(i128) = |value| Event::Signed128(Box::new(value));
        visit_u128(u128) = |value| Event::Unsigned128(Box::new(value));
        visit_f64(f64) = Event::Double;
        visit_char(char) = Event::Char;
        visit_borrowed_str(&'de str) = |text| Event::Text(Cow::Borrowed(text));
        visit_str(&str) = |text: &str| Event::Text(Cow::Owned(text.to_owned()));
        visit_string(String) = |text| Event::Text(Cow::Owned(text));
        visit_borrowed_bytes(&'de [u8]) = |bytes| Event::Bytes(Cow::Borrowed(bytes));
        visit_bytes(&[u8]) = |bytes: &[u8]| Event::Bytes(Cow::Owned(bytes.to_owned()));
        visit_byte_buf(Vec<u8>) = |bytes| Event::Bytes(Cow::Owned(bytes));
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.push(Event::Null)
    }

    fn visit_none<E>(self) -> Result<(), E> {
        self.push(Event::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.nest(Event::Sequence, |events| {
            while seq.next_element_seed(Recorder(events))?.is_some() {}
            Ok(())
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.nest(Event::Map, |events| {
            while map.next_key_seed(Recorder(events))?.is_some() {
                map.next_value_seed(Recorder(events))?;
            }
            Ok(())
        })
    }
}
