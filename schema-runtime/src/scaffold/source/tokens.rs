//! The tokens of a file in one row, each with its place: what stands inside of macros is among them.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

#[derive(Debug, Clone)]
pub(in crate::scaffold) struct Token {
    pub(in crate::scaffold) range: Range<usize>,
    pub(in crate::scaffold) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scaffold) enum Kind {
    Ident(String),
    Punct(char),
    Literal(String),
    Open(Delimiter),
    Close(Delimiter),
}

impl Token {
    pub(in crate::scaffold) fn is(&self, punct: char) -> bool {
        self.kind == Kind::Punct(punct)
    }

    pub(in crate::scaffold) fn is_named(&self, name: &str) -> bool {
        matches!(&self.kind, Kind::Ident(ident) if ident == name)
    }

    pub(in crate::scaffold) fn ident(&self) -> Option<&str> {
        match &self.kind {
            Kind::Ident(name) => Some(name),
            _ => None,
        }
    }

    /// The text of a literal that is one.
    pub(in crate::scaffold) fn text(&self) -> Option<String> {
        match &self.kind {
            Kind::Literal(literal) => syn::parse_str::<syn::LitStr>(literal).ok().map(|text| text.value()),
            _ => None,
        }
    }
}

/// `begins`: what the places are counted from.
pub(super) fn flat(stream: TokenStream, begins: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    put(stream, begins, &mut tokens);
    tokens
}

fn put(stream: TokenStream, begins: usize, tokens: &mut Vec<Token>) {
    let at = |range: Range<usize>| range.start + begins..range.end + begins;
    for tree in stream {
        let range = at(tree.span().byte_range());
        match tree {
            TokenTree::Ident(ident) => tokens.push(Token { range, kind: Kind::Ident(ident.to_string()) }),
            TokenTree::Punct(punct) => tokens.push(Token { range, kind: Kind::Punct(punct.as_char()) }),
            TokenTree::Literal(literal) => {
                tokens.push(Token { range, kind: Kind::Literal(literal.to_string()) });
            }
            TokenTree::Group(group) => {
                let delimiter = group.delimiter();
                let open = at(group.span_open().byte_range());
                tokens.push(Token { range: open, kind: Kind::Open(delimiter) });
                put(group.stream(), begins, tokens);
                let close = at(group.span_close().byte_range());
                tokens.push(Token { range: close, kind: Kind::Close(delimiter) });
            }
        }
    }
}

/// Whether the name at this position is no part of a longer path, no field and no method.
pub(super) fn stands_alone(tokens: &[Token], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| tokens.get(at));
    let is = |steps: usize, punct: char| before(steps).is_some_and(|token| token.is(punct));
    if is(1, ':') && is(2, ':') {
        return before(3).is_some_and(|token| token.is_named("self"));
    }
    // A dot before it is a field or a method, but two are a range.
    let after = |steps: usize| tokens.get(at + steps).is_some_and(|token| token.is(':'));
    let is_field = after(1) && !after(2) && !is(1, ':') && !is(1, '<');
    let is_member = is(1, '.') && !is(2, '.');
    !(is_member || is_field)
}
