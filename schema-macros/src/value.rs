//! The values that keys may have. Each type says what it accepts, and what to write where it does not.

mod field;
mod index;
mod kind;
mod lists;
mod names;

use darling::{Error, FromMeta, Result};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, Meta, Path, spanned::Spanned};

pub(crate) use self::{
    field::{Added, Function, Sources, VariantName},
    index::{Collation, Index, KeyKind, KeyPath, WILDCARD, check_path},
    kind::Kind,
    lists::{Removed, Reversible, VariantArm},
    names::{plain as plain_field_text, position, text as field_text},
};

/// The largest version that fits the Int32 of the stamp.
const MAX_VERSION: u32 = i32::MAX.unsigned_abs();

fn refuse<T>(at: &impl Spanned, message: impl AsRef<str>) -> Result<T> {
    Err(Error::custom(message.as_ref()).with_span(at))
}

fn key(item: &Meta) -> String {
    item.path().to_token_stream().to_string()
}

/// The value of `key = value`, also inside the invisible groups that `macro_rules!` puts around its
/// fragments.
fn value<'a>(item: &'a Meta, example: &str) -> Result<&'a Expr> {
    let Meta::NameValue(pair) = item else {
        return refuse(item, format!("`{}` needs a value; write `{example}`", key(item)));
    };
    let mut value = &pair.value;
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    Ok(value)
}

/// `version = 1`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Version {
    pub(crate) number: u32,
    pub(crate) span: Span,
}

impl FromMeta for Version {
    fn from_meta(item: &Meta) -> Result<Self> {
        let value = value(item, "version = 1")?;
        match version(value) {
            Some(number) => Ok(Self { number, span: value.span() }),
            None => refuse(
                value,
                format!("a schema version is a whole number, at most {MAX_VERSION}; write `version = 1`"),
            ),
        }
    }
}

fn version(value: &Expr) -> Option<u32> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            number.base10_parse().ok().filter(|number| *number <= MAX_VERSION)
        }
        _ => None,
    }
}

/// `unversioned = 1` or `unversioned = "reject"`
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unversioned {
    Version(Version),
    Reject,
}

impl FromMeta for Unversioned {
    fn from_meta(item: &Meta) -> Result<Self> {
        let value = value(item, "unversioned = 1")?;
        if let Some(number) = version(value) {
            return Ok(Self::Version(Version { number, span: value.span() }));
        }
        match text(value).as_deref() {
            Some("reject") => Ok(Self::Reject),
            _ => refuse(
                value,
                "documents without a version are of some version, as in `unversioned = 1`, or an error: \
                 `unversioned = \"reject\"`",
            ),
        }
    }
}

fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// `collection = "products"`
#[derive(Debug, Clone)]
pub(crate) struct Collection(pub(crate) String);

impl FromMeta for Collection {
    fn from_meta(item: &Meta) -> Result<Self> {
        let value = value(item, "collection = \"products\"")?;
        match text(value) {
            Some(name) if !name.is_empty() => Ok(Self(name)),
            _ => refuse(value, "a collection has a name in quotes; write `collection = \"products\"`"),
        }
    }
}

/// `version_field = "v"`
#[derive(Debug, Clone)]
pub(crate) struct VersionField {
    pub(crate) name: String,
    pub(crate) span: Span,
}

impl FromMeta for VersionField {
    fn from_meta(item: &Meta) -> Result<Self> {
        let value = value(item, "version_field = \"v\"")?;
        match text(value) {
            Some(name) if is_stamp_name(&name) => Ok(Self { name, span: value.span() }),
            _ => refuse(
                value,
                "the version needs a plain field name in quotes: not empty, no `.`, no leading `$`, not `_id`; \
                 write `version_field = \"v\"`",
            ),
        }
    }
}

/// Whether a field that the framework writes may have this name: an update names fields by dotted paths and operators by a dollar
/// sign.
fn is_stamp_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('$') && !name.contains(['.', '\0']) && name != "_id"
}

/// `previous = ProductV1`, `crate = path`
#[derive(Debug, Clone)]
pub(crate) struct TypePath(pub(crate) Path);

impl FromMeta for TypePath {
    fn from_meta(item: &Meta) -> Result<Self> {
        let key = key(item);
        let example = if key == "crate" { "crate = schema_core" } else { "previous = ProductV1" };
        let value = value(item, example)?;
        match value {
            Expr::Path(path)
                if path.qself.is_none()
                    && is_type(&path.path)
                    && (key != "crate" || is_module(&path.path)) =>
            {
                Ok(Self(path.path.clone()))
            }
            _ => refuse(value, format!("`{key}` needs a path without quotes, as in `{example}`")),
        }
    }
}

/// Whether the path can stand where a type does: in an expression syn takes `try` for a name.
fn is_type(path: &Path) -> bool {
    syn::parse2::<syn::Type>(path.to_token_stream()).is_ok()
}

/// Whether the path can stand in a `use`.
fn is_module(path: &Path) -> bool {
    path.segments.iter().all(|segment| segment.arguments.is_none() && segment.ident != "Self")
}

/// `oldest`, `manual`, `unknown`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flag(pub(crate) Span);

impl FromMeta for Flag {
    fn from_meta(item: &Meta) -> Result<Self> {
        match item {
            Meta::Path(path) => Ok(Self(path.span())),
            _ => refuse(item, format!("`{0}` takes no value; write `{0}` alone", key(item))),
        }
    }
}
