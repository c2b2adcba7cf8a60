//! Secrets: URLs that may hold a password. They are used, and shown nowhere.

use std::{convert::Infallible, fmt, str::FromStr};

/// What stands for a secret where one was.
const HIDDEN: &str = "***";

/// The shortest piece of a secret that is looked for: shorter ones are in every sentence.
const SHORTEST: usize = 3;

/// A URL that may hold a password. It has no `Display`, and its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// For whom it is meant.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Variables of the environment are often set to nothing, and meant to be not set.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text without any piece of it: whoever leaves a part of a URL out has its password read, and quoted, as something else.
    pub(super) fn hidden_in(&self, text: &str) -> String {
        let mut pieces: Vec<&str> = self.pieces().filter(|piece| piece.len() >= SHORTEST).collect();
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
        pieces.into_iter().fold(text.to_owned(), |text, piece| text.replace(piece, HIDDEN))
    }

    fn pieces(&self) -> impl Iterator<Item = &str> {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        let scheme =
            Some(scheme).filter(|scheme| !scheme.starts_with("mongodb") && !scheme.starts_with("http"));
        let (authority, options) = rest.split_once('?').unwrap_or((rest, ""));
        // Behind the last `@` are the hosts; without one, nobody knows what it was to be.
        let login = authority.rsplit_once('@').map_or(authority, |(login, _)| login);
        let values = options.split('&').filter_map(|option| option.split_once('=')).map(|(_, value)| value);
        [self.0.as_str()].into_iter().chain(scheme).chain(login.split([':', '/', '@', ','])).chain(values)
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(url: &str) -> Result<Self, Infallible> {
        Ok(Self::new(url))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// A text without the URLs in it, for what was said in the wrong place.
pub(super) fn without_urls(text: &str) -> String {
    let is_end = |sign: char| sign.is_whitespace() || matches!(sign, '\'' | '`' | '"');
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        shown.push_str(HIDDEN);
        rest = behind.find(is_end).and_then(|end| behind.get(end..)).unwrap_or_default();
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_password_is_shown(user in "[a-z]{3,9}", password in "[A-Z0-9!%$]{3,20}", form in 0_usize..6) {
            let url = match form {
                0 => format!("mongodb://{user}:{password}@host:1/shop"),
                1 => format!("mongodb://{user}:{password}/shop"),
                2 => format!("{user}:{password}@host"),
                3 => format!("mongodb://{user}:{password}@two/@host"),
                4 => format!("mongodb://host/?tlsCertificateKeyFilePassword={password}"),
                _ => format!("https://hooks.example.org/services/{password}"),
            };
            let said = format!("the port must be a number, got {password}");
            prop_assert!(!Secret::new(&*url).hidden_in(&said).contains(&password));
            let said = format!("what is `{url}`?");
            prop_assert!(!Secret::new(&*url).hidden_in(&said).contains(&password));
            prop_assert!(form == 2 || !without_urls(&said).contains(&password));
            prop_assert_eq!(format!("{:?}", Secret::new(&*url)), HIDDEN);
        }

        #[test]
        fn a_text_without_urls_stays_as_it_is(text in "[^:]{0,40}") {
            prop_assert_eq!(without_urls(&text), text);
        }
    }

    #[test]
    fn the_rest_stays() {
        assert_eq!(without_urls("unexpected 'mongodb://a:b@c/d' found"), "unexpected 'mongodb://***' found");
        assert_eq!(without_urls("a://b c://d"), "a://*** c://***");
    }
}
