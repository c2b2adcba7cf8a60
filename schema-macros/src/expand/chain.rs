//! The chain as a constant, and what the compiler checks of it: that the versions fit together. Each check has the span
//! of what it is about. What it checks of the step is in [`account`](super::account).
//!
//! The constants of a generic type are not evaluated until somebody uses it, so the versions are checked then,
//! and the fields by the pattern of the conversion.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::account;
use crate::{
    model::{BodyField, Contents, Document, Position},
    serde_attr::Tagged,
    tokens::with_static_lifetimes,
    value::{Collection, Kind, Unversioned, Version, VersionField},
};

/// The value of `CHAIN`.
pub(super) fn value(document: &Document<'_>) -> TokenStream {
    let name = document.target.ident.to_string();
    let version = document.version.number;
    let mut chain = match document.position.previous() {
        None => quote! { __schema::Chain::start(#name, #version) },
        Some(previous) => {
            let next = if document.position.is_reversible() { quote!(next_reversible) } else { quote!(next) };
            quote! { <#previous as __schema::VersionedDocument>::CHAIN.#next(#name, #version) }
        }
    };
    if let Some(Collection(collection)) = &document.collection {
        chain.extend(quote! { .in_collection(#collection) });
    }
    if let Some(VersionField { name, .. }) = &document.version_field {
        chain.extend(quote! { .with_version_field(#name) });
    }
    if let Some(Kind { key, value, or_missing, .. }) = &document.kind {
        chain.extend(quote! { .of_kind(#key, #value, #or_missing) });
    }
    match document.unversioned {
        Some(Unversioned::Version(Version { number, .. })) => {
            chain.extend(quote! { .with_unversioned(__schema::Unversioned::Version(#number)) });
        }
        Some(Unversioned::Reject) => {
            chain.extend(quote! { .with_unversioned(__schema::Unversioned::Reject) })
        }
        None => {}
    }
    if document.target.is_generic() {
        let previous = document.position.previous().to_token_stream();
        let mut checks = versions(document, &quote!(__chain), &previous, &history_of(&previous));
        checks.extend(names(document, &quote!(__chain)));
        chain = quote! {{
            let __chain = #chain;
            #(#checks;)*
            __chain
        }};
    }
    chain
}

/// The constants that are only there to be evaluated.
pub(super) fn checks(document: &Document<'_>) -> TokenStream {
    if document.target.is_generic() {
        return TokenStream::new();
    }
    let ident = document.target.ident;
    let (_, ty_generics, _) = document.target.generics.split_for_impl();
    let ty = with_static_lifetimes(quote! { #ident #ty_generics });
    let previous = with_static_lifetimes(document.position.previous().to_token_stream());
    let history = document.position.previous().map(|_| {
        let history = history_of(&previous);
        quote! { const __PREVIOUS: &__schema::Version = #history; }
    });
    let versions = versions(document, &quote!(__CHAIN), &previous, &quote!(__PREVIOUS));
    let names = names(document, &quote!(__CHAIN)).into_iter().map(|check| quote!(#check;));
    let names = account::block(names.collect());
    let account = match &document.position {
        Position::Derived(step) => account::checks(step),
        Position::Start | Position::Manual { .. } => TokenStream::new(),
    };
    quote! {
        const __CHAIN: __schema::Chain = <#ty as __schema::VersionedDocument>::CHAIN;
        #history
        #(const _: () = #versions;)*
        #names
        #account
    }
}

fn history_of(ty: &TokenStream) -> TokenStream {
    quote!(<#ty as __schema::VersionedDocument>::HISTORY)
}

/// The names beside the stamps are other names.
fn names(document: &Document<'_>, chain: &TokenStream) -> Vec<TokenStream> {
    let check = |name: &str, span| {
        quote_spanned! { span => __schema::Chain::assert_not_a_stamp(&#chain, #name) }
    };
    let of_field = |field: &BodyField<'_>| -> Vec<TokenStream> {
        let names: BTreeSet<_> = field.read_as.iter().chain(&field.written_as).collect();
        names.into_iter().map(|name| check(name, field.member.span())).collect()
    };
    match &document.body.contents {
        Contents::Fields(fields) => fields.iter().flat_map(of_field).collect(),
        Contents::Variants(Tagged { tag, content }, variants) => {
            let beside = variants.iter().filter(|_| content.is_none());
            let fields = beside.flat_map(|variant| &variant.fields).flat_map(of_field);
            let own = [tag].into_iter().chain(content).map(|name| check(&name.value(), name.span()));
            let parts = variants.iter().filter(|_| content.is_none() && !document.target.is_generic());
            let parts = parts.filter(|variant| matches!(variant.source.fields, syn::Fields::Unnamed(_)));
            let stamps = parts.flat_map(|variant| &variant.fields).map(|field| {
                let ty = with_static_lifetimes(field.ty.to_token_stream());
                let stamp = quote!({ use __schema::NoStamp as _; <__schema::StampOf<#ty>>::FIELD });
                quote_spanned! { field.ty.span() =>
                    __schema::Chain::assert_not_a_stamp(&#chain, #stamp)
                }
            });
            own.chain(fields).chain(stamps).collect()
        }
    }
}

/// `before` is the history of the previous version.
fn versions(
    document: &Document<'_>,
    chain: &TokenStream,
    previous: &TokenStream,
    before: &TokenStream,
) -> Vec<TokenStream> {
    let mut checks = Vec::new();
    if document.position.previous().is_some() {
        checks.push(quote_spanned! { document.version.span =>
            __schema::Chain::assert_follows(&#chain, #before)
        });
        if let Some(VersionField { span, .. }) = &document.version_field {
            checks.push(quote_spanned! { *span =>
                __schema::Chain::assert_same_version_field(&#chain, &<#previous as __schema::VersionedDocument>::CHAIN)
            });
        }
    }
    if let Some(Kind { span, .. }) = &document.kind {
        checks.push(quote_spanned! { *span => __schema::Chain::assert_kind_beside_version(&#chain) });
        if document.position.previous().is_some() {
            checks.push(quote_spanned! { *span =>
                __schema::Chain::assert_same_kind(&#chain, &<#previous as __schema::VersionedDocument>::CHAIN)
            });
        }
    }
    if let Some(unknown) = document.body.unknown().filter(|_| document.starts_unknown()) {
        checks.push(quote_spanned! { unknown.member.span() =>
            __schema::Chain::assert_unknown_can_start(&#chain, #before)
        });
    }
    if let Some(Unversioned::Version(Version { span, .. })) = document.unversioned {
        checks.push(quote_spanned! { span => __schema::Chain::assert_unversioned_known(&#chain) });
    }
    checks
}
