//! The value of a version field: which numbers are versions, and what to say about everything else.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// What a version field holds that is not a version.
///
/// A version is a whole number from 0 to 2,147,483,647 (the range of the Int32 that is written), as Int32,
/// Int64 or Double. Anything else is reported as found and never interpreted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found} is not a whole number from 0 to {}", i32::MAX)]
pub struct InvalidVersion {
    /// The value found, described for a person: `text "two"`, `null`, `-1`.
    pub found: String,
}

impl InvalidVersion {
    pub(crate) fn new(found: impl Into<String>) -> Self {
        Self { found: found.into() }
    }

    /// Text in place of a number. A person needs the start of it, not a megabyte of it.
    pub(crate) fn text(found: &str) -> Self {
        let start: String = found.chars().take(40).collect();
        Self::new(format!("text {start:?}"))
    }
}

pub(crate) fn from_integer(value: i64) -> Result<u32, InvalidVersion> {
    match i32::try_from(value).map(u32::try_from) {
        Ok(Ok(version)) => Ok(version),
        _ => Err(InvalidVersion::new(value.to_string())),
    }
}

pub(crate) fn from_double(value: f64) -> Result<u32, InvalidVersion> {
    if value.fract() == 0.0 && (0.0..=f64::from(i32::MAX)).contains(&value) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "integral and within range, both checked above"
        )]
        return Ok(value as u32);
    }
    Err(InvalidVersion::new(value.to_string()))
}

/// The version field read through serde, for formats other than BSON bytes.
pub(crate) struct VersionValue(pub(crate) Result<u32, InvalidVersion>);

impl<'de> Deserialize<'de> for VersionValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(VersionVisitor)
    }
}

struct VersionVisitor;

impl VersionVisitor {
    fn invalid(found: impl Into<String>) -> VersionValue {
        VersionValue(Err(InvalidVersion::new(found)))
    }
}

impl<'de> Visitor<'de> for VersionVisitor {
    type Value = VersionValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a schema version")
    }

    fn visit_i64<E>(self, value: i64) -> Result<VersionValue, E> {
        Ok(VersionValue(from_integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<VersionValue, E> {
        Ok(match i64::try_from(value) {
            Ok(value) => VersionValue(from_integer(value)),
            Err(_) => Self::invalid(value.to_string()),
        })
    }

    fn visit_f64<E>(self, value: f64) -> Result<VersionValue, E> {
        Ok(VersionValue(from_double(value)))
    }

    fn visit_bool<E>(self, value: bool) -> Result<VersionValue, E> {
        Ok(Self::invalid(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<VersionValue, E> {
        Ok(VersionValue(Err(InvalidVersion::text(value))))
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<VersionValue, E> {
        Ok(Self::invalid("binary data"))
    }

    fn visit_unit<E>(self) -> Result<VersionValue, E> {
        Ok(Self::invalid("null"))
    }

    fn visit_none<E>(self) -> Result<VersionValue, E> {
        Ok(Self::invalid("null"))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<VersionValue, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<VersionValue, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<VersionValue, A::Error> {
        while seq.next_element::<de::IgnoredAny>()?.is_some() {}
        Ok(Self::invalid("an array"))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<VersionValue, A::Error> {
        while map.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
        Ok(Self::invalid("a document"))
    }
}
