//! The way back of a reversible step: for each field of the previous version, what makes it of the new one.
//!
//! A carried field goes back by itself, `back_with` returns what its field was made of, and `reversible(old = ..)`
//! makes the rest of the whole new document. New fields that nothing asks for are dropped.

use darling::{Error, Result, error::Accumulator};
use quote::ToTokens;
use syn::{Ident, Member, Path};

use super::field::Field;
use crate::{
    model::{NewField, Record, Rule, Segment},
    value::{Function, field_text},
};

/// What to write where no rule leads back.
#[derive(Clone, Copy)]
pub(super) enum Instead<'a> {
    /// In a struct, a function for the old field.
    Function,
    /// In an enum, the way back of the whole variant.
    Arm { from: &'a Ident, into: &'a Ident },
}

impl Instead<'_> {
    fn for_field(self, old: &str) -> String {
        match self {
            Self::Function => format!("`reversible({old} = |new| ..)`, a function of the whole new document"),
            Self::Arm { from, into } => format!("`reversible({from} {{ .. }} => {into} {{ .. }})`"),
        }
    }

    fn for_any(self) -> String {
        match self {
            Self::Function => "`reversible(.. = |new| ..)`".to_owned(),
            Self::Arm { .. } => self.for_field(".."),
        }
    }
}

pub(super) fn record(
    previous: &Path,
    there: &Record,
    fields: &[Field<'_>],
    by_document: &[(Member, Function)],
    instead: Instead<'_>,
) -> Result<Record> {
    let mut errors = Error::accumulator();
    let mut back = Back { there, fields: Vec::new() };
    for (new, field) in there.fields.iter().zip(fields) {
        back.by_function(new, field, &mut errors);
    }
    for (old, function) in by_document {
        back.by_document(old, function, &mut errors);
    }
    for (new, field) in there.fields.iter().zip(fields) {
        back.carried(new, field);
    }
    back.complete(previous, fields, instead, &mut errors);
    errors.finish_with(Record { fields: back.fields, removed: Vec::new(), known: Vec::new() })
}

struct Back<'a> {
    there: &'a Record,
    fields: Vec<NewField>,
}

impl Back<'_> {
    fn makes(&self, old: &Member) -> bool {
        self.fields.iter().any(|field| field.into.contains(old))
    }

    /// `back_with` beside the rule of a field.
    fn by_function(&mut self, new: &NewField, field: &Field<'_>, errors: &mut Accumulator) {
        let Some((function, fallible)) = field.back() else { return };
        let sources = new.rule.sources();
        if sources.is_empty() {
            let message = format!(
                "`{}` is made of no single field of the previous version, so there is none to give back; remove this",
                field.name()
            );
            errors.push(Error::custom(message).with_span(&function.span));
            return;
        }
        if let Some(twice) = sources.iter().find(|old| self.makes(old)) {
            errors.push(Error::custom(two_ways(twice)).with_span(&function.span));
            return;
        }
        let rule = Rule::With { from: vec![field.member.clone()], function: function.expr.clone(), fallible };
        self.fields.push(NewField { into: sources.to_vec(), rule, unknown: false, ..new.clone() });
    }

    /// `reversible(old = function)`
    fn by_document(&mut self, old: &Member, function: &Function, errors: &mut Accumulator) {
        if self.makes(old) {
            errors.push(Error::custom(two_ways(old)).with_span(old));
        } else if self.there.takes(old) {
            let rule = Rule::Compute { function: function.expr.clone(), fallible: false };
            self.fields.push(NewField {
                into: vec![old.clone()],
                newer: None,
                place: vec![Segment::Field(field_text(old))],
                rule,
                unknown: false,
            });
        } else {
            let message = format!(
                "this step neither uses nor removes a field `{}` of the previous version; remove this, or \
                 correct the name",
                field_text(old)
            );
            errors.push(Error::custom(message).with_span(old));
        }
    }

    fn carried(&mut self, new: &NewField, field: &Field<'_>) {
        if let Rule::Carry { from } = &new.rule
            && !self.makes(from)
        {
            let rule = Rule::Carry { from: field.member.clone() };
            self.fields.push(NewField { into: vec![from.clone()], rule, ..new.clone() });
        }
    }

    /// Names every rule that is left without a way back.
    fn complete(
        &self,
        previous: &Path,
        fields: &[Field<'_>],
        instead: Instead<'_>,
        errors: &mut Accumulator,
    ) {
        let previous = previous.to_token_stream().to_string().replace(' ', "");
        for removed in self.there.removed.iter().filter(|old| !self.makes(old)) {
            let name = field_text(removed);
            let message = format!(
                "`{name}` is removed, and the way back to `{previous}` needs a value for it; write {}",
                instead.for_field(&name)
            );
            errors.push(Error::custom(message).with_span(removed));
        }
        for field in fields {
            let lost: Vec<_> = field.rule.sources().iter().filter(|old| !self.makes(old)).collect();
            let Some(span) = field.function_span().filter(|_| !lost.is_empty()) else { continue };
            let lost: Vec<_> = lost.into_iter().map(|old| format!("`{}`", field_text(old))).collect();
            let message = format!(
                "this has no way back to {} of `{previous}`, and the step is `reversible`; add `back_with = ..`, a \
                 function that takes `{}`, or write {}",
                lost.join(" and "),
                field.name(),
                instead.for_any()
            );
            errors.push(Error::custom(message).with_span(&span));
        }
    }
}

fn two_ways(old: &Member) -> String {
    format!("there are two ways back to `{}`; keep one of them", field_text(old))
}
