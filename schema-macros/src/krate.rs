//! The path to `schema-core` in the user's crate, whatever it is called there.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Ident, Path};

/// The hidden module that generated code names, through `crate = path` if given, else through whichever of
/// the two crates is in the user's manifest: `schema-runtime` re-exports `schema-core` whole.
pub(crate) fn private(overridden: Option<&Path>) -> TokenStream {
    if let Some(path) = overridden {
        return quote!(#path::__private);
    }
    let root = ["schema-core", "schema-runtime"].into_iter().find_map(|package| match crate_name(package) {
        Ok(FoundCrate::Name(name)) => Some(name),
        // The package's own tests and examples see it under its library name.
        Ok(FoundCrate::Itself) => Some(package.replace('-', "_")),
        Err(_) => None,
    });
    let root = Ident::new(root.as_deref().unwrap_or("schema_core"), Span::call_site());
    quote!(::#root::__private)
}
