//! Nothing of the previous version is forgotten: the next one uses each field and each variant, or says that it is
//! removed. And nothing of the next one comes from nowhere.
//!
//! The compiler reports some of these as well; this says what to write.

#![allow(missing_docs, reason = "only generated code names these items")]

mod variants;

pub use self::variants::{becomes, carries_in, complete_in, complete_variants, folds};
use crate::{
    chain::Chain,
    history::{Field, Version},
    message::{Message, same_text},
};

/// Ends the compilation where a field without a rule is not one of the previous version.
#[track_caller]
pub const fn carries(chain: &Chain, previous: &Version, field: &str) {
    if previous.is_unknown() || has_field(previous.fields, field) {
        return;
    }
    new_in(chain, Message::quoted(field))
        .append(&Message::version(previous))
        .text(" has no field of that name; write `#[versioned(added)]`, or `#[versioned(from = ..)]` if it was renamed")
        .fail()
}

/// [`carries`] for the field that keeps what the version does not know.
#[track_caller]
pub const fn carries_unknown(_: &Chain, previous: &Version, field: &str) {
    if previous.is_unknown() || has_field(previous.fields, field) {
        return;
    }
    Message::version(previous)
        .text(" has no field `")
        .text(field)
        .text("` to carry on; write `#[versioned(unknown, added)]`, and it starts with what that version does not ")
        .text("know, or `#[versioned(unknown, from = ..)]`")
        .fail()
}

/// Ends the compilation where a field of the previous version is neither used nor removed.
#[track_caller]
pub const fn complete(chain: &Chain, previous: &Version, accounted: &[&str]) {
    let left_out = left_out(previous.fields, accounted);
    if left_out.is_empty() {
        return;
    }
    Message::current(chain)
        .text(" leaves out fields of ")
        .append(&Message::version(previous))
        .text(": use them, or write `removed(")
        .append(&left_out)
        .text(")`")
        .fail()
}

const fn new_in(chain: &Chain, what: Message) -> Message {
    what.text(" is new in schema version ").number(chain.version).text(": ")
}

const fn has_field(fields: &[Field], name: &str) -> bool {
    let mut rest = fields;
    while let [first, others @ ..] = rest {
        if same_text(first.name, name) {
            return true;
        }
        rest = others;
    }
    false
}

/// The names of the fields that are not accounted for, with commas.
const fn left_out(fields: &[Field], accounted: &[&str]) -> Message {
    let mut list = Message::new();
    let mut rest = fields;
    while let [field, others @ ..] = rest {
        if !contains(accounted, field.name) {
            if !list.is_empty() {
                list = list.text(", ");
            }
            list = list.text(field.name);
        }
        rest = others;
    }
    list
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut rest = names;
    while let [first, others @ ..] = rest {
        if same_text(first, name) {
            return true;
        }
        rest = others;
    }
    false
}
