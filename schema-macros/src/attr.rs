//! The attributes as written: every key with the place it was written at. One struct a kind of attribute;
//! what the keys mean together is for [`check`](crate::check).

use darling::{FromDeriveInput, FromField, FromVariant};

use crate::value::{
    Added, Collection, Flag, Function, Index, Kind, Removed, Reversible, Sources, TypePath, Unversioned,
    VariantName, Version, VersionField,
};

/// `#[versioned(..)]` on a document type.
#[derive(Debug, FromDeriveInput)]
#[darling(attributes(versioned))]
pub(crate) struct DocumentOptions {
    #[darling(default)]
    pub(crate) version: Option<Version>,
    #[darling(default)]
    pub(crate) previous: Option<TypePath>,
    #[darling(default)]
    pub(crate) oldest: Option<Flag>,
    #[darling(default)]
    pub(crate) collection: Option<Collection>,
    #[darling(default)]
    pub(crate) version_field: Option<VersionField>,
    #[darling(default)]
    pub(crate) unversioned: Option<Unversioned>,
    #[darling(default)]
    pub(crate) kind: Option<Kind>,
    #[darling(multiple)]
    pub(crate) index: Vec<Index>,
    #[darling(default)]
    pub(crate) removed: Removed,
    #[darling(default)]
    pub(crate) manual: Option<Flag>,
    #[darling(default)]
    pub(crate) reversible: Option<Reversible>,
    #[darling(default, rename = "crate")]
    pub(crate) krate: Option<TypePath>,
}

/// `#[versioned(..)]` on an embedded type.
#[derive(Debug, FromDeriveInput)]
#[darling(attributes(versioned))]
pub(crate) struct UpgradeOptions {
    #[darling(default)]
    pub(crate) previous: Option<TypePath>,
    #[darling(default)]
    pub(crate) removed: Removed,
    #[darling(default)]
    pub(crate) reversible: Option<Reversible>,
    #[darling(default, rename = "crate")]
    pub(crate) krate: Option<TypePath>,
}

/// `#[versioned(..)]` on a variant.
#[derive(Debug, FromVariant)]
#[darling(attributes(versioned))]
pub(crate) struct VariantOptions {
    #[darling(default)]
    pub(crate) from: Option<VariantName>,
    #[darling(default)]
    pub(crate) removed: Removed,
    #[darling(default)]
    pub(crate) added: Option<Flag>,
}

/// `#[versioned(..)]` on a field.
#[derive(Debug, FromField)]
#[darling(attributes(versioned))]
pub(crate) struct FieldOptions {
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
    #[darling(default)]
    pub(crate) back_with: Option<Function>,
    #[darling(default)]
    pub(crate) try_back_with: Option<Function>,
    #[darling(default)]
    pub(crate) unknown: Option<Flag>,
}
