//! The attributes as written: every key with the place it was written at. One struct a kind of attribute;
//! what the keys mean together is for [`check`](crate::check).

use darling::{
    FromDeriveInput, FromField,
    ast::Data,
    util::{Flag, Ignored, SpannedValue},
};
use syn::{Ident, Path, Type};

use crate::value::{Added, Collection, Function, Idents, Sources, TypePath, UnversionedRule};

/// `#[versioned(..)]` on a document type.
#[derive(Debug, FromDeriveInput)]
#[darling(attributes(versioned))]
pub(crate) struct DocumentOptions {
    pub(crate) data: Data<Ignored, FieldOptions>,
    #[darling(default)]
    pub(crate) version: Option<SpannedValue<u32>>,
    #[darling(default)]
    pub(crate) previous: Option<TypePath>,
    pub(crate) oldest: Flag,
    #[darling(default)]
    pub(crate) collection: Option<Collection>,
    #[darling(default)]
    pub(crate) version_field: Option<SpannedValue<String>>,
    #[darling(default)]
    pub(crate) unversioned: Option<UnversionedRule>,
    #[darling(default)]
    pub(crate) removed: Idents,
    pub(crate) manual: Flag,
    #[darling(default, rename = "crate")]
    pub(crate) krate: Option<Path>,
}

/// `#[versioned(..)]` on an embedded type.
#[derive(Debug, FromDeriveInput)]
#[darling(attributes(versioned))]
pub(crate) struct UpgradeOptions {
    pub(crate) data: Data<Ignored, FieldOptions>,
    #[darling(default)]
    pub(crate) previous: Option<TypePath>,
    #[darling(default)]
    pub(crate) removed: Idents,
    #[darling(default, rename = "crate")]
    pub(crate) krate: Option<Path>,
}

/// `#[versioned(..)]` on a field.
#[derive(Debug, FromField)]
#[darling(attributes(versioned), forward_attrs(serde))]
pub(crate) struct FieldOptions {
    pub(crate) ident: Option<Ident>,
    pub(crate) ty: Type,
    pub(crate) attrs: Vec<syn::Attribute>,
    #[darling(default)]
    pub(crate) from: Option<Sources>,
    #[darling(default)]
    pub(crate) with: Option<Function>,
    #[darling(default)]
    pub(crate) try_with: Option<Function>,
    #[darling(default)]
    pub(crate) compute: Option<Function>,
    #[darling(default)]
    pub(crate) try_compute: Option<Function>,
    #[darling(default)]
    pub(crate) added: Option<Added>,
}
