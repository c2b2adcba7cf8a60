//! The chain as a constant, and what the compiler checks of it: that the versions fit together, and that the
//! step accounts for every field. Each check has the span of what it is about.
//!
//! The constants of a generic type are not evaluated until somebody uses it, so the versions are checked then,
//! and the fields by the pattern of the conversion.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::{
    model::{BodyField, Contents, Document, Position, Rule, Shape, Step},
    serde_attr::Tagged,
    tokens::with_static_lifetimes,
    value::{Collection, Unversioned, Version, VersionField, field_text},
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
        let mut checks = versions(document, &quote!(chain), document.position.previous().to_token_stream());
        checks.extend(names(document, &quote!(chain)));
        chain = quote! {{
            let chain = #chain;
            #(#checks;)*
            chain
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
    let versions = versions(document, &quote!(__CHAIN), previous.clone());
    let fields = match &document.position {
        Position::Derived(step) if matches!(step.there, Shape::Struct(_)) => {
            fields(document, step, &previous)
        }
        // The variants of an enum are taken apart completely.
        Position::Start | Position::Derived(_) | Position::Manual { .. } => TokenStream::new(),
    };
    let names = names(document, &quote!(__CHAIN));
    quote! {
        const __CHAIN: __schema::Chain = <#ty as __schema::VersionedDocument>::CHAIN;
        #(const _: () = #versions;)*
        const _: () = { #(#names;)* };
        #fields
    }
}

/// The names beside the stamp are other names.
fn names(document: &Document<'_>, chain: &TokenStream) -> Vec<TokenStream> {
    let check = |name: &str, span| {
        quote_spanned! { span => __schema::Chain::assert_not_the_version_field(&#chain, #name) }
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
                    __schema::Chain::assert_not_the_version_field(&#chain, #stamp)
                }
            });
            own.chain(fields).chain(stamps).collect()
        }
    }
}

fn versions(document: &Document<'_>, chain: &TokenStream, previous: TokenStream) -> Vec<TokenStream> {
    let mut checks = Vec::new();
    if document.position.previous().is_some() {
        let chain_before = quote!(<#previous as __schema::VersionedDocument>::CHAIN);
        checks.push(quote_spanned! { document.version.span =>
            __schema::Chain::assert_follows(&#chain, &#chain_before)
        });
        if let Some(VersionField { span, .. }) = &document.version_field {
            checks.push(quote_spanned! { *span =>
                __schema::Chain::assert_same_version_field(&#chain, &#chain_before)
            });
        }
    }
    if let Some(unknown) = document.body.unknown().filter(|_| document.starts_unknown()) {
        checks.push(quote_spanned! { unknown.member.span() =>
            __schema::Chain::assert_unknown_can_start(
                &#chain,
                <#previous as __schema::VersionedDocument>::HISTORY,
            )
        });
    }
    if let Some(Unversioned::Version(Version { span, .. })) = document.unversioned {
        checks.push(quote_spanned! { span => __schema::Chain::assert_unversioned_known(&#chain) });
    }
    checks
}

/// A new field has a rule, and an old one that is neither used nor removed was forgotten.
fn fields(document: &Document<'_>, step: &Step, previous: &TokenStream) -> TokenStream {
    let name = document.target.ident.to_string();
    let version = document.version.number;
    let used = step.there.fields().iter().flat_map(|field| field.rule.sources());
    let names: BTreeSet<String> = used.chain(step.there.removed()).map(field_text).collect();
    let carried = step.there.fields().iter().filter_map(|field| match &field.rule {
        Rule::Carry { from } if field.into.contains(from) => {
            let name = field_text(from);
            let check = if field.unknown { quote!(carries_unknown) } else { quote!(carries) };
            Some(quote_spanned! { from.span() => __schema::Account::#check(&__ACCOUNT, #name); })
        }
        _ => None,
    });
    let complete = quote_spanned! { step.previous.span() =>
        __schema::Account::complete(&__ACCOUNT, &[#(#names),*])
    };
    quote! {
        const __ACCOUNT: __schema::Account = __schema::Account::new(
            <#previous as __schema::VersionedDocument>::CHAIN,
            <#previous as __schema::VersionedDocument>::HISTORY,
            #name,
            #version,
        );
        const _: () = { #(#carried)* };
        const _: () = #complete;
    }
}
