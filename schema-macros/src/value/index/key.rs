//! The keys of an index: `title`, `-created_at`, `address.city`, `text(title, weight = 10)`, `hashed(sku)`,
//! `sphere(place)`, `"$**"`.

use darling::{Error, Result};
use proc_macro2::Span;
use syn::{
    Ident, LitInt, LitStr, Meta, Token,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    spanned::Spanned,
    token::Paren,
};

use crate::{keys::most_like, value::refuse};

/// All fields there are, or all below a path.
pub(crate) const WILDCARD: &str = "$**";

#[derive(Debug, Clone)]
pub(crate) struct IndexKey {
    pub(crate) path: KeyPath,
    pub(crate) kind: KeyKind,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) enum KeyPath {
    /// A field of the type by its Rust name, and stored names below it: empty, or `.city`.
    Field { field: Ident, below: String },
    /// As it is stored.
    Stored(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Ascending,
    Descending,
    Hashed,
    Sphere,
    Text { weight: Option<u32> },
}

const KINDS: &[&str] = &["text", "hashed", "sphere"];

const WRITE: &str = "a key is a field, as in `title`, `-created_at`, `address.city`, `text(title)`, `hashed(title)` or \
                     `sphere(place)`; other stored paths stand in quotes, as in `\"$**\"`";

/// The largest that the server takes.
const MAX_WEIGHT: u32 = 99_999;

pub(super) fn keys(part: &Meta) -> Result<Vec<IndexKey>> {
    let Meta::List(list) = part else {
        return refuse(part, "the keys stand in brackets; write `keys(title, -created_at)`");
    };
    let parse = Punctuated::<Written, Token![,]>::parse_terminated;
    let written = parse.parse2(list.tokens.clone())?;
    if written.is_empty() {
        return refuse(part, "an index needs a key; write `keys(title)`");
    }
    let mut errors = Error::accumulator();
    let keys = written.into_iter().filter_map(|key| errors.handle(key.meant())).collect();
    errors.finish_with(keys)
}

/// A key as it is written.
struct Written {
    minus: Option<Token![-]>,
    /// What stands before the brackets, if there are any.
    kind: Option<Ident>,
    path: KeyPath,
    path_span: Span,
    weight: Option<LitInt>,
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let minus = input.parse()?;
        if input.peek(Ident::peek_any) && input.peek2(Paren) {
            let kind = Ident::parse_any(input)?;
            let inside;
            parenthesized!(inside in input);
            let (path, path_span) = path(&inside)?;
            let weight = weight(&inside)?;
            return Ok(Self { minus, kind: Some(kind), path, path_span, weight });
        }
        let (path, path_span) = path(input)?;
        Ok(Self { minus, kind: None, path, path_span, weight: None })
    }
}

fn path(input: ParseStream<'_>) -> syn::Result<(KeyPath, Span)> {
    if input.peek(LitStr) {
        let path: LitStr = input.parse()?;
        return Ok((KeyPath::Stored(path.value()), path.span()));
    }
    if !input.peek(Ident::peek_any) {
        return Err(input.error(WRITE));
    }
    let field = Ident::parse_any(input)?;
    let mut below = String::new();
    while input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
        if !input.peek(Ident::peek_any) {
            return Err(input.error("here is the name of a field, or the whole path in quotes"));
        }
        below.push('.');
        below.push_str(&Ident::parse_any(input)?.unraw().to_string());
    }
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(input.error(WRITE));
    }
    let span = field.span();
    Ok((KeyPath::Field { field, below }, span))
}

/// `, weight = 10`
fn weight(inside: ParseStream<'_>) -> syn::Result<Option<LitInt>> {
    if inside.is_empty() {
        return Ok(None);
    }
    inside.parse::<Token![,]>()?;
    if inside.is_empty() {
        return Ok(None);
    }
    let key = Ident::parse_any(inside)?;
    if key != "weight" {
        return Err(syn::Error::new(
            key.span(),
            "a key has a path and maybe a weight; write `text(title, weight = 10)`",
        ));
    }
    inside.parse::<Token![=]>()?;
    let weight = inside.parse()?;
    inside.parse::<Option<Token![,]>>()?;
    if inside.is_empty() { Ok(Some(weight)) } else { Err(inside.error("one field for each key")) }
}

impl Written {
    fn meant(self) -> Result<IndexKey> {
        let Self { minus, kind, path, path_span, weight } = self;
        let span = kind.as_ref().map_or(path_span, Spanned::span);
        if let KeyPath::Stored(path) = &path {
            check_path(path, path_span)?;
        }
        if let (Some(minus), Some(kind)) = (&minus, &kind) {
            return refuse(minus, format!("`{kind}` has no direction; remove the `-`"));
        }
        let weight = weight.map(|weight| self::weight_of(&weight)).transpose()?;
        let kind = match kind.as_ref().map(ToString::to_string).as_deref() {
            None if minus.is_some() => KeyKind::Descending,
            None => KeyKind::Ascending,
            Some("text") => KeyKind::Text { weight },
            Some("hashed") if weight.is_none() => KeyKind::Hashed,
            Some("sphere") if weight.is_none() => KeyKind::Sphere,
            Some("hashed" | "sphere") => {
                return refuse(&span, "only the keys of a text index have a weight; remove it");
            }
            Some(other) => {
                let instead = match most_like(other, KINDS) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "there are `text(..)`, `hashed(..)` and `sphere(..)`".to_owned(),
                };
                return refuse(&span, format!("there is no kind of key `{other}`; {instead}"));
            }
        };
        Ok(IndexKey { path, kind, span })
    }
}

fn weight_of(weight: &LitInt) -> Result<u32> {
    match weight.base10_parse() {
        Ok(number) if (1..=MAX_WEIGHT).contains(&number) => Ok(number),
        _ => refuse(weight, format!("a weight is a number from 1 to {MAX_WEIGHT}; write `weight = 10`")),
    }
}

/// Whether the server takes it for a path: with names between the dots, and dollar signs only where they mean something.
pub(crate) fn check_path(path: &str, span: Span) -> Result<()> {
    let last = path.rsplit('.').next().unwrap_or_default();
    let names = path
        .strip_suffix(WILDCARD)
        .filter(|_| last == WILDCARD)
        .map_or(path, |before| before.strip_suffix('.').unwrap_or(before));
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.contains('\0')
            && (!name.starts_with('$') || ["$id", "$ref", "$db"].contains(&name))
    };
    if path == WILDCARD || names.split('.').all(is_name) {
        return Ok(());
    }
    refuse(
        &span,
        "this is not a stored path: names with dots between them, none of which begins with `$`, and maybe `$**` at the end",
    )
}
