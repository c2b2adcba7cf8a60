//! The variants of a version as data.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, ext::IdentExt};

use super::{Way, field, option};
use crate::{
    canonical,
    model::{Arm, BodyVariant, Record, Shape, Step},
    serde_attr::{Tagged, serde_attributes, storing_attributes},
};

pub(super) fn value(tagged: &Tagged, variants: &[BodyVariant<'_>], step: Option<&Step>) -> TokenStream {
    let (tag, content) = (&tagged.tag, option(tagged.content.as_ref()));
    let variants = variants.iter().map(|variant| self::variant(variant, step));
    quote! { .variants(#tag, #content, &[#(#variants),*]) }
}

fn variant(variant: &BodyVariant<'_>, step: Option<&Step>) -> TokenStream {
    let ident = &variant.source.ident;
    let there = step.and_then(|step| arms(&step.there).find(|(_, into, _)| *into == ident));
    let back = step.and_then(|step| arms(step.back.as_ref()?).find(|(from, ..)| *from == ident));
    let way = Way { there: there.map(|(.., record)| record), back: back.map(|(.., record)| record) };
    let fields = variant.fields.iter().map(|one| field(one, way));
    let (name, read_as) = (ident.unraw().to_string(), &variant.read_as);
    let mut value = quote! { __schema::Variant::new(#name, &[#(#read_as),*], &[#(#fields),*]) };
    if variant.written_as.as_ref() != variant.read_as.first() {
        let written = option(variant.written_as.as_ref());
        value.extend(quote! { .stored_as(#written) });
    }
    let serde = storing_attributes(&serde_attributes(&variant.source.attrs).collect::<Vec<_>>());
    if !serde.is_empty() {
        value.extend(quote! { .serde(&[#(#serde),*]) });
    }
    if let Some((from, ..)) = there {
        let from = from.unraw().to_string();
        value.extend(quote! { .from(#from) });
    }
    value
}

/// What becomes of the variants that are gone, and the ways back that are written out.
pub(super) fn folds(there: &Shape, back: Option<&Shape>) -> (Vec<String>, Option<Vec<(String, String)>>) {
    let is_first = |from: &Ident, into: &Ident| {
        let first = arms(there).find(|(_, other, _)| *other == into);
        first.is_some_and(|(first, ..)| first == from)
    };
    let gone = all(there).iter().filter_map(|arm| match arm {
        Arm::Fields { from, into, .. } if is_first(from, into) => None,
        Arm::Fields { from, into, .. } => Some(format!("{from} => {into}")),
        Arm::Written { pattern, value } => {
            Some(format!("{} => {}", canonical::text(pattern), canonical::expression(value)))
        }
    });
    let back = back.map(|back| {
        let ways = all(back).iter().filter_map(|arm| match arm {
            Arm::Fields { from, into, .. } if is_first(into, from) => None,
            Arm::Fields { from, into, .. } => Some((from.to_string(), into.to_string())),
            Arm::Written { pattern, value } => Some((canonical::text(pattern), canonical::expression(value))),
        });
        ways.collect()
    });
    (gone.collect(), back)
}

fn all(shape: &Shape) -> &[Arm] {
    match shape {
        Shape::Struct(_) => &[],
        Shape::Enum(arms) => arms,
    }
}

/// The arms that go field by field.
fn arms(shape: &Shape) -> impl Iterator<Item = (&Ident, &Ident, &Record)> {
    all(shape).iter().filter_map(|arm| match arm {
        Arm::Fields { from, into, record, .. } => Some((from, into, record)),
        Arm::Written { .. } => None,
    })
}
