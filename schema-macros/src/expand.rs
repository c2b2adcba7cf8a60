//! From the model to code. One function per generated item; all of it in an anonymous constant, so that
//! nothing but impls leaves it.

mod account;
mod arms;
mod body;
mod chain;
mod generics;
mod history;
mod index;
mod record;
mod step;
mod unknown;
mod variants;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use self::{generics::ImplGenerics, record::Rest};
use crate::model::{Document, Position, Step, Target};

/// Everything for a versioned document.
pub(crate) fn document(document: &Document<'_>) -> TokenStream {
    let generics = ImplGenerics::of_document(document);
    let helper = body::helper(document, &generics);
    let serialize = body::serialize(document, &generics);
    let deserialize = body::deserialize(document, &generics);
    let versioned = versioned_document(document, &generics);
    let decode = decode(document, &generics);
    let checks = chain::checks(document);
    let step = match &document.position {
        // What its constants cannot check, the pattern of the conversion has to.
        Position::Derived(step) => {
            let rest = if document.target.is_generic() { Rest::Forgotten } else { Rest::Checked };
            step::conversions(&document.target, step, rest)
        }
        Position::Start | Position::Manual { .. } => TokenStream::new(),
    };
    in_constant(
        &document.target.private,
        quote! { #helper #serialize #deserialize #versioned #decode #checks #step },
    )
}

/// The conversion alone, for an embedded type.
pub(crate) fn embedded(target: &Target<'_>, step: &Step) -> TokenStream {
    in_constant(&target.private, step::conversions(target, step, Rest::Forgotten))
}

/// Generated items, in a scope of their own that reaches `schema-core` by `private`.
pub(crate) fn in_constant(private: &TokenStream, items: TokenStream) -> TokenStream {
    quote! {
        // A field named `_id` makes a name with two underscores, `__old__id`.
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
        #[allow(dead_code, unused_imports, unused_qualifications, unused_variables)]
        #[allow(irrefutable_let_patterns, non_snake_case, unreachable_code)]
        const _: () = {
            use #private as __schema;
            #items
        };
    }
}

fn versioned_document(document: &Document<'_>, generics: &ImplGenerics) -> TokenStream {
    let ident = document.target.ident;
    let ImplGenerics { ty, serialize, .. } = generics;
    let (impl_generics, where_clause) = serialize;
    let chain = chain::value(document);
    let history = history::value(document);
    let back = back(document);
    quote! {
        #[automatically_derived]
        impl #impl_generics __schema::VersionedDocument for #ident #ty #where_clause {
            const CHAIN: __schema::Chain = #chain;
            const HISTORY: &'static __schema::Version = #history;

            #back
        }
    }
}

/// From this version to the one before it, and on. A version that cannot go back inherits its answer.
fn back(document: &Document<'_>) -> Option<TokenStream> {
    let version = document.version.number;
    let previous = document.position.previous().filter(|_| document.position.is_reversible())?;
    let span = match &document.position {
        Position::Manual { reversible: Some(span), .. } => *span,
        _ => Span::call_site(),
    };
    let step = quote_spanned! { span => <#previous as __schema::UpgradeFrom<Self>>::upgrade_from(self) };
    Some(quote! {
        fn go_back<__O: __schema::Observe>(
            self,
            __version: __schema::u32,
            __observer: &mut __O,
        ) -> __schema::Result<(), __schema::DowngradeFault> {
            if __version == #version {
                __schema::Observe::version(__observer, &self);
                return __schema::Ok(());
            }
            let __previous = #step.map_err(|__error| __schema::DowngradeFault::step(#version, __error))?;
            __schema::VersionedDocument::go_back(__previous, __version, __observer)
        }
    })
}

fn decode(document: &Document<'_>, generics: &ImplGenerics) -> TokenStream {
    let ident = document.target.ident;
    let ImplGenerics { ty, deserialize, .. } = generics;
    let (impl_generics, where_clause) = deserialize;
    let version = document.version.number;
    let decode_here = unknown::decode_here(document);
    let decode = match document.position.previous() {
        None => decode_here,
        Some(previous) => {
            let span = match &document.position {
                Position::Manual { span, .. } => *span,
                _ => Span::call_site(),
            };
            let step = quote_spanned!(span => <Self as __schema::UpgradeFrom<#previous>>::upgrade_from);
            let decode_before = unknown::decode_before(document, previous, &step);
            quote! {
                if __stored == #version {
                    return #decode_here;
                }
                #decode_before
            }
        }
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics __schema::Decode<'de> for #ident #ty #where_clause {
            #[inline]
            fn decode_at<__D: __schema::Deserializer<'de>, __O: __schema::Observe>(
                __stored: __schema::u32,
                __body: __D,
                __observer: &mut __O,
            ) -> __schema::Result<Self, __schema::Fault<__D::Error>> {
                #decode
            }
        }
    }
}
