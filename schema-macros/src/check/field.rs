//! One field: its name through serde, and where its value comes from.

use darling::{Error, FromField, Result, error::Accumulator};
use proc_macro2::Span;
use syn::{Attribute, Member, spanned::Spanned};

use crate::{
    attr::FieldOptions,
    model::{BodyField, NewField, Place, Rule},
    serde_attr::{ContainerSerde, FieldSerde, serde_attributes},
    value::{Added, Flag, Function, field_text, plain_field_text, position},
};

pub(super) struct Field<'a> {
    field: &'a syn::Field,
    pub(super) member: Member,
    pub(super) options: FieldOptions,
    pub(super) serde: FieldSerde,
    pub(super) rule: Rule,
}

impl<'a> Field<'a> {
    pub(super) fn parse(field: &'a syn::Field, index: u32) -> Result<Self> {
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => position(index, field.ty.span()),
        };
        let mut errors = Error::accumulator();
        let serde = errors.handle(FieldSerde::parse(&field.attrs));
        let options = errors.handle(FieldOptions::from_field(field));
        let rule = options.as_ref().and_then(|options| errors.handle(rule(options, &member)));
        super::finish(
            errors,
            serde.zip(options).zip(rule).map(|((serde, options), rule)| Self {
                field,
                member,
                options,
                serde,
                rule,
            }),
        )
    }

    /// Its name in messages.
    pub(super) fn name(&self) -> String {
        field_text(&self.member)
    }

    /// Its name in a stored document, or the one it has here where serde gives it none.
    pub(super) fn stored_name(&self, container: &ContainerSerde) -> String {
        let name = plain_field_text(&self.member);
        self.serde.written_as(&name, container).unwrap_or(name)
    }

    /// Its position, if it has no name.
    pub(super) fn index(&self) -> Option<u32> {
        match &self.member {
            Member::Named(_) => None,
            Member::Unnamed(index) => Some(index.index),
        }
    }

    pub(super) fn in_step(&self, place: Place) -> NewField {
        NewField {
            into: vec![self.member.clone()],
            newer: Some(self.field.ty.clone()),
            place,
            rule: self.rule.clone(),
            unknown: self.unknown().is_some(),
        }
    }

    /// In a variant there is no whole to compute from: its fields are all there is.
    pub(super) fn refuse_whole(&self, errors: &mut Accumulator) {
        for (key, instead, function) in [
            ("compute", "with", &self.options.compute),
            ("try_compute", "try_with", &self.options.try_compute),
        ] {
            let Some(function) = function else { continue };
            let message = format!(
                "`{key}` takes a whole document, and this is made of one variant; name its fields: `from(..)` with \
                 `{instead} = ..`"
            );
            errors.push(Error::custom(message).with_span(&function.span));
        }
    }

    /// The function of the way back, and whether it may fail.
    pub(super) fn back(&self) -> Option<(&Function, bool)> {
        one_of(&self.options.back_with, &self.options.try_back_with)
    }

    /// Where the function stands that makes the new value.
    pub(super) fn function_span(&self) -> Option<Span> {
        self.options.makers().first().map(|(_, span)| *span)
    }

    /// As serde sees it.
    pub(super) fn in_body(&self, container: &ContainerSerde) -> BodyField<'a> {
        let name = match &self.member {
            Member::Named(_) => Some(plain_field_text(&self.member)),
            Member::Unnamed(_) => None,
        };
        let unknown = self.unknown().is_some();
        let name = name.filter(|_| !unknown);
        let read_as = name.as_ref().map(|name| self.serde.read_as(name, container));
        BodyField {
            member: self.member.clone(),
            ty: &self.field.ty,
            attrs: serde_attributes(&self.field.attrs).collect(),
            read_as: read_as.unwrap_or_default(),
            written_as: name.and_then(|name| self.serde.written_as(&name, container)),
            unknown,
        }
    }

    /// Where it says that it keeps what the type does not know.
    pub(super) fn unknown(&self) -> Option<Span> {
        self.options.unknown.map(|Flag(span)| span)
    }

    /// The first of serde's attributes.
    pub(super) fn serde_attribute(&self) -> Option<&Attribute> {
        serde_attributes(&self.field.attrs).next()
    }
}

impl FieldOptions {
    /// The keys that say how the value is made, with where they stand.
    fn makers(&self) -> Vec<(&'static str, Span)> {
        let span = |function: &Option<Function>| function.as_ref().map(|function| function.span);
        [
            ("with", span(&self.with)),
            ("try_with", span(&self.try_with)),
            ("compute", span(&self.compute)),
            ("try_compute", span(&self.try_compute)),
            ("added", self.added.as_ref().map(|added| added.span)),
        ]
        .into_iter()
        .filter_map(|(key, span)| Some(key).zip(span))
        .collect()
    }

    /// Where the keys of this field stand.
    pub(super) fn spans(&self) -> Vec<Span> {
        let from = self.from.as_ref().map(|from| from.span);
        let makers = self.makers().into_iter().map(|(_, span)| span);
        let back = one_of(&self.back_with, &self.try_back_with).map(|(function, _)| function.span);
        from.into_iter().chain(makers).chain(back).collect()
    }
}

fn rule(options: &FieldOptions, member: &Member) -> Result<Rule> {
    let name = field_text(member);
    let makers = options.makers();
    if let [(first, _), (second, span), ..] = makers.as_slice() {
        let message = format!("`{name}` has both `{first}` and `{second}`; keep one of them");
        return Err(Error::custom(message).with_span(span));
    }
    if let (Some(_), Some(second)) = (&options.back_with, &options.try_back_with) {
        let message = format!("`{name}` has both `back_with` and `try_back_with`; keep one of them");
        return Err(Error::custom(message).with_span(&second.span));
    }
    if let Some((function, fallible)) = one_of(&options.with, &options.try_with) {
        let from = options.from.as_ref();
        return Ok(Rule::With {
            from: from.map_or_else(|| vec![member.clone()], |from| from.fields.clone()),
            function: function.expr.clone(),
            fallible,
        });
    }
    if let (Some(from), [(key, _)]) = (&options.from, makers.as_slice()) {
        let takes = if options.added.is_some() {
            "nothing from the previous version"
        } else {
            "the whole previous document"
        };
        let message = format!("`{key}` takes {takes}, so `from` has no effect; remove one of the two");
        return Err(Error::custom(message).with_span(&from.span));
    }
    if let Some((function, fallible)) = one_of(&options.compute, &options.try_compute) {
        return Ok(Rule::Compute { function: function.expr.clone(), fallible });
    }
    if let Some(Added { value, span }) = &options.added {
        return Ok(Rule::Added { value: value.clone(), span: *span });
    }
    match &options.from {
        None => Ok(Rule::Carry { from: member.clone() }),
        Some(from) => match from.fields.as_slice() {
            [single] => Ok(Rule::Carry { from: single.clone() }),
            _ => Err(Error::custom(
                "several fields become one only through a function; add `with = ..` or `try_with = ..`",
            )
            .with_span(&from.span)),
        },
    }
}

/// The function, and whether it may fail.
fn one_of<'a>(plain: &'a Option<Function>, fallible: &'a Option<Function>) -> Option<(&'a Function, bool)> {
    let plain = plain.as_ref().map(|function| (function, false));
    plain.or(fallible.as_ref().map(|function| (function, true)))
}
