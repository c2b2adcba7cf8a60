//! The generics of the generated impls: those of the type, with serde's bounds on its type parameters.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Generics, Lifetime, WherePredicate, parse_quote};

use crate::model::Document;

pub(super) struct ImplGenerics {
    /// The arguments of the type: `<'a, T>`.
    pub(super) ty: TokenStream,
    /// For what needs the type to be written.
    pub(super) serialize: (TokenStream, TokenStream),
    /// For what needs the type to be read and written; has the lifetime `'de`.
    pub(super) deserialize: (TokenStream, TokenStream),
}

impl ImplGenerics {
    pub(super) fn of_document(document: &Document<'_>) -> Self {
        let generics = document.target.generics;
        let params: Vec<_> = generics.type_params().map(|param| param.ident.clone()).collect();
        let written = document.body.bounds.serialize.clone().unwrap_or_else(|| {
            params.iter().map(|param| parse_quote!(#param: __schema::Serialize)).collect()
        });
        let read = document.body.bounds.deserialize.clone().unwrap_or_else(|| {
            params.iter().map(|param| parse_quote!(#param: __schema::Deserialize<'de>)).collect()
        });
        let both: Vec<WherePredicate> = written.iter().chain(&read).cloned().collect();
        Self {
            ty: generics.split_for_impl().1.to_token_stream(),
            serialize: split(with_bounds(generics.clone(), written)),
            deserialize: split(with_bounds(with_de(generics), both)),
        }
    }
}

/// `'de` outlives what the type borrows.
fn with_de(generics: &Generics) -> Generics {
    let borrowed: Vec<Lifetime> = generics.lifetimes().map(|param| param.lifetime.clone()).collect();
    let mut generics = generics.clone();
    generics.params.insert(0, parse_quote!('de: #(#borrowed)+*));
    generics
}

fn with_bounds(mut generics: Generics, bounds: Vec<WherePredicate>) -> Generics {
    generics.make_where_clause().predicates.extend(bounds);
    generics
}

fn split(generics: Generics) -> (TokenStream, TokenStream) {
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    (quote!(#impl_generics), quote!(#where_clause))
}
