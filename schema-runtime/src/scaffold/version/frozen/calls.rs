//! Where a package tests a chain: `Golden::<Product>::new("folder")`, and `Lock::new("file").document::<Product>()`.
//!
//! Looked for among the tokens, so that those within `assert!` are found as well.

use std::ops::Range;

use proc_macro2::Delimiter;

use crate::scaffold::{
    place::Place,
    source::{Kind, Package, Source, Token},
};

/// Such a test.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) source: usize,
    pub(super) place: Place,
    /// The last part of the type's path.
    pub(super) type_name: String,
    /// The path that it is about; `None` if it is no plain text.
    pub(super) argument: Option<String>,
    /// The name in `document_as`; an inner `None` if it is no plain text.
    pub(super) name: Option<Option<String>>,
    /// The name of the method, and its brackets.
    pub(super) method: Range<usize>,
    pub(super) brackets: Range<usize>,
}

impl Call {
    pub(super) fn shown(&self) -> &str {
        self.argument.as_deref().unwrap_or_default()
    }
}

pub(super) fn golden_tests(package: &Package) -> Vec<Call> {
    package
        .sources
        .iter()
        .flat_map(|source| {
            let tokens = source.tokens();
            named(tokens, "Golden").filter_map(|at| {
                let (type_name, next) = argument_type(tokens, at + 1)?;
                let rest = tokens.get(next..)?;
                let [one, two, new, ..] = rest else { return None };
                (one.is(':') && two.is(':') && new.is_named("new")).then_some(())?;
                call(source, at, type_name, next + 3)
            })
        })
        .collect()
}

pub(super) fn lock_tests(package: &Package) -> Vec<Call> {
    package.sources.iter().flat_map(of_lock).collect()
}

fn of_lock(source: &Source) -> Vec<Call> {
    let tokens = source.tokens();
    let locks: Vec<(usize, Option<String>)> = named(tokens, "Lock")
        .filter(|at| {
            let next = tokens.get(at + 1..at + 4);
            next.is_some_and(
                |next| matches!(next, [one, two, new] if one.is(':') && two.is(':') && new.is_named("new")),
            )
        })
        .map(|at| (at, arguments(tokens, at + 4).and_then(|(text, _)| text)))
        .collect();
    let mut calls = Vec::new();
    for method in ["document", "document_as"] {
        for at in named(tokens, method) {
            let Some((type_name, next)) = argument_type(tokens, at + 1) else { continue };
            let Some(of) = call(source, at, type_name, next) else { continue };
            // The file is the one that was named last.
            let Some((_, file)) = locks.iter().rev().find(|(lock, _)| *lock < at) else { continue };
            let name = (method == "document_as").then(|| of.argument.clone());
            calls.push(Call { argument: file.clone(), name, ..of });
        }
    }
    calls
}

fn named<'a>(tokens: &'a [Token], name: &'a str) -> impl Iterator<Item = usize> + 'a {
    tokens.iter().enumerate().filter(move |(_, token)| token.is_named(name)).map(|(at, _)| at)
}

fn call(source: &Source, at: usize, type_name: String, open: usize) -> Option<Call> {
    let (argument, brackets) = arguments(source.tokens(), open)?;
    let method = source.tokens().get(at)?.range.clone();
    let place = source.place(method.start);
    Some(Call { source: source.number, place, type_name, argument, name: None, method, brackets })
}

/// `::<path::Product<..>>`: the last part of the path, and where the tokens go on.
fn argument_type(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let [one, two, open] = tokens.get(at..at + 3)? else { return None };
    (one.is(':') && two.is(':') && open.is('<')).then_some(())?;
    let (mut depth, mut name) = (1_usize, None);
    for (position, token) in tokens.iter().enumerate().skip(at + 3) {
        match &token.kind {
            Kind::Punct('<') => depth += 1,
            Kind::Punct('>') => depth -= 1,
            Kind::Ident(ident) if depth == 1 => name = Some(ident.clone()),
            _ => {}
        }
        if depth == 0 {
            return Some((name?, position + 1));
        }
    }
    None
}

/// The one argument between brackets if it is a plain text, and the place of the brackets.
fn arguments(tokens: &[Token], at: usize) -> Option<(Option<String>, Range<usize>)> {
    let open = tokens.get(at).filter(|token| token.kind == Kind::Open(Delimiter::Parenthesis))?;
    let (mut depth, mut end) = (0_usize, None);
    for (position, token) in tokens.iter().enumerate().skip(at) {
        match token.kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            end = Some((position, token.range.end));
            break;
        }
    }
    let (close, end) = end?;
    let text = match tokens.get(at + 1..close) {
        Some([only]) => only.text(),
        Some([only, comma]) if comma.is(',') => only.text(),
        _ => None,
    };
    Some((text, open.range.start..end))
}
