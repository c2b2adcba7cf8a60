//! The operators on one field whose meaning depends on nothing but its value.

use bson::{Bson, Document};

const KNOWN: [&str; 23] = [
    "$eq",
    "$ne",
    "$gt",
    "$gte",
    "$lt",
    "$lte",
    "$in",
    "$nin",
    "$exists",
    "$type",
    "$regex",
    "$options",
    "$size",
    "$all",
    "$elemMatch",
    "$mod",
    "$bitsAllSet",
    "$bitsAnySet",
    "$bitsAllClear",
    "$bitsAnyClear",
    "$geoWithin",
    "$geoIntersects",
    "$not",
];

/// The operators of a condition; `None` where it is a value that the field is to be equal to.
pub(super) fn operators(condition: &Bson) -> Option<&Document> {
    let operators = condition.as_document()?;
    operators.keys().next().filter(|name| name.starts_with('$'))?;
    Some(operators)
}

/// The first operator in a condition that is not one of those.
pub(super) fn unknown_in(condition: &Bson) -> Option<&str> {
    operators(condition)?.iter().find_map(|(name, operand)| match name.as_str() {
        "$not" => unknown_in(operand),
        name => (!KNOWN.contains(&name)).then_some(name),
    })
}
