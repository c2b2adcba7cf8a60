//! What is written when the attributes are wrong: impls that exist, so that the rest of the user's program
//! is not reported as broken too. They are never compiled into anything.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, DeriveInput, Meta, Path, Token, punctuated::Punctuated};

use crate::{krate, value::TypePath};

pub(crate) fn document(input: &DeriveInput) -> TokenStream {
    let private = krate::private(path(&input.attrs, "crate").as_ref());
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let mut with_de = input.generics.clone();
    with_de.params.insert(0, syn::parse_quote!('__de));
    let (de_generics, _, _) = with_de.split_for_impl();
    let conversion = embedded(input);
    quote! {
        const _: () = {
            use #private::{self as __schema, core, serde};

            #[automatically_derived]
            impl #impl_generics serde::Serialize for #ident #ty_generics #where_clause {
                fn serialize<S: serde::Serializer>(&self, _: S) -> core::result::Result<S::Ok, S::Error> {
                    core::unreachable!()
                }
            }
            #[automatically_derived]
            impl #de_generics serde::Deserialize<'__de> for #ident #ty_generics #where_clause {
                fn deserialize<D: serde::Deserializer<'__de>>(_: D) -> core::result::Result<Self, D::Error> {
                    core::unreachable!()
                }
            }
            #[automatically_derived]
            impl #impl_generics __schema::VersionedDocument for #ident #ty_generics #where_clause {
                const CHAIN: __schema::Chain = __schema::Chain::unknown();
                const HISTORY: &'static __schema::history::Version = __schema::history::Version::UNKNOWN;
                fn go_back<O: __schema::Observe>(
                    self,
                    _: u32,
                    _: &mut O,
                ) -> core::result::Result<(), __schema::DowngradeFault> {
                    core::unreachable!()
                }
            }
            #[automatically_derived]
            impl #de_generics __schema::Decode<'__de> for #ident #ty_generics #where_clause {
                fn decode_at<D: serde::Deserializer<'__de>, O: __schema::Observe>(
                    _: u32, _: D, _: &mut O,
                ) -> core::result::Result<Self, __schema::Fault<D::Error>> {
                    core::unreachable!()
                }
            }
        };
        #conversion
    }
}

pub(crate) fn embedded(input: &DeriveInput) -> TokenStream {
    let manual = keys(&input.attrs).any(|key| key.path().is_ident("manual"));
    let Some(previous) = path(&input.attrs, "previous").filter(|_| !manual) else {
        return TokenStream::new();
    };
    let private = krate::private(path(&input.attrs, "crate").as_ref());
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let reversible = keys(&input.attrs).any(|key| key.path().is_ident("reversible"));
    let back = reversible.then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics core::convert::From<#ident #ty_generics> for #previous #where_clause {
                fn from(_: #ident #ty_generics) -> Self {
                    core::unreachable!()
                }
            }
        }
    });
    quote! {
        const _: () = {
            use #private::core;

            #[automatically_derived]
            impl #impl_generics core::convert::From<#previous> for #ident #ty_generics #where_clause {
                fn from(_: #previous) -> Self {
                    core::unreachable!()
                }
            }
            #back
        };
    }
}

/// What can be read of a container's keys, with no word about what cannot.
fn keys(attrs: &[Attribute]) -> impl Iterator<Item = Meta> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("versioned"))
        .filter_map(|attr| attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok())
        .flatten()
}

fn path(attrs: &[Attribute], key: &str) -> Option<Path> {
    let item = keys(attrs).find(|item| item.path().is_ident(key))?;
    let TypePath(path) = TypePath::from_meta(&item).ok()?;
    Some(path)
}
