//! No field of the previous version is forgotten: the next one uses each, or says that it is removed.

#![allow(missing_docs, reason = "only generated code names these items")]

use crate::{
    chain::Chain,
    history::{Field, Version},
    message::{Message, same_text},
};

/// The fields of the previous version, and the type that has to account for them.
#[derive(Debug)]
pub struct Account {
    previous: Chain,
    fields: &'static [Field],
    type_name: &'static str,
    version: u32,
}

impl Account {
    pub const fn new(previous: Chain, history: &Version, type_name: &'static str, version: u32) -> Self {
        Self { previous, fields: history.fields, type_name, version }
    }

    /// Ends the compilation where a field without a rule is not one of the previous version. The compiler
    /// reports it as well; this says what to write.
    #[track_caller]
    pub const fn carries(&self, field: &str) {
        let mut rest = self.fields;
        while let [first, others @ ..] = rest {
            if same_text(first.name, field) {
                return;
            }
            rest = others;
        }
        Message::new()
            .text("`")
            .text(field)
            .text("` is new in schema version ")
            .number(self.version)
            .text(": `")
            .text(self.previous.type_name)
            .text("` (schema version ")
            .number(self.previous.version)
            .text(") has no field of that name; write `#[versioned(added)]`, or `#[versioned(from = ..)]` if it ")
            .text("was renamed")
            .fail()
    }

    /// [`carries`](Self::carries) for the field that keeps what the version does not know.
    #[track_caller]
    pub const fn carries_unknown(&self, field: &str) {
        let mut rest = self.fields;
        while let [first, others @ ..] = rest {
            if same_text(first.name, field) {
                return;
            }
            rest = others;
        }
        Message::new()
            .text("`")
            .text(self.previous.type_name)
            .text("` (schema version ")
            .number(self.previous.version)
            .text(") has no field `")
            .text(field)
            .text("` to carry on; write `#[versioned(unknown, added)]`, and it starts with what that version does not ")
            .text("know, or `#[versioned(unknown, from = ..)]`")
            .fail()
    }

    /// Ends the compilation where a field of the previous version is neither used nor removed.
    #[track_caller]
    pub const fn complete(&self, accounted: &[&str]) {
        let left_out = left_out(self.fields, accounted, Message::new());
        if left_out.is_empty() {
            return;
        }
        Message::new()
            .text("`")
            .text(self.type_name)
            .text("` (schema version ")
            .number(self.version)
            .text(") leaves out fields of `")
            .text(self.previous.type_name)
            .text("` (schema version ")
            .number(self.previous.version)
            .text("): use them, or write `removed(")
            .append(&left_out)
            .text(")`")
            .fail()
    }
}

const fn left_out(fields: &[Field], accounted: &[&str], mut list: Message) -> Message {
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
