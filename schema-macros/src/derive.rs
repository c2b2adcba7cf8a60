//! The derives from tokens to tokens. They know nothing of the compiler they run in, so that tests can call them.

use darling::{Error, Result};
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::{check, expand, fallback, keys, kinds, tokens};

pub(crate) fn document(input: TokenStream) -> TokenStream {
    let expand = |input: &DeriveInput| Ok(expand::document(&check::document(input)?));
    derive(input, &keys::DOCUMENT, expand, fallback::document)
}

pub(crate) fn embedded(input: TokenStream) -> TokenStream {
    let expand = |input: &DeriveInput| {
        let (target, step) = check::embedded(input)?;
        Ok(expand::embedded(&target, &step))
    };
    derive(input, &keys::UPGRADE, expand, fallback::embedded)
}

pub(crate) fn kinds(input: TokenStream) -> TokenStream {
    derive(input, &keys::KINDS, kinds::expand, fallback::kinds)
}

fn derive(
    input: TokenStream,
    keys: &keys::Keys,
    expand: impl FnOnce(&DeriveInput) -> Result<TokenStream>,
    fallback: impl FnOnce(&DeriveInput) -> TokenStream,
) -> TokenStream {
    let mut input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    tokens::complete_generic_paths(&mut input);
    tokens::spell_out_self(&mut input);
    let mut errors = Error::accumulator();
    keys::check(&mut input, keys, &mut errors);
    let expanded = errors.handle_in(|| expand(&input));
    match errors.finish() {
        Ok(()) => expanded.unwrap_or_default(),
        Err(error) => {
            let errors = error.write_errors();
            let fallback = fallback(&input);
            quote! { #errors #fallback }
        }
    }
}
