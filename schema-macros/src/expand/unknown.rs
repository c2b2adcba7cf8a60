//! Decoding beside a field that keeps what the type does not know: it is gathered while the rest is decoded, then put in.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Path, spanned::Spanned};

use super::body;
use crate::model::Document;

/// The document of this very version, without the `?`.
pub(super) fn decode_here(document: &Document<'_>) -> TokenStream {
    let body = body::decode(document);
    let Some(unknown) = document.body.unknown() else {
        return quote! { let document = #body.map_err(__schema::Fault::Body)?; };
    };
    let ident = &unknown.member;
    let put = quote_spanned! { unknown.ty.span() => document.#ident = unknown; };
    quote! {
        let (mut document, unknown) = __schema::gather::<Self, _, _, _>(stored, body, observer, |body, _| {
            #body.map_err(__schema::Fault::Body)
        })?;
        #put
    }
}

/// The document of the version before, and what is to be kept of it where nobody has kept it so far.
pub(super) fn decode_previous(document: &Document<'_>, previous: &Path) -> TokenStream {
    let decode = quote! { <#previous as __schema::Decode<'de>>::decode_at(stored, body, observer) };
    if !document.starts_unknown() {
        return quote! { let previous = #decode?; };
    }
    quote! {
        let (previous, unknown) = __schema::gather::<Self, _, _, _>(stored, body, observer, |body, observer| #decode)?;
    }
}

/// Puts in what was gathered before the step.
pub(super) fn after_step(document: &Document<'_>, previous: &Path) -> Option<TokenStream> {
    let field = document.body.unknown().filter(|_| document.starts_unknown())?;
    let ident = &field.member;
    Some(quote_spanned! { field.ty.span() =>
        document.#ident = __schema::Unknown::after_step(
            document.#ident,
            <#previous as __schema::VersionedDocument>::HISTORY,
            unknown,
            <Self as __schema::VersionedDocument>::HISTORY,
        );
    })
}
