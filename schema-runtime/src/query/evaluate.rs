//! Whether a condition is true of a value that is known here, as far as that is certain. `None` where it is not: lists with
//! something in them, regular expressions, comparisons with null.

use bson::Bson;

use super::{
    compare::{Bracket, equal, order},
    operator::operators,
    split,
};
use crate::numbers::integer;

/// What the server finds at a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Found<'v> {
    Value(&'v Bson),
    Nothing,
    /// Below an empty list there is not even nothing.
    Nowhere,
}

impl<'v> Found<'v> {
    /// What is found below a value; `None` where it would be several.
    pub(super) fn below(value: Option<&'v Bson>, path: Option<&str>) -> Option<Self> {
        match (value, path) {
            (None, _) => Some(Self::Nothing),
            (Some(value), None) => Some(Self::Value(value)),
            (Some(Bson::Document(document)), Some(path)) => {
                let (head, rest) = split(path);
                Self::below(document.get(head), rest)
            }
            (Some(Bson::Array(list)), Some(path)) => {
                let is_index = path.starts_with(|sign: char| sign.is_ascii_digit());
                (list.is_empty() && !is_index).then_some(Self::Nowhere)
            }
            (Some(_), Some(_)) => Some(Self::Nothing),
        }
    }

    fn value(self) -> Option<&'v Bson> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Nowhere => None,
        }
    }

    /// Whether the server looks into it for other values.
    fn has_elements(self) -> bool {
        self.value().and_then(Bson::as_array).is_some_and(|list| !list.is_empty())
    }
}

pub(super) fn evaluate(condition: &Bson, found: Found<'_>) -> Option<bool> {
    match operators(condition) {
        None => equals_or_fits(condition, found),
        Some(operators) => {
            every(operators.iter().map(|(operator, operand)| evaluate_operator(operator, operand, found)))
        }
    }
}

fn evaluate_operator(operator: &str, operand: &Bson, found: Found<'_>) -> Option<bool> {
    let not = |answer: Option<bool>| answer.map(|answer| !answer);
    let in_list = |operand: &Bson| some(operand.as_array()?.iter().map(|one| equals_or_fits(one, found)));
    match operator {
        "$eq" => equal(operand, found),
        "$ne" => not(equal(operand, found)),
        "$gt" => order(operand, found, |order| order.is_gt()),
        "$gte" => order(operand, found, |order| order.is_ge()),
        "$lt" => order(operand, found, |order| order.is_lt()),
        "$lte" => order(operand, found, |order| order.is_le()),
        "$in" => in_list(operand),
        "$nin" => not(in_list(operand)),
        "$exists" => Some(is_true(operand)? == found.value().is_some()),
        "$type" => is_of_type(operand, found),
        "$regex" => fits(found),
        // Part of the one before it.
        "$options" => Some(true),
        "$size" => {
            let size = integer(operand)?;
            let length = found.value().and_then(Bson::as_array).map(|list| i64::try_from(list.len()));
            Some(length == Some(Ok(size)))
        }
        "$all" => match operand.as_array()?.as_slice() {
            [] => Some(false),
            all => every(all.iter().map(|one| equals_or_fits(one, found))),
        },
        "$elemMatch" if found.has_elements() => None,
        "$elemMatch" => Some(false),
        "$mod" => is_remainder(operand, found),
        "$not" => not(evaluate(operand, found)),
        // Bits and places are in values only.
        _ => found.value().is_none().then_some(false),
    }
}

/// As in an implicit comparison and in lists, where a regular expression is one.
fn equals_or_fits(operand: &Bson, found: Found<'_>) -> Option<bool> {
    match operand {
        Bson::RegularExpression(_) => fits(found),
        Bson::Document(_) if operators(operand).is_some() => evaluate(operand, found),
        other => equal(other, found),
    }
}

/// Which texts fit a regular expression is the server's to know; nothing but text does.
fn fits(found: Found<'_>) -> Option<bool> {
    match found.value() {
        Some(Bson::Array(list)) if list.is_empty() => Some(false),
        Some(value) => match Bracket::of(value)? {
            Bracket::Text => None,
            _ => Some(false),
        },
        None => Some(false),
    }
}

fn is_of_type(operand: &Bson, found: Found<'_>) -> Option<bool> {
    let Some(value) = found.value() else { return Some(false) };
    let (name, number) = match value {
        Bson::Double(_) => ("double", 1),
        Bson::String(_) => ("string", 2),
        Bson::Document(_) => ("object", 3),
        Bson::Array(_) => ("array", 4),
        Bson::ObjectId(_) => ("objectId", 7),
        Bson::Boolean(_) => ("bool", 8),
        Bson::DateTime(_) => ("date", 9),
        Bson::Null => ("null", 10),
        Bson::Int32(_) => ("int", 16),
        Bson::Int64(_) => ("long", 18),
        Bson::Decimal128(_) => ("decimal", 19),
        _ => return None,
    };
    let is_number = matches!(name, "double" | "int" | "long" | "decimal");
    let is = |ty: &Bson| match ty {
        Bson::String(ty) => Some(ty == name || (is_number && ty == "number")),
        ty => integer(ty).map(|ty| ty == number),
    };
    let answer = match operand {
        Bson::Array(types) => some(types.iter().map(is))?,
        ty => is(ty)?,
    };
    (answer || !found.has_elements()).then_some(answer)
}

fn is_remainder(operand: &Bson, found: Found<'_>) -> Option<bool> {
    if found.has_elements() {
        return None;
    }
    let [divisor, remainder] = operand.as_array()?.as_slice() else { return None };
    match found.value() {
        Some(value @ (Bson::Int32(_) | Bson::Int64(_))) => {
            Some(integer(value)?.checked_rem(integer(divisor)?)? == integer(remainder)?)
        }
        Some(Bson::Double(_) | Bson::Decimal128(_)) => None,
        _ => Some(false),
    }
}

fn is_true(operand: &Bson) -> Option<bool> {
    match operand {
        Bson::Boolean(answer) => Some(*answer),
        number => integer(number).map(|number| number != 0),
    }
}

fn every(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => all = None,
        }
    }
    all
}

fn some(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    every(answers.into_iter().map(|answer| answer.map(|answer| !answer))).map(|none| !none)
}
