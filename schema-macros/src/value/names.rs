//! Values that name fields of the previous version.

use darling::{Error, FromMeta, Result, ast::NestedMeta};
use proc_macro2::Span;
use syn::{Ident, Meta, MetaList, spanned::Spanned};

use super::{Function, refuse};

/// `removed(a, b)`
#[derive(Debug, Clone, Default)]
pub(crate) struct Idents(pub(crate) Vec<Ident>);

impl FromMeta for Idents {
    fn from_meta(item: &Meta) -> Result<Self> {
        match item {
            Meta::List(list) => field_names(list).map(Self),
            _ => refuse(item, "`removed` lists fields of the previous version; write `removed(a, b)`"),
        }
    }
}

/// `reversible` or `reversible(old = function)`
#[derive(Debug, Clone)]
pub(crate) struct Reversible {
    /// Old fields with the functions that make them of the whole new document.
    pub(crate) fields: Vec<(Ident, Function)>,
    pub(crate) span: Span,
}

impl FromMeta for Reversible {
    fn from_meta(item: &Meta) -> Result<Self> {
        let span = item.path().span();
        let list = match item {
            Meta::Path(_) => return Ok(Self { fields: Vec::new(), span }),
            Meta::List(list) => list,
            Meta::NameValue(_) => return refuse(item, WAY_BACK),
        };
        let mut errors = Error::accumulator();
        let fields = NestedMeta::parse_meta_list(list.tokens.clone())?.into_iter().filter_map(|item| {
            errors.handle_in(|| match &item {
                NestedMeta::Meta(way @ Meta::NameValue(pair)) => {
                    Ok((field_name(&pair.path, pair.path.get_ident())?, Function::from_meta(way)?))
                }
                other => refuse(other, WAY_BACK),
            })
        });
        let fields = fields.collect();
        errors.finish_with(Self { fields, span })
    }
}

const WAY_BACK: &str = "the way back to a previous field is a function of the new document; write `reversible`, or \
                        `reversible(old = |new| ..)`";

pub(super) fn field_names(list: &MetaList) -> Result<Vec<Ident>> {
    let items = NestedMeta::parse_meta_list(list.tokens.clone())?;
    let mut errors = Error::accumulator();
    let idents = items.iter().filter_map(|item| match item {
        NestedMeta::Meta(Meta::Path(path)) => errors.handle(field_name(path, path.get_ident())),
        other => errors.handle(field_name(other, None)),
    });
    let idents = idents.collect();
    errors.finish_with(idents)
}

pub(super) fn field_name(at: &impl Spanned, ident: Option<&Ident>) -> Result<Ident> {
    match ident {
        Some(ident) => Ok(ident.clone()),
        None => refuse(at, "this is not a field; write the name of one, without quotes"),
    }
}
