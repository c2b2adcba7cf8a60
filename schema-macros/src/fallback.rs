//! What is written when the attributes are wrong: impls that exist, so that the rest of the user's program
//! is not reported as broken too. They are never compiled into anything.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, DeriveInput, Generics, Meta, Path, Token, parse_quote, punctuated::Punctuated};

use crate::{krate, value::TypePath};

pub(crate) fn document(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let with_de = with_de(&input.generics);
    let (de_generics, _, _) = with_de.split_for_impl();
    let serde = serde(input);
    let conversion = embedded(input);
    let items = quote! {
        #serde
        #[automatically_derived]
        impl #impl_generics __schema::VersionedDocument for #ident #ty_generics #where_clause {
            const CHAIN: __schema::Chain = __schema::Chain::unknown();
            const HISTORY: &'static __schema::Version = __schema::Version::UNKNOWN;
        }
        #[automatically_derived]
        impl #de_generics __schema::Decode<'__de> for #ident #ty_generics #where_clause {
            fn decode_at<__D: __schema::Deserializer<'__de>, __O: __schema::Observe>(
                _: __schema::u32, _: __D, _: &mut __O,
            ) -> __schema::Result<Self, __schema::Fault<__D::Error>> {
                __schema::unreachable!()
            }
        }
    };
    let document = in_constant(input, items);
    quote! {
        #document
        #conversion
    }
}

pub(crate) fn kinds(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let serde = serde(input);
    let items = quote! {
        #serde
        #[automatically_derived]
        impl #impl_generics __schema::DocumentKinds for #ident #ty_generics #where_clause {
            const TYPE_NAME: &'static __schema::str = "";
            const CHAINS: &'static [__schema::Chain] = &[];

            fn visit<__V: __schema::VisitKinds<Self>>(_: &mut __V) {}
        }
    };
    in_constant(input, items)
}

fn in_constant(input: &DeriveInput, items: TokenStream) -> TokenStream {
    let private = krate::private(path(&input.attrs, "crate").as_ref());
    quote! {
        const _: () = {
            use #private as __schema;

            #items
        };
    }
}

fn serde(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let with_de = with_de(&input.generics);
    let (de_generics, _, _) = with_de.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics __schema::Serialize for #ident #ty_generics #where_clause {
            fn serialize<__S: __schema::Serializer>(&self, _: __S) -> __schema::Result<__S::Ok, __S::Error> {
                __schema::unreachable!()
            }
        }
        #[automatically_derived]
        impl #de_generics __schema::Deserialize<'__de> for #ident #ty_generics #where_clause {
            fn deserialize<__D: __schema::Deserializer<'__de>>(_: __D) -> __schema::Result<Self, __D::Error> {
                __schema::unreachable!()
            }
        }
    }
}

fn with_de(generics: &Generics) -> Generics {
    let mut with_de = generics.clone();
    with_de.params.insert(0, parse_quote!('__de));
    with_de
}

pub(crate) fn embedded(input: &DeriveInput) -> TokenStream {
    let manual = keys(&input.attrs).any(|key| key.path().is_ident("manual"));
    let Some(previous) = path(&input.attrs, "previous").filter(|_| !manual) else {
        return TokenStream::new();
    };
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let reversible = keys(&input.attrs).any(|key| key.path().is_ident("reversible"));
    let back = reversible.then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics __schema::From<#ident #ty_generics> for #previous #where_clause {
                fn from(_: #ident #ty_generics) -> Self {
                    __schema::unreachable!()
                }
            }
        }
    });
    let items = quote! {
        #[automatically_derived]
        impl #impl_generics __schema::From<#previous> for #ident #ty_generics #where_clause {
            fn from(_: #previous) -> Self {
                __schema::unreachable!()
            }
        }
        #back
    };
    in_constant(input, items)
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
