//! The Rust files of a package, as text and as what they say.

mod package;
mod tokens;

use std::{ops::Range, path::PathBuf};

use proc_macro2::{LexError, Span, TokenStream};
use syn::spanned::Spanned;

pub(super) use self::{
    package::Package,
    tokens::{Kind, Token},
};
use super::{place::Place, text::position};

/// A Rust file.
pub(super) struct Source {
    /// Its number among those of the package.
    pub(super) number: usize,
    pub(super) path: PathBuf,
    /// Its path within the package.
    pub(super) shown: PathBuf,
    /// The folders and modules on the way to it: `["src", "products"]`.
    pub(super) module: Vec<String>,
    /// Whether it lies where the types are looked for.
    pub(super) wanted: bool,
    pub(super) text: String,
    pub(super) parsed: Parsed,
}

/// A file that is no Rust.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) place: Place,
    pub(super) reason: String,
    pub(super) text: String,
}

/// What a text says as Rust.
pub(super) struct Parsed {
    pub(super) tokens: Vec<Token>,
    pub(super) file: syn::File,
    /// Where the Rust in it begins.
    pub(super) begins: usize,
}

impl Parsed {
    /// The line, the column and the reason where it is no Rust.
    pub(super) fn of(text: &str) -> Result<Self, (usize, usize, String)> {
        let begins = beginning(text);
        let refused = |span: Span, reason: String| {
            let range = span.byte_range();
            // Where something is missing at the end, the parser names no place.
            let at = if range == (0..0) { text.trim_end().len() } else { range.start + begins };
            let (line, column) = position(text, at);
            (line, column, reason)
        };
        let stream: TokenStream = text
            .get(begins..)
            .unwrap_or_default()
            .parse()
            .map_err(|error: LexError| refused(error.span(), error.to_string()))?;
        let tokens = tokens::flat(stream.clone(), begins);
        let file = syn::parse2(stream).map_err(|error| refused(error.span(), error.to_string()))?;
        Ok(Self { tokens, file, begins })
    }

    pub(super) fn range(&self, spanned: &impl Spanned) -> Range<usize> {
        let range = spanned.span().byte_range();
        range.start + self.begins..range.end + self.begins
    }
}

/// Behind a byte order mark, and a first line that is for the shell.
fn beginning(text: &str) -> usize {
    let mark = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let rest = text.get(mark..).unwrap_or_default();
    match rest.strip_prefix("#!") {
        Some(shell) if !shell.trim_start().starts_with('[') => mark + rest.find('\n').unwrap_or(rest.len()),
        _ => mark,
    }
}

impl Source {
    /// Where something stands in the text.
    pub(super) fn range(&self, spanned: &impl Spanned) -> Range<usize> {
        self.parsed.range(spanned)
    }

    /// All of its tokens.
    pub(super) fn tokens(&self) -> &[Token] {
        &self.parsed.tokens
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    pub(super) fn written(&self, spanned: &impl Spanned) -> &str {
        self.slice(self.range(spanned))
    }

    pub(super) fn place(&self, at: usize) -> Place {
        let (line, column) = position(&self.text, at);
        Place { path: self.shown.clone(), line, column }
    }

    /// The tokens that lie within a range.
    pub(super) fn within(&self, range: &Range<usize>) -> &[Token] {
        let tokens = self.tokens();
        let first = tokens.partition_point(|token| token.range.start < range.start);
        let end = tokens.partition_point(|token| token.range.start < range.end);
        tokens.get(first..end).unwrap_or_default()
    }

    /// The places within a range where one of these names stands for a type: not a field, and not something of another module.
    pub(super) fn mentions(&self, range: &Range<usize>, names: &[&str]) -> Vec<Range<usize>> {
        let tokens = self.within(range);
        let found = tokens.iter().enumerate().filter(|(at, token)| {
            matches!(&token.kind, Kind::Ident(name) if names.contains(&name.as_str()))
                && tokens::stands_alone(tokens, *at)
        });
        found.map(|(_, token)| token.range.clone()).collect()
    }
}

/// Whether an attribute is one of this name.
pub(super) fn is_called(attribute: &syn::Attribute, name: &str) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_before_the_rust_is_passed_over() {
        for head in ["", "\u{feff}", "#!/usr/bin/env cargo\n", "\u{feff}#!/bin/sh\n"] {
            let text = format!("{head}// é\nstruct A;\n");
            let parsed = Parsed::of(&text).unwrap();
            let token = parsed.tokens.first().unwrap();
            assert_eq!(text.get(token.range.clone()), Some("struct"), "{head:?}");
        }
        assert_eq!(Parsed::of("#![allow(x)]\nstruct A;\n").unwrap().begins, 0);
        let place = |text| Parsed::of(text).map(|_| ()).map_err(|(line, column, _)| (line, column));
        assert_eq!(place("#!/bin/sh\nstruct A\n"), Err((2, 9)));
        assert_eq!(place("#!/bin/sh\nstruct A;\n  fn ;\n"), Err((3, 6)));
    }
}
