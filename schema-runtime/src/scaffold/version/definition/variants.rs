//! The variants of a copied enum on as many lines as `rustfmt` would take: where one of them has several, all with named fields have.

use std::ops::Range;

use syn::{Fields, Variant};

use super::super::declared::Declared;
use crate::scaffold::text::{Patch, indentation};

/// A rule that is left out may have been what made a variant several lines long.
pub(super) fn spread(newest: &Declared<'_>, patch: &mut Patch) {
    let source = newest.source();
    let lines = |variant: &Variant| {
        // With its indentation: a rule that is left out takes its whole line along.
        let range = source.range(variant);
        let start = range.start - indentation(&source.text, range.start).len();
        patch.of(&source.text, start..range.end).contains('\n')
    };
    let (long, short): (Vec<_>, Vec<_>) = newest.shape.variants().partition(|variant| lines(variant));
    if long.is_empty() || short.is_empty() {
        return;
    }
    let pieces: Vec<_> =
        newest.shape.variants().filter_map(|variant| spread_one(newest, variant, patch)).collect();
    for (range, text) in pieces {
        patch.replace(range, text);
    }
}

/// `{ room: i64 }` on three lines.
fn spread_one(newest: &Declared<'_>, variant: &Variant, patch: &Patch) -> Option<(Range<usize>, String)> {
    let source = newest.source();
    let Fields::Named(fields) = &variant.fields else { return None };
    let range = source.range(&variant.fields);
    let written = source.slice(range.clone());
    if written.contains('\n') || written.contains("/*") || fields.named.is_empty() {
        return None;
    }
    let indent = indentation(&source.text, source.range(&variant.ident).start);
    let lines = fields.named.iter().map(|field| {
        let text = patch.of(&source.text, source.range(field));
        format!("{indent}    {},\n", text.trim_start())
    });
    Some((range, format!("{{\n{}{indent}}}", lines.collect::<String>())))
}
