//! What the server refuses in any case, one function for each rule. What depends on its version is left to it.

use darling::{Error, Result, error::Accumulator};
use proc_macro2::Span;
use quote::ToTokens;

use super::at;
use crate::{
    canonical,
    model::{Index, IndexKey},
    value::{self, KeyKind, WILDCARD},
};

/// The rules for one index.
pub(super) fn check(index: &value::Index, keys: &[IndexKey], errors: &mut Accumulator) {
    let rules = [not_the_servers_own, kinds_go_together, wildcard, unique, expiry, partial, text];
    for rule in rules {
        errors.handle(rule(index, keys));
    }
}

/// The server has one index on `_id` by itself, and no second one in either direction.
fn not_the_servers_own(index: &value::Index, keys: &[IndexKey]) -> Result<()> {
    match keys {
        [IndexKey { path, kind: KeyKind::Ascending | KeyKind::Descending }] if path == "_id" => {
            refuse(index.span, "every collection has an index on `_id` by itself; remove this one")
        }
        _ => Ok(()),
    }
}

fn kinds_go_together(index: &value::Index, keys: &[IndexKey]) -> Result<()> {
    if keys.iter().filter(|key| key.kind == KeyKind::Hashed).count() > 1 {
        return refuse(index.span, "one key of an index may be hashed; keep one of them");
    }
    let text: Vec<bool> = keys.iter().map(IndexKey::is_text).collect();
    let changes = text.windows(2).filter(|pair| pair == &[true, false]).count();
    let ends = usize::from(text.last() == Some(&true));
    if changes + ends > 1 {
        return refuse(index.span, "the `text` keys of an index stand side by side; move them together");
    }
    Ok(())
}

fn wildcard(index: &value::Index, keys: &[IndexKey]) -> Result<()> {
    let is_wildcard = |key: &&IndexKey| key.path.ends_with(WILDCARD) && !key.is_text();
    let Some(key) = keys.iter().find(is_wildcard) else { return Ok(()) };
    if key.kind != KeyKind::Ascending {
        return refuse(
            index.span,
            format!("the key `{}` has no other kind or direction; write it alone", key.path),
        );
    }
    let options = [
        ("unique", index.unique),
        ("sparse", index.sparse),
        ("expire_after", index.expire_after.as_ref().map(|seconds| seconds.span)),
    ];
    let mut errors = Error::accumulator();
    for (option, span) in options {
        if let Some(span) = span {
            errors.push(at(span, format!("an index on `{}` has no `{option}`; remove it", key.path)));
        }
    }
    errors.finish()
}

fn unique(index: &value::Index, keys: &[IndexKey]) -> Result<()> {
    match index.unique {
        Some(span) if keys.iter().any(|key| key.kind == KeyKind::Hashed) => refuse(
            span,
            "two values may have one hash, so a `hashed` key cannot be `unique`; remove one of the two",
        ),
        _ => Ok(()),
    }
}

fn expiry(index: &value::Index, keys: &[IndexKey]) -> Result<()> {
    match &index.expire_after {
        Some(seconds) if keys.len() > 1 => refuse(
            seconds.span,
            "documents expire by one date, and this index has several keys; give `expire_after` an index of its own",
        ),
        _ => Ok(()),
    }
}

fn partial(index: &value::Index, _: &[IndexKey]) -> Result<()> {
    match (&index.partial, index.sparse) {
        (Some(_), Some(span)) => refuse(
            span,
            "`partial` says which documents are in the index; remove `sparse`, or say it there with `$exists`",
        ),
        _ => Ok(()),
    }
}

fn text(index: &value::Index, keys: &[IndexKey]) -> Result<()> {
    if !keys.iter().any(IndexKey::is_text) {
        return match &index.default_language {
            Some(language) => {
                refuse(language.span, "only an index with `text(..)` has a language; remove it")
            }
            None => Ok(()),
        };
    }
    match &index.collation {
        Some(collation) if collation.value.locale != "simple" => {
            refuse(collation.span, "an index with `text(..)` knows no collation but `\"simple\"`; remove it")
        }
        _ => Ok(()),
    }
}

/// Whether it is another one than those before it.
pub(super) fn is_another(index: &Index, span: Span, before: &[Index]) -> Result<()> {
    let name = index.stored_name();
    if before.iter().any(|other| other.stored_name() == name) {
        return refuse(
            span,
            format!("two indexes have the name `{name}`; give one of them another with `name = \"..\"`"),
        );
    }
    if let Some(same) = before.iter().find(|other| other.is_for_the_same(index)) {
        let message = format!("this index is the same as `{}`; keep one of them", same.stored_name());
        return refuse(span, message);
    }
    if index.is_text() && before.iter().any(Index::is_text) {
        return refuse(
            span,
            "a collection has one index with `text(..)`; write all of its keys into that one",
        );
    }
    Ok(())
}

impl Index {
    /// Whether the server would take both for one.
    fn is_for_the_same(&self, other: &Self) -> bool {
        let partial =
            |index: &Self| index.partial.as_ref().map(|filter| canonical::text(filter.to_token_stream()));
        let keys =
            |index: &Self| index.keys.iter().map(|key| (key.path.clone(), key.kind)).collect::<Vec<_>>();
        keys(self) == keys(other)
            && (self.unique, self.sparse, &self.collation) == (other.unique, other.sparse, &other.collation)
            && partial(self) == partial(other)
    }
}

fn refuse(span: Span, message: impl AsRef<str>) -> Result<()> {
    Err(at(span, message))
}
