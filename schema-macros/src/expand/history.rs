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
    let mut value = quote! { __schema::Version::new(#name, #version, &[#(#fields),*]) };
    if !serde.is_empty() {
        value.extend(quote! { .serde(&[#(#serde),*]) });
    }
    value.extend(variants);
    value.extend(super::index::indexes(&document.indexes));
    if let Some(previous) = document.position.previous() {
        let previous = quote!(<#previous as __schema::VersionedDocument>::HISTORY);
        value.extend(step_from(&previous, &document.position));
    }
    quote!(&#value)
}

fn step_from(previous: &TokenStream, position: &Position) -> TokenStream {
    let (removed, back) = match position {
        Position::Start => return TokenStream::new(),
        Position::Manual { reversible, .. } => {
            let reversible = reversible.is_some();
            return quote! { .manual(#previous, #reversible) };
        }
        Position::Derived(Step { there: there @ Shape::Enum(_), back, .. }) => {
            variants::folds(there, back.as_ref())
        }
        Position::Derived(Step { there, back, .. }) => {
            let removed = there.removed().iter().map(field_text).collect();
            (removed, back.as_ref().map(|back| back.fields().iter().filter_map(way_back).collect()))
        }
    };
    match back {
        None => quote! { .derived(#previous, &[#(#removed),*]) },
        Some(back) => {
            let ways = back.into_iter().map(|(from, to)| quote! { (#from, #to) });
            quote! { .reversible(#previous, &[#(#removed),*], &[#(#ways),*]) }
        }
    }
}

/// An old field that is made of the whole new document, and by what.
fn way_back(old: &NewField) -> Option<(String, String)> {
    match &old.rule {
        Rule::Compute { function, .. } => {
            Some((old.into.iter().map(field_text).collect(), canonical::expression(function)))
        }
        _ => None,
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
    let mut value = quote! { __schema::Field::new(#name, &[#(#read_as),*], #ty) };
    value.extend(new.map(rule));
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
            quote! { .carried(#from) }
        }
        Rule::With { from, function, fallible } => {
            let rule = if *fallible { quote!(try_with) } else { quote!(with) };
            let (from, function) = (from.iter().map(field_text), canonical::expression(function));
            quote! { .#rule(&[#(#from),*], #function) }
        }
        Rule::Compute { function, fallible } => {
            let rule = if *fallible { quote!(try_computed) } else { quote!(computed) };
            let function = canonical::expression(function);
            quote! { .#rule(#function) }
        }
        Rule::Added { value: Some(value), .. } => {
            let value = canonical::expression(value);
            quote! { .added_as(#value) }
        }
        Rule::Added { value: None, .. } => quote! { .added() },
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
        Some(value) => quote! { __schema::Some(#value) },
        None => quote! { __schema::None },
    }
}
