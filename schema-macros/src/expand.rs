//! From the model to code. One function per generated item; all of it in an anonymous constant, so that
//! nothing but impls leaves it.

mod body;
mod generics;
mod step;

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use self::{generics::ImplGenerics, step::Rest};
use crate::{
    model::{Document, Position, Rule, Step, Target},
    tokens::with_static_lifetimes,
    value::{Collection, Unversioned, Version, VersionField},
};

/// Everything for a versioned document.
pub(crate) fn document(document: &Document<'_>) -> TokenStream {
    let generics = ImplGenerics::of_document(document);
    let helper = body::helper(document);
    let serialize = body::serialize(document, &generics);
    let deserialize = body::deserialize(document, &generics);
    let versioned = versioned_document(document, &generics);
    let decode = decode(document, &generics);
    let checks = checks(document);
    let step = match &document.position {
        // What its constants cannot check, the pattern of the conversion has to.
        Position::Derived(step) => {
            let rest = if document.target.is_generic() {
                Rest::Forgotten
            } else {
                Rest::Checked
            };
            step::conversion(&document.target, step, rest)
        }
        Position::Start | Position::Manual { .. } => TokenStream::new(),
    };
    in_constant(
        &document.target,
        quote! { #helper #serialize #deserialize #versioned #decode #checks #step },
    )
}

/// The conversion alone, for an embedded type.
pub(crate) fn embedded(target: &Target<'_>, step: &Step) -> TokenStream {
    in_constant(target, step::conversion(target, step, Rest::Forgotten))
}

fn in_constant(target: &Target<'_>, items: TokenStream) -> TokenStream {
    let private = &target.private;
    quote! {
        #[allow(clippy::all, clippy::pedantic, clippy::restriction)]
        const _: () = {
            use #private as __schema;
            use #private::{core, serde};
            #items
        };
    }
}

fn versioned_document(document: &Document<'_>, generics: &ImplGenerics) -> TokenStream {
    let ident = document.target.ident;
    let ImplGenerics { ty, serialize, .. } = generics;
    let (impl_generics, where_clause) = serialize;
    let chain = chain(document);
    let version = document.version.number;
    let names = document.body.fields.iter().flat_map(|field| &field.read_as);
    let fields = document.body.fields.iter().map(|field| field.ident.to_string());
    let older = match document.position.previous() {
        Some(previous) => quote! { <#previous as __schema::VersionedDocument>::fields_of(version) },
        None => quote! { core::option::Option::None },
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics __schema::VersionedDocument for #ident #ty #where_clause {
            const CHAIN: __schema::Chain = #chain;
            const FIELDS: &'static [&'static str] = &[#(#fields),*];

            fn fields_of(version: u32) -> core::option::Option<&'static [&'static str]> {
                if version == #version {
                    return core::option::Option::Some(&[#(#names),*]);
                }
                #older
            }
        }
    }
}

/// The chain, put together by constant functions that end the compilation where it does not fit. Each call
/// has the span of the value that it checks.
fn chain(document: &Document<'_>) -> TokenStream {
    let name = document.target.ident.to_string();
    let Version { number, span } = document.version;
    let mut chain = match document.position.previous() {
        None => quote! { __schema::Chain::start(#name, #number) },
        Some(previous) => quote_spanned! { span =>
            __schema::Chain::next(<#previous as __schema::VersionedDocument>::CHAIN, #name, #number)
        },
    };
    if let Some(Collection(collection)) = &document.collection {
        chain = quote! { __schema::Chain::in_collection(#chain, #collection) };
    }
    if let Some(VersionField { name, span }) = &document.version_field {
        chain = quote_spanned! { *span => __schema::Chain::with_version_field(#chain, #name) };
    }
    match document.unversioned {
        Some(Unversioned::Version(Version { number, span })) => quote_spanned! { span =>
            __schema::Chain::with_unversioned(#chain, __schema::Unversioned::Version(#number))
        },
        Some(Unversioned::Reject) => quote! {
            __schema::Chain::with_unversioned(#chain, __schema::Unversioned::Reject)
        },
        None => chain,
    }
}

fn decode(document: &Document<'_>, generics: &ImplGenerics) -> TokenStream {
    let ident = document.target.ident;
    let ImplGenerics { ty, deserialize, .. } = generics;
    let (impl_generics, where_clause) = deserialize;
    let version = document.version.number;
    let body = body::decode(document);
    let decode_here = quote! {
        match #body {
            core::result::Result::Ok(document) => {
                __schema::Observe::stored(observer, &document);
                core::result::Result::Ok(document)
            }
            core::result::Result::Err(error) => core::result::Result::Err(__schema::Fault::Body(error)),
        }
    };
    let decode = match document.position.previous() {
        None => decode_here,
        Some(previous) => {
            let upgrade = match &document.position {
                Position::Manual { span, .. } => quote_spanned! { *span =>
                    <Self as __schema::UpgradeFrom<#previous>>::upgrade_from(previous)
                },
                _ => quote! { <Self as __schema::UpgradeFrom<#previous>>::upgrade_from(previous) },
            };
            quote! {
                if stored == #version {
                    return #decode_here;
                }
                let previous = <#previous as __schema::Decode<'de>>::decode_at(stored, body, observer)?;
                match #upgrade {
                    core::result::Result::Ok(document) => core::result::Result::Ok(document),
                    core::result::Result::Err(source) => core::result::Result::Err(__schema::Fault::Step {
                        from: <#previous as __schema::VersionedDocument>::CHAIN.version,
                        to: #version,
                        source,
                    }),
                }
            }
        }
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics __schema::Decode<'de> for #ident #ty #where_clause {
            fn decode_at<__D, __O>(
                stored: u32,
                body: __D,
                observer: &mut __O,
            ) -> core::result::Result<Self, __schema::Fault<__D::Error>>
            where
                __D: serde::Deserializer<'de>,
                __O: __schema::Observe,
            {
                #decode
            }
        }
    }
}

/// Constants that are only there to be evaluated. A generic type has no constant of its own to evaluate here;
/// its chain is checked where it is used.
fn checks(document: &Document<'_>) -> TokenStream {
    if document.target.is_generic() {
        return TokenStream::new();
    }
    let ident = document.target.ident;
    let (_, ty_generics, _) = document.target.generics.split_for_impl();
    let ty = with_static_lifetimes(quote! { #ident #ty_generics });
    let chain = quote_spanned! { document.version.span => <#ty as __schema::VersionedDocument>::CHAIN };
    let reserved = document.body.fields.iter().flat_map(|field| {
        let names: BTreeSet<_> = field.read_as.iter().chain(&field.written_as).collect();
        let check = |name| {
            quote_spanned! { field.ident.span() => const _: () = __schema::Chain::reserve(&#chain, #name); }
        };
        names.into_iter().map(check).collect::<Vec<_>>()
    });
    let chain_check = quote_spanned! { document.version.span => const _: __schema::Chain = #chain; };
    let accounted = match &document.position {
        Position::Derived(step) => accounted(document, step),
        Position::Start | Position::Manual { .. } => TokenStream::new(),
    };
    quote! {
        #chain_check
        #(#reserved)*
        #accounted
    }
}

/// A new field has a rule, and an old one that is neither used nor removed was forgotten.
fn accounted(document: &Document<'_>, step: &Step) -> TokenStream {
    let previous = with_static_lifetimes(step.previous.to_token_stream());
    let name = document.target.ident.to_string();
    let version = document.version.number;
    let used = step.fields.iter().flat_map(|field| field.rule.sources());
    let names: BTreeSet<String> = used.chain(&step.removed).map(ToString::to_string).collect();
    let account = quote_spanned! { step.previous.span() =>
        __schema::Account::new(
            <#previous as __schema::VersionedDocument>::CHAIN,
            <#previous as __schema::VersionedDocument>::FIELDS,
            #name,
            #version,
        )
    };
    let carried = step.fields.iter().filter_map(|field| match &field.rule {
        Rule::Carry { from } if *from == field.ident => {
            let name = from.to_string();
            Some(quote_spanned! { from.span() => __schema::Account::carries(&__ACCOUNT, #name); })
        }
        _ => None,
    });
    let complete = quote_spanned! { step.previous.span() =>
        __schema::Account::complete(&__ACCOUNT, &[#(#names),*])
    };
    quote! {
        const __ACCOUNT: __schema::Account = #account;
        const _: () = { #(#carried)* };
        const _: () = #complete;
    }
}
