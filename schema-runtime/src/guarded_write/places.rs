//! Where equality is not identity.
//!
//! Two documents are equal to the server when they have the same fields in the same order with equal values, and numbers are
//! equal across types. They are identical if also
//!
//! - both are of the same size, and
//! - at each of the places found here, the values are of the same type and have the same text.
//!
//! Why this is enough: an equal number of another type is larger, smaller or as large. Which numbers can be as large or become
//! smaller? A 64-bit integer and a double (they take 8 bytes both, and an `Int32` only 4), and a decimal: those are the places, and
//! their types are compared. All others, `Int32` and doubles with a fraction, can only grow, and as nothing else can shrink, the size
//! tells. Within a type, zeros differ by their sign and decimals by their exponent (1.0 and 1.00); their texts tell. In
//! a collection with a collation, every text is such a place. (The payload of a NaN is not told apart, by anybody.)

use bson::{RawArray, RawBsonRef, RawDocument, error::Result};

use crate::difference::{Path, Way};

/// A value that has equals that are not identical to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: Path,
    pub(super) kind: Kind,
    /// The text that tells it from its equals of the same type, as the server writes it.
    pub(super) text: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Long,
    Double,
    Zero,
    Decimal,
    Text,
}

impl Kind {
    /// As the server's `$type` says it.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Double | Self::Zero => "double",
            Self::Decimal => "decimal",
            Self::Text => "string",
        }
    }

    pub(super) fn has_text(self) -> bool {
        matches!(self, Self::Zero | Self::Decimal | Self::Text)
    }
}

impl Place {
    /// Whether one expression can hold both.
    pub(super) fn has_the_form_of(&self, other: &Self) -> bool {
        (self.kind, &self.path) == (other.kind, &other.path)
    }

    pub(super) fn bytes(&self) -> usize {
        // An expression names its path up to three times, in an operator for each segment.
        3 * (self.path.segments().len() * 96 + self.path.to_string().len())
            + 2 * self.text.as_ref().map_or(0, String::len)
    }
}

/// # Errors
///
/// Bytes that are not BSON.
pub(super) fn places(document: &RawDocument, collated: bool) -> Result<Vec<Place>> {
    let mut walk = Walk { collated, places: Vec::new() };
    walk.document(Way::Start, document, false)?;
    Ok(walk.places)
}

struct Walk {
    collated: bool,
    places: Vec<Place>,
}

impl Walk {
    fn document(&mut self, way: Way<'_>, document: &RawDocument, in_array: bool) -> Result<()> {
        for field in document {
            let (name, value) = field?;
            self.value(Way::Field(&way, name.as_str()), value, in_array)?;
        }
        Ok(())
    }

    fn array(&mut self, way: Way<'_>, array: &RawArray) -> Result<()> {
        for (index, value) in array.into_iter().enumerate() {
            self.value(Way::Element(&way, index), value?, true)?;
        }
        Ok(())
    }

    fn value(&mut self, way: Way<'_>, value: RawBsonRef<'_>, in_array: bool) -> Result<()> {
        let (kind, text) = match value {
            RawBsonRef::Document(document) => return self.document(way, document, in_array),
            RawBsonRef::Array(array) => return self.array(way, array),
            RawBsonRef::Int64(_) => (Kind::Long, None),
            RawBsonRef::Double(zero) if zero == 0.0 => {
                (Kind::Zero, Some(if zero.is_sign_negative() { "-0" } else { "0" }.to_owned()))
            }
            // A long list of measurements has few round ones. A single field counts in any case, so that documents that differ
            // in nothing else can share a statement.
            RawBsonRef::Double(double) if !in_array || double.fract() == 0.0 => (Kind::Double, None),
            RawBsonRef::Decimal128(decimal) => (Kind::Decimal, Some(decimal.to_string())),
            RawBsonRef::String(text) if self.collated => (Kind::Text, Some(text.to_owned())),
            _ => return Ok(()),
        };
        self.places.push(Place { path: way.path(), kind, text });
        Ok(())
    }
}
