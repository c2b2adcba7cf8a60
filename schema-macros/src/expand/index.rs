//! The declared indexes as data.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::{
    canonical,
    model::{Index, IndexKey},
    value::{Collation, KeyKind},
};

/// What is added to a version that has any.
pub(super) fn indexes(indexes: &[Index]) -> Option<TokenStream> {
    let values = indexes.iter().map(index);
    (!indexes.is_empty()).then(|| quote! { .indexes(&[#(#values),*]) })
}

fn index(index: &Index) -> TokenStream {
    let keys = index.keys.iter().map(key);
    let mut value = quote! { __schema::Index::new(&[#(#keys),*]) };
    if let Some(name) = &index.name {
        value.extend(quote! { .named(#name) });
    }
    let flags = [
        (index.unique, quote!(.unique())),
        (index.sparse, quote!(.sparse())),
        (index.hidden, quote!(.hidden())),
    ];
    value.extend(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag));
    if let Some(seconds) = index.expire_after {
        value.extend(quote! { .expire_after(#seconds) });
    }
    if let Some(filter) = &index.partial {
        let written = canonical::expression(filter);
        value.extend(quote_spanned! { filter.span() => .partial(#written, || #filter) });
    }
    if let Some(collation) = &index.collation {
        let collation = self::collation(collation);
        value.extend(quote! { .collation(#collation) });
    }
    if let Some(language) = &index.default_language {
        value.extend(quote! { .default_language(#language) });
    }
    value
}

fn key(IndexKey { path, kind }: &IndexKey) -> TokenStream {
    match kind {
        KeyKind::Ascending => quote! { __schema::Key::ascending(#path) },
        KeyKind::Descending => quote! { __schema::Key::descending(#path) },
        KeyKind::Hashed => quote! { __schema::Key::hashed(#path) },
        KeyKind::Sphere => quote! { __schema::Key::sphere(#path) },
        KeyKind::Text { weight: Some(weight) } => {
            quote! { __schema::Key::text(#path, __schema::Some(#weight)) }
        }
        KeyKind::Text { weight: None } => quote! { __schema::Key::text(#path, __schema::None) },
    }
}

fn collation(collation: &Collation) -> TokenStream {
    let locale = &collation.locale;
    let mut value = quote! { __schema::Collation::new(#locale) };
    if let Some(strength) = collation.strength {
        value.extend(quote! { .strength(#strength) });
    }
    if collation.case_level {
        value.extend(quote! { .case_level() });
    }
    if collation.numeric_ordering {
        value.extend(quote! { .numeric_ordering() });
    }
    value
}
