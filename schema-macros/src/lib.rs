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
mod derive;
mod expand;
mod fallback;
mod keys;
mod kinds;
mod krate;
mod model;
mod serde_attr;
mod tokens;
mod value;

#[cfg(test)]
mod snapshots;

#[doc = include_str!("../doc/versioned_document.md")]
#[proc_macro_derive(VersionedDocument, attributes(versioned, serde))]
pub fn versioned_document(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::document(input.into()).into()
}

#[doc = include_str!("../doc/document_kinds.md")]
#[proc_macro_derive(DocumentKinds, attributes(versioned))]
pub fn document_kinds(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::kinds(input.into()).into()
}

#[doc = include_str!("../doc/upgrade.md")]
#[proc_macro_derive(Upgrade, attributes(versioned, serde))]
pub fn upgrade(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::embedded(input.into()).into()
}
