//! Decoding, and what is put into a field that keeps what the type does not know.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Path, spanned::Spanned};

use super::body;
use crate::model::Document;

/// Decodes the document of this very version.
pub(super) fn decode_here(document: &Document<'_>) -> TokenStream {
    let body = body::decode(document);
    match slot(document) {
        None => quote! { __schema::decoded(#body, __observer) },
        Some(slot) => quote! { __schema::decoded_keeping(__stored, #body, __observer, #slot) },
    }
}

/// Decodes the document of the version before and takes the step. The first version that keeps what is unknown takes
/// what nobody has kept so far.
pub(super) fn decode_before(document: &Document<'_>, previous: &Path, step: &TokenStream) -> TokenStream {
    let upgrade = match slot(document).filter(|_| document.starts_unknown()) {
        None => quote! { __schema::upgraded(#step(__previous), __observer) },
        Some(slot) => quote! { __schema::upgraded_keeping(__stored, #step(__previous), __observer, #slot) },
    };
    quote! {
        let __previous = <#previous as __schema::Decode<'de>>::decode_at(__stored, __body, __observer)?;
        #upgrade
    }
}

/// The place for what is unknown, in a function.
fn slot(document: &Document<'_>) -> Option<TokenStream> {
    let field = document.body.unknown()?;
    let (ident, ty) = (&field.member, field.ty);
    Some(quote_spanned! { ty.span() =>
        |__document: &mut Self| <#ty as __schema::KeepsUnknown>::slot(&mut __document.#ident)
    })
}
