//! The derives, from any text that is made of Rust tokens.

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, File, Type};

use crate::derive;

/// Whatever is written behind the derive, it becomes items: impls, or `compile_error!` with what is wrong.
///
/// An input is the text of one type. `Upgrade` or `DocumentKinds` is derived where the text has that word, `VersionedDocument`
/// elsewhere.
pub fn check(input: &[u8]) {
    let Ok(source) = str::from_utf8(input) else { return };
    // Anything else the compiler has refused before the derive is called.
    let Ok(tokens) = source.parse::<TokenStream>() else { return };
    let derive = if source.contains("Upgrade") {
        derive::embedded
    } else if source.contains("DocumentKinds") {
        derive::kinds
    } else {
        derive::document
    };
    let expansion = derive(tokens);
    match syn::parse2::<File>(expansion.clone()) {
        Ok(file) => assert!(!file.items.is_empty(), "nothing, and nobody is told why, for\n{source}"),
        Err(error) => {
            assert!(is_refused_before(source), "{error}: not items but\n{expansion}\nfor\n{source}")
        }
    }
}

/// What syn takes and the compiler does not: bounds alone as the type of a field, which mean something else where more
/// follows (`Clone +`), and a parameter without a name.
fn is_refused_before(source: &str) -> bool {
    let Ok(DeriveInput { generics, data, .. }) = syn::parse_str(source) else { return false };
    let fields: Vec<syn::Field> = match data {
        Data::Struct(data) => data.fields.into_iter().collect(),
        Data::Enum(data) => data.variants.into_iter().flat_map(|variant| variant.fields).collect(),
        Data::Union(data) => data.fields.named.into_iter().collect(),
    };
    fields.iter().any(|field| matches!(field.ty, Type::TraitObject(_)))
        || generics.type_params().any(|parameter| parameter.ident == "_")
}
