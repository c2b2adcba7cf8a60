//! From the model to code. One function per generated item; all of it in an anonymous constant, so that
//! nothing but impls leaves it.

mod body;
mod generics;
mod step;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use self::generics::ImplGenerics;
use crate::{
    model::{Document, Position, Step, Target},
    tokens::with_static_lifetimes,
    value::UnversionedRule,
};

/// Everything for a versioned document.
pub(crate) fn document(document: &Document<'_>) -> TokenStream {
    let generics = ImplGenerics::of_document(document);
    let helper = body::helper(document, &generics);
    let serialize = body::serialize(document, &generics);
    let deserialize = body::deserialize(document, &generics);
    let versioned = versioned_document(document, &generics);
    let decode = decode(document, &generics);
    let checks = checks(document);
    let step = match &document.position {
        Position::Derived(step) => step::conversion(&document.target, step),
        Position::Start | Position::Manual { .. } => TokenStream::new(),
    };
    in_constant(&document.target, quote! { #helper #serialize #deserialize #versioned #decode #checks #step })
}

/// The conversion alone, for an embedded type.
pub(crate) fn embedded(target: &Target<'_>, step: &Step) -> TokenStream {
    in_constant(target, step::conversion(target, step))
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
    let version = document.version;
    let names = &document.body.names;
    let older = match document.position.previous() {
        Some(previous) => quote! { <#previous as __schema::VersionedDocument>::fields_of(version) },
        None => quote! { core::option::Option::None },
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics __schema::VersionedDocument for #ident #ty #where_clause {
            const CHAIN: __schema::Chain = #chain;

            fn fields_of(version: u32) -> core::option::Option<&'static [&'static str]> {
                if version == #version {
                    return core::option::Option::Some(&[#(#names),*]);
                }
                #older
            }
        }
    }
}

/// The chain, put together by constant functions that end the compilation where it does not fit.
fn chain(document: &Document<'_>) -> TokenStream {
    let name = document.target.ident.to_string();
    let version = document.version;
    let mut chain = match document.position.previous() {
        None => quote! { __schema::Chain::start(#name, #version) },
        Some(previous) => quote_spanned! { document.version_span =>
            <#previous as __schema::VersionedDocument>::CHAIN.next(#name, #version)
        },
    };
    if let Some(collection) = &document.collection {
        chain = quote! { #chain.in_collection(#collection) };
    }
    if let Some((field, span)) = &document.version_field {
        chain = quote_spanned! { *span => #chain.with_version_field(#field) };
    }
    match document.unversioned {
        Some(UnversionedRule::Version(version, span)) => quote_spanned! { span =>
            #chain.with_unversioned(__schema::Unversioned::Version(#version))
        },
        Some(UnversionedRule::Reject) => quote! { #chain.with_unversioned(__schema::Unversioned::Reject) },
        None => chain,
    }
}

fn decode(document: &Document<'_>, generics: &ImplGenerics) -> TokenStream {
    let ident = document.target.ident;
    let ImplGenerics { ty, deserialize, .. } = generics;
    let (impl_generics, where_clause) = deserialize;
    let version = document.version;
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
    if document.target.generics.type_params().next().is_some()
        || document.target.generics.const_params().next().is_some()
    {
        return TokenStream::new();
    }
    let ident = document.target.ident;
    let (_, ty_generics, _) = document.target.generics.split_for_impl();
    let ty = with_static_lifetimes(quote! { #ident #ty_generics });
    let chain = quote! { <#ty as __schema::VersionedDocument>::CHAIN };
    let reserved = document.body.fields.iter().map(|field| {
        let names = &field.stored_as;
        quote_spanned! { field.ident.span() => const _: () = { #(#chain.reserve(#names);)* }; }
    });
    quote! {
        const _: __schema::Chain = #chain;
        #(#reserved)*
    }
}
