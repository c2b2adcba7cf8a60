//! The list of all migrations, with one more at its end.

use std::{ops::Range, path::Path};

use proc_macro2::Delimiter;

use crate::scaffold::{
    ScaffoldError,
    source::{Kind, Parsed, Token},
    style::Style,
    text::{Patch, indentation, line_end},
};

pub(super) struct Registered {
    pub(super) after: String,
    /// The lines of the declaration and of the call.
    pub(super) declared: usize,
    pub(super) listed: usize,
}

pub(super) fn register(
    path: &Path,
    text: &str,
    module: &str,
    style: Style,
) -> Result<Registered, ScaffoldError> {
    let call = format!("{module}::migration()");
    let refused = |why: String| ScaffoldError::NoList {
        path: path.to_owned(),
        why,
        declaration: format!("mod {module};"),
        call: format!("{call},"),
    };
    let parsed = Parsed::of(text)
        .map_err(|(line, column, reason)| refused(format!("line {line}, column {column}: {reason}")))?;
    let lists = lists(&parsed.tokens);
    let [list] = lists.as_slice() else {
        let found = if lists.is_empty() { "none was found" } else { "several were found" };
        return Err(refused(format!(
            "looked for `vec![..]` or `[..]` with `module::migration()` in it, and {found}"
        )));
    };
    let mut patch = Patch::default();
    declare(&parsed, text, module, &mut patch);
    list.push(text, &call, style, &mut patch);
    let (after, changes) = patch.apply(text);
    let mut lines = changes.iter().map(|change| change.line);
    let (declared, listed) = (lines.next().unwrap_or(1), lines.next().unwrap_or(1));
    Ok(Registered { after, declared, listed })
}

/// What stands between the brackets of a list.
struct List {
    open: Range<usize>,
    close: Range<usize>,
    /// The calls in it, each with its place.
    calls: Vec<Range<usize>>,
    /// Whether a comma stands behind the last one.
    comma: bool,
}

/// The lists that have nothing in them but calls of that form. An empty one has to be a `vec![]`: the tokens of an attribute are in
/// brackets, too.
fn lists(tokens: &[Token]) -> Vec<List> {
    let opens = tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Open(Delimiter::Bracket));
    opens.filter_map(|(at, _)| list(tokens, at)).collect()
}

fn list(tokens: &[Token], at: usize) -> Option<List> {
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| tokens.get(at));
    let is_vec =
        before(1).is_some_and(|token| token.is('!')) && before(2).is_some_and(|token| token.is_named("vec"));
    let open = tokens.get(at)?.range.clone();
    let mut rest = tokens.get(at + 1..)?;
    let (mut calls, mut comma) = (Vec::new(), true);
    loop {
        let (first, others) = rest.split_first()?;
        if first.kind == Kind::Close(Delimiter::Bracket) {
            let close = first.range.clone();
            let is_list = !calls.is_empty() || is_vec;
            return is_list.then_some(List { open, close, calls, comma });
        }
        if first.is(',') && !comma {
            comma = true;
            rest = others;
            continue;
        }
        comma.then_some(())?;
        let (call, behind) = migration_call(rest)?;
        calls.push(call);
        (rest, comma) = (behind, false);
    }
}

/// `path::to::module::migration()`
fn migration_call(tokens: &[Token]) -> Option<(Range<usize>, &[Token])> {
    let end = tokens.iter().position(|token| !(token.ident().is_some() || token.is(':')))?;
    let (path, rest) = tokens.split_at(end);
    let [open, close, behind @ ..] = rest else { return None };
    let is_call =
        open.kind == Kind::Open(Delimiter::Parenthesis) && close.kind == Kind::Close(Delimiter::Parenthesis);
    let is_migration = path.len() > 3 && path.last().is_some_and(|last| last.is_named("migration"));
    let start = path.first()?.range.start;
    (is_call && is_migration).then_some((start..close.range.end, behind))
}

impl List {
    fn push(&self, text: &str, call: &str, style: Style, patch: &mut Patch) {
        let what = "listed";
        let inside = text.get(self.open.end..self.close.start).unwrap_or_default();
        let Some(last) = self.calls.last() else {
            let on_lines = !inside.trim().is_empty();
            let indent = outer(text, self.open.start);
            let with = if on_lines {
                // There is a comment in it.
                format!("    {call},\n{indent}")
            } else {
                call.to_owned()
            };
            let at = if on_lines { self.close.start } else { self.open.end };
            patch.report(at..self.close.start, with, what);
            return;
        };
        if inside.contains('\n') {
            let indent = indentation(text, last.start);
            let comma = if self.comma { "" } else { "," };
            patch.replace(last.end..last.end, comma);
            // Behind a comment on the line of the last one.
            let end = line_end(text, last.end).min(self.close.start);
            let end = if self.comma { end } else { end.max(last.end) };
            patch.report(end..end, format!("\n{indent}{call},"), what);
            return;
        }
        let calls = self.calls.iter().map(|call| text.get(call.clone()).unwrap_or_default());
        let calls: Vec<_> = calls.collect();
        let line = calls.join(", ");
        if line.len() + ", ".len() + call.len() <= style.list {
            patch.report(last.end..self.close.start, format!(", {call}"), what);
            return;
        }
        let indent = outer(text, self.open.start);
        let lines: String = calls.iter().map(|call| format!("\n{indent}    {call},")).collect();
        patch.replace(self.open.end..last.end, lines);
        patch.report(last.end..self.close.start, format!("\n{indent}    {call},\n{indent}"), what);
    }
}

/// The indentation of the line that this place is on.
fn outer(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.chars().take_while(|c| c.is_whitespace()).collect()
}

/// Behind the last module, or else behind the `use`s and what is said about the file.
fn declare(parsed: &Parsed, text: &str, module: &str, patch: &mut Patch) {
    let last = parsed.file.items.iter().rev().find_map(|item| match item {
        syn::Item::Mod(item) if item.content.is_none() => Some(parsed.range(item)),
        _ => None,
    });
    let what = "declared";
    if let Some(last) = last {
        let end = line_end(text, last.end);
        patch.report(end..end, format!("\nmod {module};"), what);
        return;
    }
    let uses = parsed.file.items.iter().filter_map(|item| match item {
        syn::Item::Use(item) => Some(parsed.range(item)),
        _ => None,
    });
    let about = parsed.file.attrs.iter().map(|attribute| parsed.range(attribute));
    match uses.chain(about).map(|range| range.end).max() {
        Some(end) => {
            let end = line_end(text, end);
            patch.report(end..end, format!("\n\nmod {module};"), what);
        }
        None => patch.report(parsed.begins..parsed.begins, format!("mod {module};\n\n"), what),
    }
}
