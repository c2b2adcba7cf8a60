//! The document through serde. serde's own derive does the work, on a hidden type with the same fields
//! (its `remote` form reads and writes another type); around it stand the stamp and the upgrade.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{parse_quote, spanned::Spanned};

use super::{generics::ImplGenerics, variants};
use crate::model::{BodyField, Contents, Document};

/// The hidden type: the user's fields and serde attributes, nothing else.
pub(super) fn helper(document: &Document<'_>, generics: &ImplGenerics) -> TokenStream {
    let name = document.target.ident.to_string();
    let private = &document.target.private;
    let serde_path = quote!(#private::serde).to_string().replace(' ', "");
    let serde = quote! { #[serde(remote = #name, crate = #serde_path)] };
    let helper = match &document.body.contents {
        Contents::Fields(fields) => self::fields(document, fields, generics, &serde),
        Contents::Variants(_, variants) => variants::helpers(document, variants, &serde),
    };
    quote! {
        #[allow(unused_imports)]
        use __schema::Refused as _;

        #helper
    }
}

fn fields(
    document: &Document<'_>,
    fields: &[BodyField<'_>],
    generics: &ImplGenerics,
    serde: &TokenStream,
) -> TokenStream {
    let attrs = &document.body.attrs;
    let params = &document.target.generics.params;
    let where_clause = &document.target.generics.where_clause;
    let default = document.body.default.then(|| default(document, fields, generics));
    // What the type does not know is written behind what it knows, and put in when the rest has been read.
    let (unknown, known): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.unknown);
    let fields = known.into_iter().map(|field| {
        let (name, ty, attrs) = (&field.member, field.ty, &field.attrs);
        quote! { #(#attrs)* #name: #ty, }
    });
    let unknown = unknown.into_iter().map(|field| {
        let (name, ty) = (&field.member, field.ty);
        quote! { #[serde(flatten, skip_deserializing)] #name: #ty, }
    });
    quote! {
        #default

        #[derive(serde::Serialize, serde::Deserialize)]
        #serde
        #(#attrs)*
        #[allow(dead_code)]
        struct __Body<#params> #where_clause {
            #(#fields)*
            #(#unknown)*
        }
    }
}

/// serde's derive fills missing fields from the user's type, but asks for the trait on the hidden struct.
fn default(document: &Document<'_>, fields: &[BodyField<'_>], generics: &ImplGenerics) -> TokenStream {
    let (ident, ty) = (document.target.ident, &generics.ty);
    let this = quote!(#ident #ty);
    let mut generics = document.target.generics.clone();
    generics.make_where_clause().predicates.push(parse_quote!(#this: core::default::Default));
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let fields: Vec<_> = fields.iter().map(|field| &field.member).collect();
    quote! {
        impl #impl_generics core::default::Default for __Body #ty_generics #where_clause {
            fn default() -> Self {
                let #ident { #(#fields),* } = <#this as core::default::Default>::default();
                Self { #(#fields),* }
            }
        }
    }
}

pub(super) fn serialize(document: &Document<'_>, generics: &ImplGenerics) -> TokenStream {
    let ident = document.target.ident;
    let ImplGenerics { ty, serialize: (impl_generics, where_clause), .. } = generics;
    let stamping = match &document.body.contents {
        Contents::Variants(tagged, variants) if variants::has_unseen_names(tagged, variants) => {
            quote!(with_unseen_names)
        }
        _ if document.body.unknown().is_some() => quote!(beside_unknown),
        _ => quote!(new),
    };
    let check = document.body.unknown().map(|field| {
        let unknown = &field.member;
        quote_spanned! { field.ty.span() => __schema::Unknown::check::<Self, __S::Error>(&self.#unknown)?; }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics serde::Serialize for #ident #ty #where_clause {
            fn serialize<__S>(&self, serializer: __S) -> core::result::Result<__S::Ok, __S::Error>
            where
                __S: serde::Serializer,
            {
                #check
                let chain = <Self as __schema::VersionedDocument>::CHAIN;
                __Body::serialize(self, __schema::Stamping::#stamping(chain, serializer))
            }
        }
    }
}

pub(super) fn deserialize(document: &Document<'_>, generics: &ImplGenerics) -> TokenStream {
    let ident = document.target.ident;
    let ImplGenerics { ty, deserialize: (impl_generics, where_clause), .. } = generics;
    quote! {
        #[automatically_derived]
        impl #impl_generics serde::Deserialize<'de> for #ident #ty #where_clause {
            fn deserialize<__D>(deserializer: __D) -> core::result::Result<Self, __D::Error>
            where
                __D: serde::Deserializer<'de>,
            {
                __schema::deserialize(deserializer)
            }
        }
    }
}

/// Decodes `body` as this very version.
pub(super) fn decode(document: &Document<'_>) -> TokenStream {
    if let Contents::Variants(tagged, _) = &document.body.contents {
        return variants::decode(&document.body, tagged);
    }
    let body = if document.body.strict {
        quote! {
            __schema::without_stamp(body, <Self as __schema::VersionedDocument>::CHAIN.version_field)
        }
    } else {
        quote!(body)
    };
    quote! { __Body::deserialize(#body) }
}
