//! The values that keys may have. Each type says what it accepts, and what to write where it does not.

use darling::{Error, FromMeta, Result, ast::NestedMeta};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, Ident, Lit, Meta, Path, spanned::Spanned};

fn refuse<T>(at: &impl Spanned, message: &str) -> Result<T> {
    Err(Error::custom(message).with_span(at))
}

/// `previous = ProductV1`
#[derive(Debug, Clone)]
pub(crate) struct TypePath(pub(crate) Path);

impl FromMeta for TypePath {
    fn from_meta(item: &Meta) -> Result<Self> {
        match item {
            Meta::NameValue(pair) => match path_of(&pair.value) {
                Some(path) => Ok(Self(path)),
                None => {
                    refuse(&pair.value, "this is not a type; write its path, as in `previous = ProductV1`")
                }
            },
            other => refuse(other, "`previous` needs a type; write `previous = ProductV1`"),
        }
    }
}

/// A path, also inside the invisible groups that `macro_rules!` puts around its fragments.
fn path_of(value: &Expr) -> Option<Path> {
    match value {
        Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
        Expr::Group(group) => path_of(&group.expr),
        _ => None,
    }
}

/// `collection = "products"`
#[derive(Debug, Clone)]
pub(crate) struct Collection(pub(crate) String);

impl FromMeta for Collection {
    fn from_value(value: &Lit) -> Result<Self> {
        match value {
            Lit::Str(name) if !name.value().is_empty() => Ok(Self(name.value())),
            other => refuse(other, "`collection` needs a name; write `collection = \"products\"`"),
        }
    }
}

/// `unversioned = 1` or `unversioned = "reject"`
#[derive(Debug, Clone, Copy)]
pub(crate) enum UnversionedRule {
    Version(u32, Span),
    Reject,
}

impl FromMeta for UnversionedRule {
    fn from_value(value: &Lit) -> Result<Self> {
        match value {
            Lit::Int(number) => Ok(Self::Version(number.base10_parse()?, number.span())),
            Lit::Str(text) if text.value() == "reject" => Ok(Self::Reject),
            other => {
                refuse(other, "write the version that they are, as in `unversioned = 1`, or `\"reject\"`")
            }
        }
    }
}

/// `removed(a, b)`
#[derive(Debug, Clone, Default)]
pub(crate) struct Idents(pub(crate) Vec<Ident>);

impl FromMeta for Idents {
    fn from_meta(item: &Meta) -> Result<Self> {
        match item {
            Meta::List(list) => Self::from_list(&NestedMeta::parse_meta_list(list.tokens.clone())?),
            other => {
                refuse(other, "`removed` needs the fields of the previous version; write `removed(a, b)`")
            }
        }
    }

    fn from_list(items: &[NestedMeta]) -> Result<Self> {
        let mut errors = Error::accumulator();
        let idents = items.iter().filter_map(|item| errors.handle(field_name(item))).collect();
        errors.finish_with(Self(idents))
    }
}

fn field_name(item: &NestedMeta) -> Result<Ident> {
    if let NestedMeta::Meta(Meta::Path(path)) = item
        && let Some(ident) = path.get_ident()
    {
        return Ok(ident.clone());
    }
    refuse(item, "this is not the name of a field")
}

/// `from = name` or `from(first, last)`
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    pub(crate) fields: Vec<Ident>,
    pub(crate) span: Span,
}

impl FromMeta for Sources {
    fn from_meta(item: &Meta) -> Result<Self> {
        let fields = match item {
            Meta::NameValue(pair) => match path_of(&pair.value) {
                Some(path) => match path.get_ident() {
                    Some(ident) => vec![ident.clone()],
                    None => return refuse(&pair.value, "this is not the name of a field"),
                },
                None => return refuse(&pair.value, "this is not the name of a field"),
            },
            Meta::List(list) => Idents::from_list(&NestedMeta::parse_meta_list(list.tokens.clone())?)?.0,
            Meta::Path(_) => Vec::new(),
        };
        if fields.is_empty() {
            return refuse(item, "`from` needs a field of the previous version; write `from = name`");
        }
        Ok(Self { fields, span: item.span() })
    }
}

/// The value of `with` and its kin: a path or a closure.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) expr: Expr,
    pub(crate) key: Ident,
}

impl FromMeta for Function {
    fn from_meta(item: &Meta) -> Result<Self> {
        let Some(key) = item.path().get_ident() else {
            return refuse(item, "this is not a key");
        };
        match item {
            Meta::NameValue(pair) => match function(&pair.value) {
                Some(expr) => Ok(Self { expr, key: key.clone() }),
                None => refuse(
                    &pair.value,
                    &format!("`{key}` needs a function: a path without quotes, or a closure `|old| ..`"),
                ),
            },
            other => refuse(
                other,
                &format!("`{key}` needs a function; write `{key} = path` or `{key} = |old| ..`"),
            ),
        }
    }
}

fn function(value: &Expr) -> Option<Expr> {
    match value {
        Expr::Path(_) | Expr::Closure(_) | Expr::Paren(_) => Some(value.clone()),
        Expr::Group(group) => function(&group.expr),
        _ => None,
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
        match item {
            Meta::Path(path) => Ok(Self { value: None, span: path.span() }),
            Meta::NameValue(pair) => Ok(Self { value: Some(pair.value.clone()), span: pair.path.span() }),
            Meta::List(list) => {
                refuse(list, &format!("write `added`, or `added = {}`", list.tokens.to_token_stream()))
            }
        }
    }
}
