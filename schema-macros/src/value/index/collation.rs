//! `collation = "en"` or `collation(locale = "en", strength = 2)`: how an index compares text.

use darling::{Error, FromMeta, Result, ast::NestedMeta};
use syn::{Expr, ExprLit, Lit, Meta};

use crate::value::{Flag, key, refuse, text, value};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Collation {
    pub(crate) locale: String,
    pub(crate) strength: Option<u8>,
    pub(crate) case_level: bool,
    pub(crate) numeric_ordering: bool,
}

const WRITE: &str = "write `collation = \"en\"`, or `collation(locale = \"en\", strength = 2)`";

impl FromMeta for Collation {
    fn from_meta(item: &Meta) -> Result<Self> {
        let list = match item {
            Meta::NameValue(_) => {
                let locale = locale(item)?;
                return Ok(Self { locale, strength: None, case_level: false, numeric_ordering: false });
            }
            Meta::List(list) => list,
            Meta::Path(_) => return refuse(item, format!("`collation` needs a locale; {WRITE}")),
        };
        let (mut of_locale, mut strength) = (None, None);
        let (mut case_level, mut numeric_ordering) = (false, false);
        let mut errors = Error::accumulator();
        for part in &NestedMeta::parse_meta_list(list.tokens.clone())? {
            let NestedMeta::Meta(part) = part else {
                errors.push(Error::custom(format!("this is not a key; {WRITE}")).with_span(part));
                continue;
            };
            match key(part).as_str() {
                "locale" => of_locale = of_locale.or(errors.handle(locale(part))),
                "strength" => strength = strength.or(errors.handle(self::strength(part))),
                "case_level" => case_level |= errors.handle(Flag::from_meta(part)).is_some(),
                "numeric_ordering" => numeric_ordering |= errors.handle(Flag::from_meta(part)).is_some(),
                other => {
                    let message = format!(
                        "`collation` has no `{other}`; it has `locale`, `strength`, `case_level` and \
                         `numeric_ordering`"
                    );
                    errors.push(Error::custom(message).with_span(part.path()));
                }
            }
        }
        errors.finish()?;
        match of_locale {
            Some(locale) => Ok(Self { locale, strength, case_level, numeric_ordering }),
            None => refuse(item, format!("`collation` needs a locale; {WRITE}")),
        }
    }
}

fn locale(part: &Meta) -> Result<String> {
    let value = value(part, &format!("{} = \"en\"", key(part)))?;
    match text(value) {
        Some(locale) if !locale.is_empty() => Ok(locale),
        _ => refuse(value, format!("a locale is a text in quotes; {WRITE}")),
    }
}

fn strength(part: &Meta) -> Result<u8> {
    let value = value(part, "strength = 2")?;
    let strength = match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse::<u8>().ok(),
        _ => None,
    };
    match strength.filter(|strength| (1..=5).contains(strength)) {
        Some(strength) => Ok(strength),
        None => refuse(value, "a strength is a number from 1 to 5; write `strength = 2`"),
    }
}
