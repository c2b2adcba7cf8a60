//! Which value of a field is not written.

use bson::Bson;
use schema_core::history::{Field, Version};

use super::{Attributes, Obstacle};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Omitted {
    Null,
    EmptyText,
    EmptyList,
}

impl Omitted {
    /// That of a field that this version writes.
    pub(crate) fn of(version: &Version, field: &'static Field) -> Result<Option<Self>, Obstacle> {
        let Some(function) = Attributes::of(version, field)?.omitted else { return Ok(None) };
        let plain = function.trim_start_matches("std::option::").trim_start_matches("core::option::");
        match plain.trim_start_matches("std::vec::").trim_start_matches("std::string::") {
            "Option::is_none" => Ok(Some(Self::Null)),
            "String::is_empty" => Ok(Some(Self::EmptyText)),
            "Vec::is_empty" => Ok(Some(Self::EmptyList)),
            _ => Err(Obstacle::Function { version: version.version, field: field.label(), function }),
        }
    }

    pub(crate) fn value(self) -> Bson {
        match self {
            Self::Null => Bson::Null,
            Self::EmptyText => Bson::from(""),
            Self::EmptyList => Bson::Array(Vec::new()),
        }
    }
}
