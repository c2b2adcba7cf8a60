//! `index(keys(title, -created_at), unique)`: an index that the collection is to have.

mod collation;
mod key;

use darling::{Error, FromMeta, Result, ast::NestedMeta};
use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit, Meta, spanned::Spanned};

pub(crate) use self::{
    collation::Collation,
    key::{IndexKey, KeyKind, KeyPath, WILDCARD, check_path},
};
use super::{Flag, key as name_of, refuse, text, value};
use crate::keys::most_like;

/// What is inside; `keys` is required.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    pub(crate) keys: Vec<IndexKey>,
    pub(crate) name: Option<Spanning<String>>,
    pub(crate) unique: Option<Span>,
    pub(crate) sparse: Option<Span>,
    pub(crate) hidden: Option<Span>,
    pub(crate) expire_after: Option<Spanning<u32>>,
    pub(crate) partial: Option<Spanning<Expr>>,
    pub(crate) collation: Option<Spanning<Collation>>,
    pub(crate) default_language: Option<Spanning<String>>,
    pub(crate) span: Span,
}

/// A value, and where its key stands.
#[derive(Debug, Clone)]
pub(crate) struct Spanning<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

const WRITE: &str = "write `index(keys(title, -created_at))`, and options behind `keys`";

/// The largest number of seconds that the server takes.
const MAX_SECONDS: u32 = i32::MAX.unsigned_abs();

const OPTIONS: &[&str] = &[
    "keys",
    "unique",
    "sparse",
    "hidden",
    "name",
    "expire_after",
    "partial",
    "collation",
    "default_language",
];

impl FromMeta for Index {
    fn from_meta(item: &Meta) -> Result<Self> {
        let Meta::List(list) = item else {
            return refuse(item, format!("`index` says what to sort by; {WRITE}"));
        };
        let mut index = Self {
            keys: Vec::new(),
            name: None,
            unique: None,
            sparse: None,
            hidden: None,
            expire_after: None,
            partial: None,
            collation: None,
            default_language: None,
            span: item.path().span(),
        };
        let mut errors = Error::accumulator();
        let mut seen: Vec<&str> = Vec::new();
        let mut all_read = true;
        for part in NestedMeta::parse_meta_list(list.tokens.clone())? {
            let read = errors.handle_in(|| {
                let (option, part) = option(&part)?;
                if seen.contains(&option) {
                    return refuse(part.path(), format!("`{option}` is written twice; keep one of them"));
                }
                seen.push(option);
                index.read(option, &part)
            });
            all_read &= read.is_some();
        }
        if all_read && !seen.contains(&"keys") {
            errors.push(Error::custom(format!("an index needs keys; {WRITE}")).with_span(item.path()));
        }
        errors.finish_with(index)
    }
}

/// The option, if it is one.
fn option(part: &NestedMeta) -> Result<(&'static str, Meta)> {
    let NestedMeta::Meta(part) = part else {
        return refuse(part, format!("this is not an option of an index; {WRITE}"));
    };
    let written = name_of(part);
    if let Some(option) = OPTIONS.iter().find(|option| **option == written) {
        return Ok((option, part.clone()));
    }
    let instead = match most_like(&written, OPTIONS) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("its options are `{}`; fields stand in `keys(..)`", OPTIONS.join("`, `")),
    };
    refuse(part.path(), format!("an index has no `{written}`; {instead}"))
}

impl Index {
    fn read(&mut self, option: &str, part: &Meta) -> Result<()> {
        let span = part.path().span();
        let flag = |flag: &mut Option<Span>| {
            let Flag(span) = Flag::from_meta(part)?;
            *flag = Some(span);
            Ok(())
        };
        match option {
            "keys" => self.keys = key::keys(part)?,
            "unique" => return flag(&mut self.unique),
            "sparse" => return flag(&mut self.sparse),
            "hidden" => return flag(&mut self.hidden),
            "name" => self.name = Some(Spanning { value: name(part)?, span }),
            "expire_after" => self.expire_after = Some(Spanning { value: seconds(part)?, span }),
            "partial" => {
                let value = value(part, "partial = doc! { \"price\": { \"$gt\": 0 } }")?.clone();
                self.partial = Some(Spanning { value, span });
            }
            "collation" => self.collation = Some(Spanning { value: Collation::from_meta(part)?, span }),
            _ => {
                let example = "default_language = \"german\"";
                let written = value(part, example)?;
                let Some(value) = text(written).filter(|language| !language.is_empty()) else {
                    return refuse(written, format!("a language has a name in quotes; write `{example}`"));
                };
                self.default_language = Some(Spanning { value, span });
            }
        }
        Ok(())
    }
}

fn name(part: &Meta) -> Result<String> {
    let value = value(part, "name = \"by_title\"")?;
    match text(value) {
        Some(name) if !name.is_empty() && !name.contains('\0') && name != "*" && name != "_id_" => Ok(name),
        _ => refuse(
            value,
            "an index has a name in quotes, and not `*` or `_id_`, which are the server's; write `name = \"by_title\"`",
        ),
    }
}

fn seconds(part: &Meta) -> Result<u32> {
    let value = value(part, "expire_after = 3600")?;
    let seconds = match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse::<u32>().ok(),
        _ => None,
    };
    match seconds.filter(|seconds| *seconds <= MAX_SECONDS) {
        Some(seconds) => Ok(seconds),
        None => refuse(
            value,
            format!(
                "documents expire after whole seconds, at most {MAX_SECONDS}; write `expire_after = 3600`"
            ),
        ),
    }
}
