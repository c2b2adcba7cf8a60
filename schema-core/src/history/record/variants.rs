//! What is frozen of the variants of an enum beside their shape: serde's attributes, and the rules of the step.

use super::{field_attributes, rule, written};
use crate::{
    history::{Field, Variant, Variants, Version},
    shape::Line,
};

pub(super) fn attributes(variants: &Variants) -> Vec<Line> {
    variants.list.iter().flat_map(of_variant).collect()
}

fn of_variant(variant: &'static Variant) -> Vec<Line> {
    let name = variant.label();
    let other_names = variant.read_as.iter().skip(1).map(|alias| format!("read as `{alias}`"));
    let serde = variant.serde.iter().map(|attribute| (*attribute).to_owned());
    let own = written(variant.stored_as, variant.read_as).into_iter().chain(other_names).chain(serde);
    let own = own.map(|text| Line::of_variant(name, None, text));
    let fields = variant.fields.iter().flat_map(|field| {
        let texts = field_attributes(field);
        texts.map(|text| Line::of_variant(name, Some(field.label()), text))
    });
    own.chain(fields).collect()
}

pub(super) fn step(
    variants: &Variants,
    version: &Version,
    removed: &[&str],
    back: Option<&[(&str, &str)]>,
) -> Vec<Line> {
    let previous = version.previous.and_then(|previous| previous.variants);
    let mut lines = Vec::new();
    for variant in variants.list {
        let name = variant.label();
        let old = variant.from.and_then(|from| previous?.named(from));
        match (variant.from, old) {
            (None, _) => lines.push(Line::of_variant(name, None, "added")),
            (Some(from), old) => {
                let old = old.map_or(from, Variant::label);
                if old != name {
                    lines.push(Line::of_variant(name, None, format!("from {old}")));
                }
            }
        }
        let old_field = |name: &'static str| old.and_then(|old| old.field(name)).map_or(name, Field::label);
        let rules = variant.fields.iter().filter_map(|field| Some((field.label(), rule(field, &old_field)?)));
        lines.extend(rules.map(|(field, text)| Line::of_variant(name, Some(field), text)));
    }
    lines.extend(removed.iter().map(|gone| Line::new(".", *gone)));
    let ways = back.into_iter().flatten();
    lines.extend(ways.map(|(new, old)| Line::new(".", format!("back {new} => {old}"))));
    lines
}
