//! The derives of `schema-core`. The reference for users is on the macros themselves; how they work:
//!
//! ```text
//! tokens -> attr (what was written) -> check (what it means) -> expand (what it becomes)
//! ```
//!
//! `attr` parses with darling, `check` turns the loose options into a [`model`] that has no impossible
//! combinations left, and `expand` only ever sees that. All mistakes of one type are collected and reported
//! together; `fallback` then writes the smallest impls that keep the rest of the program quiet.

mod attr;
mod check;
mod expand;
mod fallback;
mod krate;
mod model;
mod serde_attr;
mod tokens;
mod value;

use darling::{Error, FromDeriveInput};
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

#[doc = include_str!("../doc/versioned_document.md")]
#[proc_macro_derive(VersionedDocument, attributes(versioned, serde))]
pub fn versioned_document(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(input.into(), document).into()
}

#[doc = include_str!("../doc/upgrade.md")]
#[proc_macro_derive(Upgrade, attributes(versioned, serde))]
pub fn upgrade(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(input.into(), embedded).into()
}

fn derive(
    input: TokenStream,
    expand: impl FnOnce(&DeriveInput) -> Result<TokenStream, (Error, TokenStream)>,
) -> TokenStream {
    let expanded = syn::parse2(input).map_err(|error| (Error::from(error), TokenStream::new())).and_then(
        |mut input: DeriveInput| {
            tokens::complete_generic_paths(&mut input);
            expand(&input)
        },
    );
    expanded.unwrap_or_else(|(error, fallback)| {
        let errors = error.write_errors();
        quote! { #errors #fallback }
    })
}

fn document(input: &DeriveInput) -> Result<TokenStream, (Error, TokenStream)> {
    let expand = || {
        let options = attr::DocumentOptions::from_derive_input(input)?;
        Ok(expand::document(&check::document(input, &options)?))
    };
    expand().map_err(|error: Error| (error, fallback::document(input)))
}

fn embedded(input: &DeriveInput) -> Result<TokenStream, (Error, TokenStream)> {
    let expand = || {
        let options = attr::UpgradeOptions::from_derive_input(input)?;
        let (target, step) = check::embedded(input, &options)?;
        Ok(expand::embedded(&target, &step))
    };
    expand().map_err(|error: Error| (error, TokenStream::new()))
}
