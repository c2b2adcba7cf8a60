//! Why a type did not take what a probe offered: serde's errors, with the names that they carry.

use std::fmt;

use serde::de;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The probe has seen what it was sent for.
    Seen,
    MissingField(&'static str),
    DuplicateField(&'static str),
    UnknownField,
    UnknownVariant(&'static [&'static str]),
    Other,
}

impl de::Error for Refusal {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }

    fn missing_field(field: &'static str) -> Self {
        Self::MissingField(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::DuplicateField(field)
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::UnknownField
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::UnknownVariant(expected)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Refusal {}
