//! When two values are the same.

use bson::{Bson, RawBsonRef};

/// Equal in type and value; NaN equals itself, and the order of a document's fields does not count.
pub(crate) fn same(a: &Bson, b: &Bson) -> bool {
    match (a, b) {
        (Bson::Double(a), Bson::Double(b)) => a.to_bits() == b.to_bits(),
        (Bson::Array(a), Bson::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Bson::Document(a), Bson::Document(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// The same to the last byte: what this says of two values, [`same`] says of them, too.
pub(super) fn identical(a: RawBsonRef<'_>, b: RawBsonRef<'_>) -> bool {
    match (a, b) {
        (RawBsonRef::Double(a), RawBsonRef::Double(b)) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}

/// [`same`] for values as they lie in a document.
///
/// # Errors
///
/// Bytes that are not BSON.
pub(crate) fn same_in_bytes(a: RawBsonRef<'_>, b: RawBsonRef<'_>) -> Result<bool, bson::error::Error> {
    Ok(identical(a, b) || same(&a.try_into()?, &b.try_into()?))
}

/// Equal as numbers, whatever their types.
pub(super) fn same_number(a: &Bson, b: &Bson) -> bool {
    match (number(a), number(b)) {
        (Some(Number::Integer(a)), Some(Number::Integer(b))) => a == b,
        (Some(Number::Double(a)), Some(Number::Double(b))) => a.to_bits() == b.to_bits(),
        (Some(Number::Integer(i)), Some(Number::Double(d)))
        | (Some(Number::Double(d)), Some(Number::Integer(i))) => {
            // Exact: the text of an integral double is its integer.
            d.fract() == 0.0 && format!("{d:.0}") == i.to_string()
        }
        _ => false,
    }
}

enum Number {
    Integer(i64),
    Double(f64),
}

fn number(value: &Bson) -> Option<Number> {
    match value {
        Bson::Int32(value) => Some(Number::Integer((*value).into())),
        Bson::Int64(value) => Some(Number::Integer(*value)),
        Bson::Double(value) => Some(Number::Double(*value)),
        _ => None,
    }
}
