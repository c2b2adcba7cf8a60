//! What we must know of serde's attributes: the names fields are stored under, and whether an unknown field
//! would be noticed. Everything else is passed on to serde's own derive as it stands.

mod case;
mod tagging;
mod variant;

use darling::{Error, Result};
use proc_macro2::Span;
use syn::{
    Attribute, Expr, LitStr, Meta, WherePredicate, meta::ParseNestedMeta, parse::Parser,
    punctuated::Punctuated, spanned::Spanned,
};

use self::case::Case;
pub(crate) use self::{
    tagging::{Tagged, without_tagging},
    variant::VariantSerde,
};
use crate::{canonical, model::Bounds};

/// serde's container attributes.
#[derive(Default)]
pub(crate) struct ContainerSerde {
    rename_all_written: Case,
    rename_all_read: Case,
    /// For the fields of variants.
    rename_all_fields_written: Case,
    rename_all_fields_read: Case,
    /// How the variants of an enum are told apart.
    tagging: Tagging,
    pub(crate) deny_unknown_fields: bool,
    /// `#[serde(default)]` without a function.
    pub(crate) default: bool,
    pub(crate) bounds: Bounds,
    /// Attributes that replace the representation, or the impls.
    pub(crate) foreign: Vec<(String, Span)>,
}

/// Where serde stores the fields of a variant.
#[derive(Clone, Default)]
struct Tagging {
    tag: bool,
    content: Option<String>,
    untagged: bool,
}

impl ContainerSerde {
    pub(crate) fn parse(attrs: &[Attribute]) -> Result<Self> {
        read_each(Self::default(), attrs, Self::read)
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        match name.as_str() {
            "rename_all" => {
                let (written, read) = both(meta)?;
                self.rename_all_written = Case::parse(written.as_ref())?;
                self.rename_all_read = Case::parse(read.as_ref())?;
                Ok(())
            }
            "rename_all_fields" => {
                let (written, read) = both(meta)?;
                self.rename_all_fields_written = Case::parse(written.as_ref())?;
                self.rename_all_fields_read = Case::parse(read.as_ref())?;
                Ok(())
            }
            "tag" => {
                self.tagging.tag = true;
                skip_value(meta)
            }
            "content" => {
                self.tagging.content = Some(meta.value()?.parse::<LitStr>()?.value());
                Ok(())
            }
            "untagged" => {
                self.tagging.untagged = true;
                Ok(())
            }
            "bound" => {
                let (written, read) = both(meta)?;
                self.bounds.serialize = written.map(|text| predicates(&text)).transpose()?;
                self.bounds.deserialize = read.map(|text| predicates(&text)).transpose()?;
                Ok(())
            }
            "deny_unknown_fields" => {
                self.deny_unknown_fields = true;
                Ok(())
            }
            "default" if !meta.input.peek(syn::Token![=]) => {
                self.default = true;
                Ok(())
            }
            "from" | "try_from" | "into" | "remote" | "transparent" | "crate" => {
                self.foreign.push((name, meta.path.span()));
                skip_value(meta)
            }
            _ => skip_value(meta),
        }
    }
}

/// serde's attributes on one field.
#[derive(Default)]
pub(crate) struct FieldSerde {
    rename_written: Option<String>,
    rename_read: Option<String>,
    aliases: Vec<String>,
    pub(crate) flatten: bool,
    skip_written: bool,
    skip_read: bool,
}

impl FieldSerde {
    pub(crate) fn parse(attrs: &[Attribute]) -> Result<Self> {
        read_each(Self::default(), attrs, Self::read)
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        match name.as_str() {
            "rename" => {
                let (written, read) = both(meta)?;
                self.rename_written = written.map(|name| name.value());
                self.rename_read = read.map(|name| name.value());
            }
            "alias" => self.aliases.push(meta.value()?.parse::<LitStr>()?.value()),
            "flatten" => self.flatten = true,
            "skip" => {
                self.skip_written = true;
                self.skip_read = true;
            }
            "skip_serializing" => self.skip_written = true,
            "skip_deserializing" => self.skip_read = true,
            _ => skip_value(meta)?,
        }
        Ok(())
    }

    /// The name the field is stored under by a write.
    pub(crate) fn written_as(&self, field: &str, container: &ContainerSerde) -> Option<String> {
        if self.flatten || self.skip_written {
            return None;
        }
        Some(self.rename_written.clone().unwrap_or_else(|| container.rename_all_written.apply(field)))
    }

    /// The names the field may be stored under when it is read.
    pub(crate) fn read_as(&self, field: &str, container: &ContainerSerde) -> Vec<String> {
        if self.flatten || self.skip_read {
            return Vec::new();
        }
        let name = self.rename_read.clone().unwrap_or_else(|| container.rename_all_read.apply(field));
        std::iter::once(name).chain(self.aliases.iter().cloned()).collect()
    }
}

fn read_each<T>(
    mut parsed: T,
    attrs: &[Attribute],
    read: impl Fn(&mut T, &ParseNestedMeta<'_>) -> syn::Result<()>,
) -> Result<T> {
    let mut errors = Error::accumulator();
    for attr in serde_attributes(attrs) {
        errors.handle(attr.parse_nested_meta(|meta| read(&mut parsed, &meta)).map_err(Error::from));
    }
    errors.finish_with(parsed)
}

pub(crate) fn serde_attributes(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("serde"))
}

/// Attributes that are in the names already, or change nothing that is stored.
const NOT_STORING: &[&str] = &[
    "alias",
    "borrow",
    "bound",
    "crate",
    "expecting",
    "rename",
    "rename_all",
    "rename_all_fields",
    "skip",
    "skip_deserializing",
    "skip_serializing",
];

/// What serde's attributes say beyond names, one text a key, in an order that does not depend on the source.
pub(crate) fn storing_attributes(attrs: &[&Attribute]) -> Vec<String> {
    let parse = Punctuated::<Meta, syn::Token![,]>::parse_terminated;
    // What does not parse here is for serde's derive to report.
    let metas = attrs.iter().filter_map(|attr| attr.parse_args_with(parse).ok()).flatten();
    let storing = metas.filter(|meta| !NOT_STORING.iter().any(|name| meta.path().is_ident(name)));
    let mut storing: Vec<_> = storing.map(canonical::text).collect();
    storing.sort();
    storing
}

/// `key = "both"` or `key(serialize = "..", deserialize = "..")`, as (serialize, deserialize).
fn both(meta: &ParseNestedMeta<'_>) -> syn::Result<(Option<LitStr>, Option<LitStr>)> {
    if meta.input.peek(syn::Token![=]) {
        let value: LitStr = meta.value()?.parse()?;
        return Ok((Some(value.clone()), Some(value)));
    }
    let (mut written, mut read) = (None, None);
    meta.parse_nested_meta(|inner| {
        if inner.path.is_ident("serialize") {
            written = Some(inner.value()?.parse()?);
        } else if inner.path.is_ident("deserialize") {
            read = Some(inner.value()?.parse()?);
        } else {
            skip_value(&inner)?;
        }
        Ok(())
    })?;
    Ok((written, read))
}

/// Passes over a key that serde's derive will look at.
fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(syn::Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        meta.parse_nested_meta(|inner| skip_value(&inner))?;
    }
    Ok(())
}

fn predicates(text: &LitStr) -> syn::Result<Vec<WherePredicate>> {
    let parse = Punctuated::<WherePredicate, syn::Token![,]>::parse_terminated;
    Ok(parse
        .parse_str(&text.value())
        .map_err(|error| syn::Error::new(text.span(), error))?
        .into_iter()
        .collect())
}
