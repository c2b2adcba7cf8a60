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

        #[derive(__schema::Serialize, __schema::Deserialize)]
        #serde
        #(#attrs)*
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
    generics.make_where_clause().predicates.push(parse_quote!(#this: __schema::Default));
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let fields: Vec<_> = fields.iter().map(|field| &field.member).collect();
    quote! {
        impl #impl_generics __schema::Default for __Body #ty_generics #where_clause {
            fn default() -> Self {
                let #ident { #(#fields),* } = <#this as __schema::Default>::default();
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
        let (unknown, ty) = (&field.member, field.ty);
        quote_spanned! { ty.span() =>
            <#ty as __schema::KeepsUnknown>::check::<Self, __S::Error>(&self.#unknown)?;
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics __schema::Serialize for #ident #ty #where_clause {
            fn serialize<__S: __schema::Serializer>(
                &self,
                __serializer: __S,
            ) -> __schema::Result<__S::Ok, __S::Error> {
                #check
                __Body::serialize(self, __schema::Stamping::#stamping::<Self>(__serializer))
            }
        }
    }
}

pub(super) fn deserialize(document: &Document<'_>, generics: &ImplGenerics) -> TokenStream {
    let ident = document.target.ident;
    let ImplGenerics { ty, deserialize: (impl_generics, where_clause), .. } = generics;
    quote! {
        #[automatically_derived]
        impl #impl_generics __schema::Deserialize<'de> for #ident #ty #where_clause {
            fn deserialize<__D: __schema::Deserializer<'de>>(
                __deserializer: __D,
            ) -> __schema::Result<Self, __D::Error> {
                __schema::deserialize(__deserializer)
            }
        }
    }
}

/// Decodes `__body` as this very version.
pub(super) fn decode(document: &Document<'_>) -> TokenStream {
    if let Contents::Variants(tagged, _) = &document.body.contents {
        return variants::decode(&document.body, tagged);
    }
    let body = if document.body.strict {
        quote!(__schema::without_stamps::<Self, _>(__body))
    } else {
        quote!(__body)
    };
    quote! { __Body::deserialize(#body) }
}
