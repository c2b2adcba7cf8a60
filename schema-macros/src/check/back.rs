//! The way back of a reversible step: for each field of the previous version, what makes it of the new one.
//!
//! A carried field goes back by itself, `back_with` returns what its field was made of, and `reversible(old = ..)`
//! makes the rest of the whole new document. New fields that nothing asks for are dropped.

use darling::{Error, Result, error::Accumulator};
use quote::ToTokens;
use syn::{Ident, Path};

use super::field::Field;
use crate::{
    model::{NewField, Record, Rule},
    value::{Function, Reversible},
};

pub(super) fn record(
    previous: &Path,
    there: &Record,
    fields: &[Field<'_>],
    reversible: &Reversible,
) -> Result<Record> {
    let mut errors = Error::accumulator();
    let mut back = Back { there, fields: Vec::new() };
    for (new, field) in there.fields.iter().zip(fields) {
        back.by_function(new, field, &mut errors);
    }
    for (old, function) in &reversible.fields {
        back.by_document(old, function, &mut errors);
    }
    for (new, field) in there.fields.iter().zip(fields) {
        back.carried(new, field);
    }
    back.complete(previous, fields, &mut errors);
    errors.finish_with(Record { fields: back.fields, removed: Vec::new() })
}

struct Back<'a> {
    there: &'a Record,
    fields: Vec<NewField>,
}

impl Back<'_> {
    fn makes(&self, old: &Ident) -> bool {
        self.fields.iter().any(|field| field.into.contains(old))
    }

    /// `back_with` beside the rule of a field.
    fn by_function(&mut self, new: &NewField, field: &Field<'_>, errors: &mut Accumulator) {
        let Some((function, fallible)) = field.back() else { return };
        let sources = new.rule.sources();
        if sources.is_empty() {
            let message = format!(
                "`{}` is made of no single field of the previous version, so there is none to give back; remove this",
                field.ident
            );
            errors.push(Error::custom(message).with_span(&function.span));
            return;
        }
        if let Some(twice) = sources.iter().find(|old| self.makes(old)) {
            errors.push(Error::custom(two_ways(twice)).with_span(&function.span));
            return;
        }
        let rule = Rule::With { from: vec![field.ident.clone()], function: function.expr.clone(), fallible };
        self.fields.push(NewField { into: sources.to_vec(), rule, ..new.clone() });
    }

    /// `reversible(old = function)`
    fn by_document(&mut self, old: &Ident, function: &Function, errors: &mut Accumulator) {
        if self.makes(old) {
            errors.push(Error::custom(two_ways(old)).with_span(old));
        } else if self.there.takes(old) {
            let rule = Rule::Compute { function: function.expr.clone(), fallible: false };
            self.fields.push(NewField { into: vec![old.clone()], newer: None, label: old.to_string(), rule });
        } else {
            let message = format!(
                "this step neither uses nor removes a field `{old}` of the previous version; remove this, or \
                 correct the name"
            );
            errors.push(Error::custom(message).with_span(old));
        }
    }

    fn carried(&mut self, new: &NewField, field: &Field<'_>) {
        if let Rule::Carry { from } = &new.rule
            && !self.makes(from)
        {
            let rule = Rule::Carry { from: field.ident.clone() };
            self.fields.push(NewField { into: vec![from.clone()], rule, ..new.clone() });
        }
    }

    /// Names every rule that is left without a way back.
    fn complete(&self, previous: &Path, fields: &[Field<'_>], errors: &mut Accumulator) {
        let previous = previous.to_token_stream().to_string().replace(' ', "");
        for removed in self.there.removed.iter().filter(|old| !self.makes(old)) {
            let message = format!(
                "`{removed}` is removed, and the way back to `{previous}` needs a value for it; write \
                 `reversible({removed} = |new| ..)`, a function of the whole new document"
            );
            errors.push(Error::custom(message).with_span(removed));
        }
        for field in fields {
            let lost: Vec<_> = field.rule.sources().iter().filter(|old| !self.makes(old)).collect();
            let Some(span) = field.function_span().filter(|_| !lost.is_empty()) else { continue };
            let lost: Vec<_> = lost.into_iter().map(|old| format!("`{old}`")).collect();
            let message = format!(
                "this has no way back to {} of `{previous}`, and the step is `reversible`; add `back_with = ..`, a \
                 function that takes `{}`, or write `reversible(.. = |new| ..)`",
                lost.join(" and "),
                field.ident
            );
            errors.push(Error::custom(message).with_span(&span));
        }
    }
}

fn two_ways(old: &Ident) -> String {
    format!("there are two ways back to `{old}`; keep one of them")
}
