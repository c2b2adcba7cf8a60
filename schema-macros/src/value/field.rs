//! The values of the keys of a field, and of a variant.

use darling::{FromMeta, Result};
use proc_macro2::Span;
use syn::{Expr, Ident, Member, Meta, spanned::Spanned};

use super::{
    key,
    names::{field_names, field_value, ident},
    refuse, value,
};

/// `from = name`, `from = 0` or `from(first, last)`
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    pub(crate) fields: Vec<Member>,
    pub(crate) span: Span,
}

impl FromMeta for Sources {
    fn from_meta(item: &Meta) -> Result<Self> {
        let fields = match item {
            Meta::List(list) => field_names(list)?,
            _ => vec![field_value(value(item, "from = name")?)?],
        };
        if fields.is_empty() {
            return refuse(item, "`from` needs a field of the previous version; write `from = name`");
        }
        Ok(Self { fields, span: item.path().span() })
    }
}

/// `from = Old` on a variant.
#[derive(Debug, Clone)]
pub(crate) struct VariantName(pub(crate) Ident);

impl FromMeta for VariantName {
    fn from_meta(item: &Meta) -> Result<Self> {
        let value = value(item, "from = Old")?;
        let name = match value {
            Expr::Path(path) => ident(&path.path),
            _ => None,
        };
        match name {
            Some(name) => Ok(Self(name.clone())),
            None => refuse(
                value,
                "`from` needs a variant of the previous version, without its type; write `from = Old`",
            ),
        }
    }
}

/// The value of `with` and its kin: a path or a closure.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) expr: Expr,
    pub(crate) span: Span,
}

impl FromMeta for Function {
    fn from_meta(item: &Meta) -> Result<Self> {
        let value = value(item, &format!("{} = path::to::function", key(item)))?;
        match value {
            Expr::Path(_) | Expr::Closure(_) | Expr::Paren(_) => {
                Ok(Self { expr: value.clone(), span: item.path().span() })
            }
            _ => refuse(
                value,
                format!("`{}` needs a function: a path without quotes, or a closure", key(item)),
            ),
        }
    }
}

/// `added` or `added = EXPR`
#[derive(Debug, Clone)]
pub(crate) struct Added {
    pub(crate) value: Option<Expr>,
    pub(crate) span: Span,
}

impl FromMeta for Added {
    fn from_meta(item: &Meta) -> Result<Self> {
        let value = match item {
            Meta::Path(_) => None,
            Meta::NameValue(pair) => Some(pair.value.clone()),
            Meta::List(list) => {
                return refuse(item, format!("write `added`, or the value as in `added = {}`", list.tokens));
            }
        };
        Ok(Self { value, span: item.path().span() })
    }
}
