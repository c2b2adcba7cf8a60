//! What becomes of the old fields and variants that no new one asks for: `removed(sku, Draft => Open)`, and the way
//! back from there.

use darling::{Error, FromMeta, Result, ast::NestedMeta};
use proc_macro2::{Span, TokenStream};
use syn::{
    Expr, Ident, Member, Meta, Pat, Path, Token,
    parse::{Parse, ParseStream, Parser},
    parse_quote,
    punctuated::Punctuated,
    spanned::Spanned,
};

use super::{
    Function,
    names::{field_name, ident, named},
    refuse,
};

/// `removed(a, b)` or `removed(Draft => Open)`
#[derive(Debug, Clone, Default)]
pub(crate) struct Removed {
    pub(crate) fields: Vec<Member>,
    pub(crate) folds: Vec<VariantArm>,
}

impl Removed {
    /// Where each of them stands.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Span> {
        self.fields.iter().map(Spanned::span).chain(self.folds.iter().map(|fold| fold.from.span()))
    }
}

impl FromMeta for Removed {
    fn from_meta(item: &Meta) -> Result<Self> {
        let Meta::List(list) = item else {
            return refuse(
                item,
                "`removed` lists fields of the previous version; write `removed(a, b)`, or, in an enum, \
                 `removed(Old => New)`",
            );
        };
        let items = items(list.tokens.clone())?;
        let mut removed = Self::default();
        let mut errors = Error::accumulator();
        for item in items {
            match item {
                Item::Arm(pattern, value) => {
                    removed.folds.extend(errors.handle(VariantArm::new(pattern, value)));
                }
                Item::Other(name) => removed.fields.extend(errors.handle(field_name(&name))),
            }
        }
        errors.finish_with(removed)
    }
}

/// `reversible`, `reversible(old = function)` or `reversible(New => Old)`
#[derive(Debug, Clone)]
pub(crate) struct Reversible {
    /// Old fields with the functions that make them of the whole new document.
    pub(crate) fields: Vec<(Member, Function)>,
    pub(crate) arms: Vec<VariantArm>,
    pub(crate) span: Span,
}

impl Reversible {
    /// Where each way back stands.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Span> {
        self.fields.iter().map(|(old, _)| old.span()).chain(self.arms.iter().map(|way| way.from.span()))
    }
}

impl FromMeta for Reversible {
    fn from_meta(item: &Meta) -> Result<Self> {
        let mut reversible = Self { fields: Vec::new(), arms: Vec::new(), span: item.path().span() };
        let list = match item {
            Meta::Path(_) => return Ok(reversible),
            Meta::List(list) => list,
            Meta::NameValue(_) => return refuse(item, WAY_BACK),
        };
        let items = items(list.tokens.clone())?;
        let mut errors = Error::accumulator();
        for item in items {
            match item {
                Item::Arm(pattern, value) => {
                    reversible.arms.extend(errors.handle(VariantArm::new(pattern, value)));
                }
                Item::Other(NestedMeta::Meta(way @ Meta::NameValue(_))) => {
                    reversible.fields.extend(errors.handle_in(|| {
                        let field = named(way.path())?;
                        Ok((field, Function::from_meta(&way)?))
                    }));
                }
                Item::Other(other) => errors.push(Error::custom(WAY_BACK).with_span(&other)),
            }
        }
        errors.finish_with(reversible)
    }
}

const WAY_BACK: &str = "the way back to a previous field is a function of the new document; write `reversible`, \
                        `reversible(old = |new| ..)`, or, in an enum, `reversible(New => Old)`";

/// `Old => New`: by the rules of the fields, or by a pattern and an expression.
#[derive(Debug, Clone)]
pub(crate) struct VariantArm {
    pub(crate) from: Ident,
    pub(crate) into: Ident,
    pub(crate) written: Option<(Pat, Expr)>,
}

impl VariantArm {
    fn new(pattern: Pat, value: Expr) -> Result<Self> {
        let (from, bare_pattern) = match &pattern {
            Pat::Ident(name)
                if name.by_ref.is_none() && name.mutability.is_none() && name.subpat.is_none() =>
            {
                (Some(&name.ident), true)
            }
            Pat::Struct(pattern) => (ident(&pattern.path), false),
            Pat::TupleStruct(pattern) => (ident(&pattern.path), false),
            _ => (None, false),
        };
        let (into, bare_value) = match &value {
            Expr::Path(value) => (ident(&value.path), true),
            Expr::Struct(value) => (ident(&value.path), false),
            Expr::Call(call) => (called(call).and_then(ident), false),
            _ => (None, false),
        };
        let not_a_variant = "a variant stands on each side of `=>`, without its type; write `Old => New`, or \
                             `Old { a, .. } => New { b: a }`";
        let (from, into) = match (from, into) {
            (Some(from), Some(into)) => (from.clone(), into.clone()),
            (None, _) => return refuse(&pattern, not_a_variant),
            (_, None) => return refuse(&value, not_a_variant),
        };
        // With braces, a name stands for a variant without fields of any kind.
        let written = match (bare_pattern, bare_value) {
            (true, true) => None,
            (true, false) => Some((parse_quote!(#from {}), value)),
            (false, true) => Some((pattern, parse_quote!(#into {}))),
            (false, false) => Some((pattern, value)),
        };
        Ok(Self { from, into, written })
    }
}

fn called(call: &syn::ExprCall) -> Option<&Path> {
    match call.func.as_ref() {
        Expr::Path(function) => Some(&function.path),
        _ => None,
    }
}

enum Item {
    Arm(Pat, Expr),
    Other(NestedMeta),
}

fn items(tokens: TokenStream) -> Result<Punctuated<Item, Token![,]>> {
    Ok(Punctuated::parse_terminated.parse2(tokens)?)
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        if Pat::parse_single(&ahead).is_ok() && ahead.peek(Token![=>]) {
            let pattern = Pat::parse_single(input)?;
            input.parse::<Token![=>]>()?;
            return Ok(Self::Arm(pattern, input.parse()?));
        }
        input.parse().map(Self::Other)
    }
}
