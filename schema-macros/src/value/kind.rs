//! `kind(key = "type", value = "article")`: what tells the documents of a chain from others.

use darling::{Error, FromMeta, Result, ast::NestedMeta};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{Meta, spanned::Spanned};

use super::{Flag, is_stamp_name, key, refuse, text, value};

/// `kind(key = "type", value = "article")`, and `or_missing` beside these.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) or_missing: bool,
    pub(crate) span: Span,
}

const WRITE: &str = "write `kind(key = \"type\", value = \"article\")`";

impl FromMeta for Kind {
    fn from_meta(item: &Meta) -> Result<Self> {
        let Meta::List(list) = item else {
            return refuse(item, format!("`kind` says which documents of a collection are these; {WRITE}"));
        };
        let parts = NestedMeta::parse_meta_list(list.tokens.clone())?;
        let (mut of_key, mut of_value, mut or_missing) = (None, None, false);
        let mut errors = Error::accumulator();
        for part in &parts {
            let NestedMeta::Meta(part) = part else {
                errors.push(Error::custom(format!("this is not a key; {WRITE}")).with_span(part));
                continue;
            };
            match key(part).as_str() {
                "key" => of_key = of_key.or(errors.handle(name(part))),
                "value" => of_value = of_value.or(errors.handle(content(part))),
                "or_missing" => or_missing |= errors.handle(Flag::from_meta(part)).is_some(),
                other => {
                    let message = format!(
                        "`kind` has no `{other}`; {WRITE}, and `or_missing` if documents without the key are \
                                           of this kind, too"
                    );
                    errors.push(Error::custom(message).with_span(part.path()));
                }
            }
        }
        errors.finish()?;
        match of_key.zip(of_value) {
            Some((key, value)) => Ok(Self { key, value, or_missing, span: item.path().span() }),
            None => refuse(&list.to_token_stream(), format!("`kind` needs a key and a value; {WRITE}")),
        }
    }
}

fn name(part: &Meta) -> Result<String> {
    let value = value(part, "key = \"type\"")?;
    match text(value) {
        Some(name) if is_stamp_name(&name) => Ok(name),
        _ => refuse(
            value,
            "the kind needs a plain field name in quotes: not empty, no `.`, no leading `$`, not `_id`; write \
             `key = \"type\"`",
        ),
    }
}

fn content(part: &Meta) -> Result<String> {
    let value = value(part, "value = \"article\"")?;
    match text(value) {
        Some(text) if !text.is_empty() && !text.contains('\0') => Ok(text),
        _ => refuse(value, "a kind is told by a text in quotes; write `value = \"article\"`"),
    }
}
