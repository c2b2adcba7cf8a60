//! A version as data: its fields, their names and their rules, as they stand in the source.

mod variants;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, Member, ext::IdentExt};

use crate::{
    canonical,
    model::{BodyField, Contents, Document, NewField, Position, Record, Rule, Shape, Step},
    serde_attr::storing_attributes,
    value::field_text,
};

/// The value of `HISTORY`.
pub(super) fn value(document: &Document<'_>) -> TokenStream {
    let name = document.target.ident.unraw().to_string();
    let version = document.version.number;
    let serde = storing_attributes(&document.body.attrs);
    let step = match &document.position {
        Position::Derived(step) => Some(step),
        Position::Start | Position::Manual { .. } => None,
    };
    let (fields, variants) = match &document.body.contents {
        Contents::Fields(fields) => {
            let fields = fields.iter().map(|field| self::field(field, Way::of_struct(step)));
            (fields.collect(), None)
        }
        Contents::Variants(tagged, variants) => (Vec::new(), Some(variants::value(tagged, variants, step))),
    };
    let variants = option(variants);
    let previous = match document.position.previous() {
        Some(previous) => {
            quote! { core::option::Option::Some(<#previous as __schema::VersionedDocument>::HISTORY) }
        }
        None => quote! { core::option::Option::None },
    };
    let step = self::step(&document.position);
    quote! {
        &__schema::history::Version {
            type_name: #name,
            version: #version,
            serde: &[#(#serde),*],
            fields: &[#(#fields),*],
            variants: #variants,
            step: #step,
            previous: #previous,
        }
    }
}

fn step(position: &Position) -> TokenStream {
    match position {
        Position::Start => quote! { __schema::history::Step::Start },
        Position::Manual { reversible, .. } => {
            let reversible = reversible.is_some();
            quote! { __schema::history::Step::Manual { reversible: #reversible } }
        }
        Position::Derived(Step { there: there @ Shape::Enum(_), back, .. }) => {
            let (removed, back) = variants::folds(there, back.as_ref());
            let back = option(back);
            quote! { __schema::history::Step::Derived { removed: &[#(#removed),*], back: #back } }
        }
        Position::Derived(Step { there, back, .. }) => {
            let removed = there.removed().iter().map(field_text);
            let back = option(back.as_ref().map(|back| {
                let ways = back.fields().iter().filter_map(|field| match &field.rule {
                    Rule::Compute { function, .. } => {
                        let (old, function) =
                            (field.into.iter().map(field_text), canonical::expression(function));
                        Some(quote! { (#(#old),*, #function) })
                    }
                    _ => None,
                });
                quote! { &[#(#ways),*] as &[_] }
            }));
            quote! { __schema::history::Step::Derived { removed: &[#(#removed),*], back: #back } }
        }
    }
}

/// The rules by which fields are made, and those of the way back.
#[derive(Clone, Copy, Default)]
struct Way<'a> {
    there: Option<&'a Record>,
    back: Option<&'a Record>,
}

impl<'a> Way<'a> {
    fn of_struct(step: Option<&'a Step>) -> Self {
        let record = |shape: &'a Shape| match shape {
            Shape::Struct(record) => Some(record),
            Shape::Enum(_) => None,
        };
        let (there, back) = (step.map(|step| &step.there), step.and_then(|step| step.back.as_ref()));
        Self { there: there.and_then(record), back: back.and_then(record) }
    }
}

fn field(field: &BodyField<'_>, way: Way<'_>) -> TokenStream {
    let (name, read_as, ty) = (field_text(&field.member), &field.read_as, canonical::text(field.ty));
    let new = way.there.and_then(|there| there.fields.iter().find(|new| new.into.contains(&field.member)));
    let rule = new.map_or_else(|| quote!(Unstated), rule);
    let mut value = quote! {
        __schema::history::Field::new(#name, &[#(#read_as),*], #ty, __schema::history::Rule::#rule)
    };
    if field.written_as.as_ref() != field.read_as.first() {
        let written = option(field.written_as.as_ref());
        value.extend(quote! { .stored_as(#written) });
    }
    let serde = storing_attributes(&field.attrs);
    if !serde.is_empty() {
        value.extend(quote! { .serde(&[#(#serde),*]) });
    }
    if field.unknown {
        value.extend(quote! { .unknown() });
    }
    if let Some(back) = back_with(&field.member, way) {
        value.extend(quote! { .back_with(#back) });
    }
    value
}

fn rule(field: &NewField) -> TokenStream {
    match &field.rule {
        Rule::Carry { from } => {
            let from = field_text(from);
            quote! { Carried { from: #from } }
        }
        Rule::With { from, function, fallible } => {
            let (from, function) = (from.iter().map(field_text), canonical::expression(function));
            quote! { With { from: &[#(#from),*], function: #function, fallible: #fallible } }
        }
        Rule::Compute { function, fallible } => {
            let function = canonical::expression(function);
            quote! { Computed { function: #function, fallible: #fallible } }
        }
        Rule::Added { value, .. } => {
            let value = option(value.as_ref().map(canonical::expression));
            quote! { Added { value: #value } }
        }
    }
}

/// The function beside the rule of a field that gives back what it was made of.
fn back_with(field: &Member, way: Way<'_>) -> Option<String> {
    let mut functions = way.back.iter().flat_map(|back| &back.fields).filter_map(|old| match &old.rule {
        Rule::With { from, function, .. } if from.contains(field) => Some(function),
        _ => None,
    });
    functions.next().map(|function: &Expr| canonical::expression(function))
}

fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote! { core::option::Option::Some(#value) },
        None => quote! { core::option::Option::None },
    }
}
