//! The derives of `schema-core`. The reference for users is on the macros themselves; how they work:
//!
//! ```text
//! tokens -> keys (which there are) -> attr (what they say) -> check (what it means) -> expand (what it becomes)
//! ```
//!
//! `keys` and `attr` read the attributes, `check` turns the loose options into a `model` that has no
//! impossible combinations left, and `expand` only ever sees that. All mistakes of one type are collected and
//! reported together; `fallback` then writes the smallest impls that keep the rest of the program quiet.

mod attr;
mod canonical;
mod check;
mod expand;
mod fallback;
mod keys;
mod krate;
mod model;
mod serde_attr;
mod tokens;
mod value;

#[cfg(test)]
mod snapshots;

use darling::{Error, Result};
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

#[doc = include_str!("../doc/versioned_document.md")]
#[proc_macro_derive(VersionedDocument, attributes(versioned, serde))]
pub fn versioned_document(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    document(input.into()).into()
}

#[doc = include_str!("../doc/upgrade.md")]
#[proc_macro_derive(Upgrade, attributes(versioned, serde))]
pub fn upgrade(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    embedded(input.into()).into()
}

fn document(input: TokenStream) -> TokenStream {
    let expand = |input: &DeriveInput| Ok(expand::document(&check::document(input)?));
    derive(input, &keys::DOCUMENT, expand, fallback::document)
}

fn embedded(input: TokenStream) -> TokenStream {
    let expand = |input: &DeriveInput| {
        let (target, step) = check::embedded(input)?;
        Ok(expand::embedded(&target, &step))
    };
    derive(input, &keys::UPGRADE, expand, fallback::embedded)
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
