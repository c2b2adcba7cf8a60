//! The same for an enum: each variant of the previous version becomes one of the next, with all it holds.

use super::{contains, has_field, left_out, new_in};
use crate::{
    chain::Chain,
    history::{Variant, Version},
    message::{Message, same_text},
};

/// Ends the compilation where a variant without a rule is not one of the previous version.
#[track_caller]
pub const fn becomes(chain: &Chain, previous: &Version, variant: &str) {
    if previous.variants.is_none() || find(previous, variant).is_some() {
        return;
    }
    new_in(chain, Message::quoted(variant))
        .append(&Message::version(previous))
        .text(" has no variant of that name; write `#[versioned(added)]`, or `#[versioned(from = ..)]` if it was ")
        .text("renamed")
        .fail()
}

/// Ends the compilation where a field of a variant has no rule, and the old variant `from` has none of that name.
#[track_caller]
pub const fn carries_in(chain: &Chain, previous: &Version, from: &str, field: &str) {
    let Some(variant) = find(previous, from) else { return };
    if has_field(variant.fields, field) {
        return;
    }
    new_in(chain, Message::quoted(field))
        .append(&Message::variant(previous, from))
        .text(" has no field of that name; write `#[versioned(added)]`, or `#[versioned(from = ..)]` if it was renamed")
        .fail()
}

/// Ends the compilation where a field of the old variant `from` is neither used nor removed in `variant`.
#[track_caller]
pub const fn complete_in(chain: &Chain, previous: &Version, from: &str, variant: &str, accounted: &[&str]) {
    let Some(old) = find(previous, from) else { return };
    let left_out = left_out(old.fields, accounted);
    if left_out.is_empty() {
        return;
    }
    Message::quoted(variant)
        .text(" of ")
        .append(&Message::current(chain))
        .text(" leaves out fields of ")
        .append(&Message::variant(previous, from))
        .text(": use them, or write `#[versioned(removed(")
        .append(&left_out)
        .text("))]` here")
        .fail()
}

/// Ends the compilation where the old variant `from` is folded into a variant that is made of other fields.
#[track_caller]
pub const fn folds(previous: &Version, from: &str, variant: &str, accounted: &[&str]) {
    let Some(old) = find(previous, from) else { return };
    let mut rest = accounted;
    let mut missing = false;
    while let [name, others @ ..] = rest {
        missing = missing || !has_field(old.fields, name);
        rest = others;
    }
    if !missing && left_out(old.fields, accounted).is_empty() {
        return;
    }
    Message::variant(previous, from)
        .text(" has other fields than `")
        .text(variant)
        .text("` is made of; write out what becomes of them, `")
        .text(from)
        .text(" { .. } => ")
        .text(variant)
        .text(" { .. }`")
        .fail()
}

/// Ends the compilation where a variant of the previous version becomes nothing.
#[track_caller]
pub const fn complete_variants(chain: &Chain, previous: &Version, accounted: &[&str]) {
    if previous.is_unknown() {
        return;
    }
    let Some(variants) = previous.variants else {
        Message::current(chain)
            .text(" is an enum and ")
            .append(&Message::version(previous))
            .text(" is none, so no step can be derived; write `manual`, and the step by hand")
            .fail()
    };
    let mut removed = Message::new();
    let mut rest = variants.list;
    while let [variant, others @ ..] = rest {
        if !contains(accounted, variant.name) {
            if !removed.is_empty() {
                removed = removed.text(", ");
            }
            removed = removed.text(variant.name).text(" => ..");
        }
        rest = others;
    }
    if removed.is_empty() {
        return;
    }
    Message::current(chain)
        .text(" leaves out variants of ")
        .append(&Message::version(previous))
        .text(": use them, or write what becomes of them, `removed(")
        .append(&removed)
        .text(")`")
        .fail()
}

const fn find(version: &Version, name: &str) -> Option<&'static Variant> {
    let Some(variants) = version.variants else { return None };
    let mut rest = variants.list;
    while let [variant, others @ ..] = rest {
        if same_text(variant.name, name) {
            return Some(variant);
        }
        rest = others;
    }
    None
}
