//! What the compiler checks of a derived step: that nothing old is forgotten, and that nothing new comes from nowhere. Each
//! check has the span of what it is about. What they say is in `schema_core`'s `account`; the constants that they name are
//! in [`chain`](super::chain).

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, LitStr, ext::IdentExt, spanned::Spanned};

use crate::{
    model::{Arm, NewField, Record, Rule, Shape, Step},
    value::field_text,
};

pub(super) fn checks(step: &Step) -> TokenStream {
    let previous = step.previous.span();
    match &step.there {
        Shape::Struct(record) => {
            let carried = carried(record).map(|(field, name)| {
                let check = if field.unknown { quote!(carries_unknown) } else { quote!(carries) };
                quote_spanned!(name.span() => __schema::account::#check(&__CHAIN, __PREVIOUS, #name);)
            });
            let carried = block(carried.collect());
            let names = accounted(record);
            let complete = quote_spanned! { previous =>
                __schema::account::complete(&__CHAIN, __PREVIOUS, &[#(#names),*])
            };
            quote! {
                #carried
                const _: () = #complete;
            }
        }
        Shape::Enum(arms) => {
            let variants = arms.iter().filter_map(variant).map(|checks| block(vec![checks]));
            // Of what the user wrote out, only the compiler knows whether it leaves something over.
            let complete = step.there.is_by_name().then(|| {
                let names: BTreeSet<String> = arms.iter().filter_map(|arm| arm.from().map(name_of)).collect();
                quote_spanned! { previous =>
                    const _: () = __schema::account::complete_variants(&__CHAIN, __PREVIOUS, &[#(#names),*]);
                }
            });
            quote! {
                #(#variants)*
                #complete
            }
        }
    }
}

/// A constant for all of them, if there are any. The first that ends the compilation is the only one that is heard.
pub(super) fn block(checks: Vec<TokenStream>) -> Option<TokenStream> {
    (!checks.is_empty()).then(|| quote! { const _: () = { #(#checks)* }; })
}

/// That the old variant is there, with the fields that are asked of it.
fn variant(arm: &Arm) -> Option<TokenStream> {
    let Arm::Fields { from, into, record, fold } = arm else { return None };
    let (old, new, names) = (name_of(from), name_of(into), accounted(record));
    if *fold {
        return Some(quote_spanned! { from.span() =>
            __schema::account::folds(__PREVIOUS, #old, #new, &[#(#names),*]);
        });
    }
    let becomes = (old == new)
        .then(|| quote_spanned!(from.span() => __schema::account::becomes(&__CHAIN, __PREVIOUS, #new);));
    let carried = carried(record).map(|(_, name)| {
        quote_spanned!(name.span() => __schema::account::carries_in(&__CHAIN, __PREVIOUS, #old, #name))
    });
    let complete = quote_spanned! { into.span() =>
        __schema::account::complete_in(&__CHAIN, __PREVIOUS, #old, #new, &[#(#names),*]);
    };
    Some(quote! { #becomes #(#carried;)* #complete })
}

/// The fields that have no rule, with their names.
fn carried(record: &Record) -> impl Iterator<Item = (&NewField, LitStr)> {
    record.fields.iter().filter_map(|field| match &field.rule {
        Rule::Carry { from } if field.into.contains(from) => {
            Some((field, LitStr::new(&field_text(from), from.span())))
        }
        _ => None,
    })
}

/// The old fields that are used or removed.
fn accounted(record: &Record) -> BTreeSet<String> {
    let used = record.fields.iter().flat_map(|field| field.rule.sources());
    used.chain(&record.removed).map(field_text).collect()
}

fn name_of(variant: &Ident) -> String {
    variant.unraw().to_string()
}
