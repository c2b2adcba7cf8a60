//! An enum through serde. It is written by serde's own derive as it stands. Reading would go through a buffer of serde's,
//! where BSON types become something else; so serde's derive reads it as if it had no tag, and `schema-core` shows
//! it the tag as the name of the variant.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Fields;

use crate::{
    model::{Body, BodyVariant, Document},
    serde_attr::{Tagged, serde_attributes, without_tagging},
};

/// The hidden enums: the one that is written and the one that is read.
pub(super) fn helpers(
    document: &Document<'_>,
    variants: &[BodyVariant<'_>],
    serde: &TokenStream,
) -> TokenStream {
    let attrs = &document.body.attrs;
    let untagged = without_tagging(attrs.iter().copied());
    let params = &document.target.generics.params;
    let where_clause = &document.target.generics.where_clause;
    let variants: Vec<TokenStream> = variants.iter().map(variant).collect();
    quote! {
        #[derive(__schema::Serialize)]
        #serde
        #(#attrs)*
        enum __Body<#params> #where_clause {
            #(#variants)*
        }

        #[derive(__schema::Deserialize)]
        #serde
        #untagged
        enum __Untagged<#params> #where_clause {
            #(#variants)*
        }
    }
}

fn variant(variant: &BodyVariant<'_>) -> TokenStream {
    let syn::Variant { ident, attrs, fields, .. } = variant.source;
    let attrs = serde_attributes(attrs);
    let parts = fields.iter().map(|field| {
        let (attrs, ty) = (serde_attributes(&field.attrs), &field.ty);
        let name = field.ident.as_ref().map(|name| quote!(#name:));
        quote! { #(#attrs)* #name #ty }
    });
    let fields = match fields {
        Fields::Named(_) => quote! { { #(#parts),* } },
        Fields::Unnamed(_) => quote! { ( #(#parts),* ) },
        Fields::Unit => TokenStream::new(),
    };
    quote! { #(#attrs)* #ident #fields, }
}

/// Where some of the fields beside the stamp are those of another type.
pub(super) fn has_unseen_names(tagging: &Tagged, variants: &[BodyVariant<'_>]) -> bool {
    let is_newtype = |variant: &BodyVariant<'_>| matches!(variant.source.fields, Fields::Unnamed(_));
    tagging.content.is_none() && variants.iter().any(is_newtype)
}

/// Decodes `__body` as this very version.
pub(super) fn decode(body: &Body<'_>, tagging: &Tagged) -> TokenStream {
    let Tagged { tag, content } = tagging;
    let strict = body.strict;
    let (ty, content) = match content {
        None => (quote!(InternallyTagged), None),
        Some(content) => (quote!(AdjacentlyTagged), Some(quote! { content: #content, })),
    };
    quote! {
        __Untagged::deserialize(__schema::Tagged::new(
            __body,
            __schema::#ty {
                tag: #tag,
                #content
                stamps: <Self as __schema::VersionedDocument>::CHAIN.stamps(),
                strict: #strict,
            },
            __schema::Observe::origin(__observer),
        ))
    }
}
