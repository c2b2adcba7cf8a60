//! Comparisons as the server makes them, without a collation, of values of which that is certain.

use std::cmp::Ordering;

use bson::{Bson, Document};

use super::evaluate::Found;

/// Only values of one bracket are less or greater than each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Null,
    Number,
    Text,
    Document,
    Id,
    Bool,
    Date,
}

impl Bracket {
    pub(super) fn of(value: &Bson) -> Option<Self> {
        match value {
            Bson::Null => Some(Self::Null),
            Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_) | Bson::Decimal128(_) => Some(Self::Number),
            Bson::String(_) => Some(Self::Text),
            Bson::Document(_) => Some(Self::Document),
            Bson::ObjectId(_) => Some(Self::Id),
            Bson::Boolean(_) => Some(Self::Bool),
            Bson::DateTime(_) => Some(Self::Date),
            _ => None,
        }
    }
}

pub(super) fn equal(operand: &Bson, found: Found<'_>) -> Option<bool> {
    match found {
        Found::Nowhere => Some(false),
        Found::Nothing => match operand {
            Bson::Undefined => None,
            operand => Some(*operand == Bson::Null),
        },
        Found::Value(Bson::Array(list)) if list.is_empty() => match operand {
            Bson::Array(other) => Some(other.is_empty()),
            operand => Bracket::of(operand).map(|_| false),
        },
        Found::Value(value) => match (operand, Bracket::of(value)?) {
            // It is no list itself.
            (Bson::Array(_), _) => Some(false),
            (Bson::Document(_), Bracket::Document) => {
                // Other bytes may still be the same numbers.
                (bytes(operand)? == bytes(value)?).then_some(true)
            }
            (operand, bracket) if Bracket::of(operand)? == bracket => {
                compare(operand, value).map(Ordering::is_eq)
            }
            _ => Some(false),
        },
    }
}

/// Whether the value stands to the operand as `fits` says.
pub(super) fn order(operand: &Bson, found: Found<'_>, fits: fn(Ordering) -> bool) -> Option<bool> {
    let bracket = Bracket::of(operand)?;
    if matches!(bracket, Bracket::Null | Bracket::Document) || is_nan(operand) {
        return None;
    }
    match found {
        Found::Nowhere | Found::Nothing => Some(false),
        Found::Value(Bson::Array(list)) if list.is_empty() => Some(false),
        Found::Value(value) if Bracket::of(value)? == bracket => compare(value, operand).map(fits),
        Found::Value(_) => Some(false),
    }
}

fn is_nan(value: &Bson) -> bool {
    value.as_f64().is_some_and(f64::is_nan)
}

/// Of two values of one bracket.
fn compare(a: &Bson, b: &Bson) -> Option<Ordering> {
    match (a, b) {
        (Bson::Null, Bson::Null) => Some(Ordering::Equal),
        (Bson::String(a), Bson::String(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Bson::ObjectId(a), Bson::ObjectId(b)) => Some(a.bytes().cmp(&b.bytes())),
        (Bson::Boolean(a), Bson::Boolean(b)) => Some(a.cmp(b)),
        (Bson::DateTime(a), Bson::DateTime(b)) => Some(a.cmp(b)),
        _ => match (whole(a), whole(b)) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => exact(a)?.partial_cmp(&exact(b)?),
        },
    }
}

fn whole(value: &Bson) -> Option<i64> {
    match value {
        Bson::Int32(value) => Some((*value).into()),
        Bson::Int64(value) => Some(*value),
        _ => None,
    }
}

/// A number as a double that is exactly this number.
fn exact(value: &Bson) -> Option<f64> {
    match value {
        Bson::Double(value) => Some(*value),
        value => i32::try_from(whole(value)?).ok().map(f64::from),
    }
}

fn bytes(value: &Bson) -> Option<Vec<u8>> {
    bson::serialize_to_vec(&Document::from_iter([(String::new(), value.clone())])).ok()
}
