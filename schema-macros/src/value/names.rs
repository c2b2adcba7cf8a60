//! Values that name fields of the previous version.

use darling::{Error, Result, ast::NestedMeta};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{
    Expr, ExprLit, Ident, Index, Lit, LitInt, Member, Meta, MetaList, Path, ext::IdentExt, spanned::Spanned,
};

use super::refuse;

/// The field as it is written: a name, or a position.
pub(crate) fn text(field: &Member) -> String {
    field.to_token_stream().to_string()
}

/// The same without the `r#` that keeps a name from being a keyword.
pub(crate) fn plain(field: &Member) -> String {
    match field {
        Member::Named(ident) => ident.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// A position. All positions have the same hygiene, as the names that are made of them must meet.
pub(crate) fn position(index: u32, span: Span) -> Member {
    Member::Unnamed(Index { index, span: Span::call_site().located_at(span) })
}

pub(super) fn field_names(list: &MetaList) -> Result<Vec<Member>> {
    let items = NestedMeta::parse_meta_list(list.tokens.clone())?;
    let mut errors = Error::accumulator();
    let names = items.iter().filter_map(|item| errors.handle(field_name(item)));
    let names = names.collect();
    errors.finish_with(names)
}

/// A field that stands alone in a list.
pub(super) fn field_name(item: &NestedMeta) -> Result<Member> {
    match item {
        NestedMeta::Meta(Meta::Path(path)) => named(path),
        NestedMeta::Lit(Lit::Int(number)) => numbered(number),
        other => not_a_field(other),
    }
}

/// A field as the value of a key.
pub(super) fn field_value(value: &Expr) -> Result<Member> {
    match value {
        Expr::Path(path) => named(&path.path),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => numbered(number),
        other => not_a_field(other),
    }
}

pub(super) fn named(path: &Path) -> Result<Member> {
    match ident(path) {
        Some(ident) => Ok(ident.clone().into()),
        None => not_a_field(path),
    }
}

/// A path that is one name. It may be `Self` or `super` where a field or a variant may not.
pub(super) fn ident(path: &Path) -> Option<&Ident> {
    path.get_ident().filter(|ident| syn::parse2::<Ident>(ident.to_token_stream()).is_ok())
}

fn numbered(number: &LitInt) -> Result<Member> {
    match number.base10_parse() {
        Ok(index) if number.suffix().is_empty() => Ok(position(index, number.span())),
        _ => not_a_field(number),
    }
}

fn not_a_field<T>(at: &impl Spanned) -> Result<T> {
    refuse(at, "this is not a field; write the name of one, without quotes")
}
