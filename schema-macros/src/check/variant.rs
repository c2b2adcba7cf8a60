//! The step of an enum: which old variant each new one is made of, and what becomes of the others.

use darling::{Error, FromVariant, Result, error::Accumulator};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{Fields, Ident, ext::IdentExt};

use super::{
    back::{self, Instead},
    field::Field,
    finish,
    step::{self, Keys},
};
use crate::{
    attr::VariantOptions,
    keys::most_like,
    model::{Arm, BodyVariant, Place, Record, Segment, Shape},
    serde_attr::{ContainerSerde, VariantSerde},
    value::{Flag, Removed, Reversible, VariantArm, VariantName, field_text},
};

pub(super) struct Variant<'a> {
    source: &'a syn::Variant,
    pub(super) ident: &'a Ident,
    options: VariantOptions,
    serde: VariantSerde,
    pub(super) fields: Vec<Field<'a>>,
    /// The number of its fields, if they have no names.
    unnamed: Option<usize>,
}

impl<'a> Variant<'a> {
    pub(super) fn parse(variant: &'a syn::Variant, container: &ContainerSerde) -> Result<Self> {
        let mut errors = Error::accumulator();
        let options = errors.handle(VariantOptions::from_variant(variant));
        let serde = errors.handle(VariantSerde::parse(&variant.attrs, container));
        let fields = super::all(&variant.fields, &mut errors);
        for field in &fields {
            field.refuse_whole(&mut errors);
        }
        let unnamed = match &variant.fields {
            Fields::Unnamed(fields) => Some(fields.unnamed.len()),
            Fields::Named(_) | Fields::Unit => None,
        };
        let ident = &variant.ident;
        let parsed = options.zip(serde).map(|(options, serde)| Self {
            source: variant,
            ident,
            options,
            serde,
            fields,
            unnamed,
        });
        finish(errors, parsed)
    }

    /// Where its keys and those of its fields stand.
    pub(super) fn spans(&self) -> Vec<Span> {
        let from = self.options.from.as_ref().map(|VariantName(name)| name.span());
        let added = self.options.added.map(|Flag(span)| span);
        from.into_iter().chain(added).chain(self.rules()).collect()
    }

    /// Where the rules for its fields stand.
    fn rules(&self) -> Vec<Span> {
        let fields = self.fields.iter().flat_map(|field| field.options.spans());
        self.options.removed.spans().chain(fields).collect()
    }

    /// As serde sees it.
    pub(super) fn in_body(&self, container: &ContainerSerde) -> BodyVariant<'a> {
        let name = self.ident.unraw().to_string();
        BodyVariant {
            source: self.source,
            read_as: self.serde.read_as(&name, container),
            written_as: self.serde.written_as(&name, container),
            fields: self.fields.iter().map(|field| field.in_body(&self.serde.fields)).collect(),
        }
    }

    /// The variant of the same name, or the one that `from` names; none for one that is `added`.
    fn from(&self) -> Option<&Ident> {
        if self.options.added.is_some() {
            return None;
        }
        Some(self.options.from.as_ref().map_or(self.ident, |VariantName(name)| name))
    }

    fn record(&self, container: &ContainerSerde) -> Record {
        let fields = self.fields.iter().map(|field| field.in_step(self.place(field, container))).collect();
        Record { fields, removed: self.options.removed.fields.clone(), known: Vec::new() }
    }

    /// Where serde stores one of its fields.
    fn place(&self, field: &Field<'_>, container: &ContainerSerde) -> Place {
        let name = self.ident.unraw().to_string();
        let outer = self.serde.written_in(&name, container).map(Segment::Field);
        let inner = match (self.unnamed, field.index()) {
            // A newtype has the place of its variant.
            (Some(1), _) => None,
            (_, Some(index)) => Some(Segment::Index(index)),
            (_, None) => Some(Segment::Field(field.stored_name(&self.serde.fields))),
        };
        outer.into_iter().chain(inner).collect()
    }

    /// What its own keys say that contradicts itself.
    fn check(&self, folds: &[VariantArm], errors: &mut Accumulator) {
        for fold in &self.options.removed.folds {
            let message = "a variant that is gone stands in the `removed(..)` of the type; move this there";
            errors.push(Error::custom(message).with_span(&fold.from));
        }
        step::removed_and_used(&self.options.removed.fields, &self.fields, errors);
        // What is folded into it by name goes by its rules, too.
        let by_rules = folds.iter().any(|fold| fold.into == *self.ident && fold.written.is_none());
        if self.options.added.is_none() {
            return;
        }
        let from = self.options.from.as_ref().map(|VariantName(name)| name.span());
        let rules = if by_rules { Vec::new() } else { self.rules() };
        for span in from.into_iter().chain(rules) {
            let message = format!(
                "`{}` is `added`: nothing becomes one in this step, so this has no effect; remove it, or `added`",
                self.ident
            );
            errors.push(Error::custom(message).with_span(&span));
        }
    }
}

pub(super) fn step(
    ident: &Ident,
    keys: &Keys<'_>,
    variants: &[Variant<'_>],
    serde: &ContainerSerde,
) -> Result<(Shape, Option<Shape>)> {
    let mut errors = Error::accumulator();
    let there = there(ident, keys.removed, variants, serde, &mut errors);
    for variant in variants {
        variant.check(&keys.removed.folds, &mut errors);
    }
    let back = match keys.reversible {
        Some(reversible) => {
            let ways = Ways { ident, keys, reversible, variants, serde };
            Some(Shape::Enum(ways.back(&mut errors)))
        }
        None => {
            for variant in variants {
                step::refuse_back(&variant.fields, &mut errors);
            }
            None
        }
    };
    finish(errors, Some((Shape::Enum(there), back)))
}

/// An arm for each old variant.
fn there(
    ident: &Ident,
    removed: &Removed,
    variants: &[Variant<'_>],
    serde: &ContainerSerde,
    errors: &mut Accumulator,
) -> Vec<Arm> {
    for name in &removed.fields {
        let old = field_text(name);
        let message = format!(
            "documents with `{old}` have to become something: name the variant that takes its place, \
             `removed({old} => ..)`"
        );
        errors.push(Error::custom(message).with_span(name));
    }
    let mut arms = Vec::new();
    let mut taken: Vec<(&Ident, &Ident)> = Vec::new();
    for variant in variants {
        let Some(from) = variant.from() else { continue };
        if let Some((_, first)) = taken.iter().find(|(old, _)| *old == from) {
            let message = format!(
                "`{from}` of the previous version becomes `{first}` already, and a variant becomes one other; give \
                 `{}` another one by `from = ..`, or write `added` if it is new",
                variant.ident
            );
            errors.push(Error::custom(message).with_span(from));
            continue;
        }
        taken.push((from, variant.ident));
        arms.push(Arm::Fields {
            from: from.clone(),
            into: variant.ident.clone(),
            record: variant.record(serde),
            fold: false,
        });
    }
    for fold in &removed.folds {
        if let Some((old, into)) = taken.iter().find(|(old, _)| **old == fold.from) {
            let message = if variants
                .iter()
                .any(|variant| variant.ident == *into && variant.from() == Some(old))
            {
                format!(
                    "`{old}` is removed here, but the new variant `{into}` is made of it; keep one of the two"
                )
            } else {
                format!("`{old}` is removed twice; keep one of them")
            };
            errors.push(Error::custom(message).with_span(&fold.from));
            continue;
        }
        taken.push((&fold.from, &fold.into));
        let Some(into) = find(ident, &fold.into, variants, errors) else { continue };
        arms.push(arm(fold, || into.record(serde)));
    }
    arms
}

fn arm(arm: &VariantArm, record: impl FnOnce() -> Record) -> Arm {
    match &arm.written {
        Some((pattern, value)) => {
            Arm::Written { pattern: Box::new(pattern.clone()), value: Box::new(value.clone()) }
        }
        None => Arm::Fields { from: arm.from.clone(), into: arm.into.clone(), record: record(), fold: true },
    }
}

fn find<'a, 'b>(
    ident: &Ident,
    name: &Ident,
    variants: &'b [Variant<'a>],
    errors: &mut Accumulator,
) -> Option<&'b Variant<'a>> {
    let found = variants.iter().find(|variant| variant.ident == name);
    if found.is_none() {
        let names: Vec<_> = variants.iter().map(|variant| variant.ident.to_string()).collect();
        let rest = match most_like(&name.to_string(), &names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => {
                let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("its variants are {}", names.join(", "))
            }
        };
        errors.push(Error::custom(format!("`{ident}` has no variant `{name}`; {rest}")).with_span(name));
    }
    found
}

/// The ways back: one for each new variant.
struct Ways<'a> {
    ident: &'a Ident,
    keys: &'a Keys<'a>,
    reversible: &'a Reversible,
    variants: &'a [Variant<'a>],
    serde: &'a ContainerSerde,
}

impl Ways<'_> {
    fn back(&self, errors: &mut Accumulator) -> Vec<Arm> {
        for (name, _) in &self.reversible.fields {
            let message = "a variant goes back to a variant; write `reversible(New => Old)`";
            errors.push(Error::custom(message).with_span(name));
        }
        let mut seen: Vec<&Ident> = Vec::new();
        for way in &self.reversible.arms {
            find(self.ident, &way.from, self.variants, errors);
            if seen.contains(&&way.from) {
                let message = format!("there are two ways back from `{}`; keep one of them", way.from);
                errors.push(Error::custom(message).with_span(&way.from));
            }
            seen.push(&way.from);
        }
        self.variants.iter().filter_map(|variant| self.of(variant, errors)).collect()
    }

    fn of(&self, variant: &Variant<'_>, errors: &mut Accumulator) -> Option<Arm> {
        if let Some(way) = self.reversible.arms.iter().find(|way| way.from == *variant.ident) {
            if way.written.is_none() {
                return self.by_rules(variant, &way.into, errors);
            }
            for (function, _) in variant.fields.iter().filter_map(Field::back) {
                let message = format!(
                    "the type's `reversible(..)` makes what `{}` goes back to, so this has no effect; remove one of the \
                     two",
                    variant.ident
                );
                errors.push(Error::custom(message).with_span(&function.span));
            }
            return Some(arm(way, || variant.record(self.serde)));
        }
        let name = variant.ident;
        let mut folds = self.keys.removed.folds.iter().filter(|fold| fold.into == *name).peekable();
        if folds.peek().is_some() {
            for fold in folds {
                let message = format!(
                    "`{}` becomes `{name}` and cannot be told from it on the way back; name the variant that each \
                     `{name}` goes back to: `reversible({name} => ..)`",
                    fold.from
                );
                errors.push(Error::custom(message).with_span(&fold.from));
            }
            return None;
        }
        let Some(old) = variant.from() else {
            let message = format!(
                "`{name}` is `added`, and the way back to `{}` needs a variant for it; write `reversible({name} => ..)`",
                self.keys.previous.to_token_stream().to_string().replace(' ', "")
            );
            let span = variant.options.added.map_or_else(|| name.span(), |Flag(span)| span);
            errors.push(Error::custom(message).with_span(&span));
            return None;
        };
        self.by_rules(variant, old, errors)
    }

    /// Field by field, as a struct goes back.
    fn by_rules(&self, variant: &Variant<'_>, old: &Ident, errors: &mut Accumulator) -> Option<Arm> {
        let there = variant.record(self.serde);
        let instead = Instead::Arm { from: variant.ident, into: old };
        let record =
            errors.handle(back::record(self.keys.previous, &there, &variant.fields, &[], instead))?;
        Some(Arm::Fields { from: variant.ident.clone(), into: old.clone(), record, fold: false })
    }
}
