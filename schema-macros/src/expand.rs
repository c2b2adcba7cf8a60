//! From the model to code. One function per generated item; all of it in an anonymous constant, so that
//! nothing but impls leaves it.

mod arms;
mod body;
mod chain;
mod generics;
mod history;
mod record;
mod step;
mod unknown;
mod variants;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use self::{generics::ImplGenerics, record::Rest};
use crate::model::{Document, Position, Shape, Step, Target};

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
            let unchecked = document.target.is_generic() || matches!(step.there, Shape::Enum(_));
            let rest = if unchecked { Rest::Forgotten } else { Rest::Checked };
            step::conversions(&document.target, step, rest)
        }
        Position::Start | Position::Manual { .. } => TokenStream::new(),
    };
    in_constant(&document.target, quote! { #helper #serialize #deserialize #versioned #decode #checks #step })
}

/// The conversion alone, for an embedded type.
pub(crate) fn embedded(target: &Target<'_>, step: &Step) -> TokenStream {
    in_constant(target, step::conversions(target, step, Rest::Forgotten))
}

fn in_constant(target: &Target<'_>, items: TokenStream) -> TokenStream {
    let private = &target.private;
    quote! {
        #[allow(unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
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
    let chain = chain::value(document);
    let version = document.version.number;
    let history = history::value(document);
    let back = back(document);
    quote! {
        #[automatically_derived]
        impl #impl_generics __schema::VersionedDocument for #ident #ty #where_clause {
            const CHAIN: __schema::Chain = #chain;
            const HISTORY: &'static __schema::history::Version = #history;

            fn go_back<__O>(self, version: u32, observer: &mut __O) -> core::result::Result<(), __schema::DowngradeFault>
            where
                __O: __schema::Observe,
            {
                if version == #version {
                    __schema::Observe::version(observer, &self);
                    return core::result::Result::Ok(());
                }
                #back
            }
        }
    }
}

/// From this version to the one before it, and on.
fn back(document: &Document<'_>) -> TokenStream {
    let version = document.version.number;
    let Some(previous) = document.position.previous().filter(|_| document.position.is_reversible()) else {
        return quote! { core::result::Result::Err(__schema::DowngradeFault::irreversible(#version)) };
    };
    let span = match &document.position {
        Position::Manual { reversible: Some(span), .. } => *span,
        _ => Span::call_site(),
    };
    let step = quote_spanned! { span => <#previous as __schema::UpgradeFrom<Self>>::upgrade_from(self) };
    quote! {
        let previous = #step.map_err(|source| __schema::DowngradeFault::step(#version, source))?;
        __schema::VersionedDocument::go_back(previous, version, observer)
    }
}

fn decode(document: &Document<'_>, generics: &ImplGenerics) -> TokenStream {
    let ident = document.target.ident;
    let ImplGenerics { ty, deserialize, .. } = generics;
    let (impl_generics, where_clause) = deserialize;
    let version = document.version.number;
    let document_here = unknown::decode_here(document);
    let decode_here = quote! {
        #document_here
        __schema::Observe::version(observer, &document);
        return core::result::Result::Ok(document);
    };
    let decode = match document.position.previous() {
        None => decode_here,
        Some(previous) => {
            let span = match &document.position {
                Position::Manual { span, .. } => *span,
                _ => Span::call_site(),
            };
            let upgrade =
                quote_spanned! { span => <Self as __schema::UpgradeFrom<#previous>>::upgrade_from(previous) };
            let from = version.saturating_sub(1);
            let decode_previous = unknown::decode_previous(document, previous);
            let put_unknown = unknown::after_step(document, previous);
            let mutable = put_unknown.is_some().then(|| quote!(mut));
            quote! {
                if stored == #version {
                    #decode_here
                }
                #decode_previous
                let #mutable document = #upgrade
                    .map_err(|source| __schema::Fault::Step { from: #from, to: #version, source })?;
                #put_unknown
                __schema::Observe::version(observer, &document);
                core::result::Result::Ok(document)
            }
        }
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics __schema::Decode<'de> for #ident #ty #where_clause {
            #[inline]
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
