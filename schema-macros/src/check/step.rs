//! The step of a struct: where each new field comes from, what is dropped, and the way back.

use darling::{Error, Result, error::Accumulator};
use syn::{Ident, Member, Path};

use super::{
    back::{self, Instead},
    field::Field,
    finish, unknown, variant,
    variant::Variant,
};
use crate::{
    model::{Record, Segment, Shape, Step},
    serde_attr::ContainerSerde,
    value::{Removed, Reversible, field_text},
};

/// What a type consists of.
pub(super) enum Contents<'a> {
    Fields(Vec<Field<'a>>),
    Variants(Vec<Variant<'a>>),
}

impl<'a> Contents<'a> {
    /// All fields, those of variants too.
    pub(super) fn fields(&self) -> impl Iterator<Item = &Field<'a>> {
        let (fields, variants) = match self {
            Self::Fields(fields) => (Some(fields), None),
            Self::Variants(variants) => (None, Some(variants)),
        };
        let of_variants = variants.into_iter().flatten().flat_map(|variant| &variant.fields);
        fields.into_iter().flatten().chain(of_variants)
    }
}

/// The keys of the container that are about the step.
pub(super) struct Keys<'a> {
    pub(super) previous: &'a Path,
    pub(super) removed: &'a Removed,
    pub(super) reversible: Option<&'a Reversible>,
}

pub(super) fn step(
    ident: &Ident,
    keys: &Keys<'_>,
    contents: &Contents<'_>,
    serde: &ContainerSerde,
) -> Result<Step> {
    let (there, back) = match contents {
        Contents::Fields(fields) => of_fields(keys, fields, serde)?,
        Contents::Variants(variants) => variant::step(ident, keys, variants, serde)?,
    };
    Ok(Step { previous: keys.previous.clone(), there, back })
}

fn of_fields(
    keys: &Keys<'_>,
    fields: &[Field<'_>],
    serde: &ContainerSerde,
) -> Result<(Shape, Option<Shape>)> {
    let mut errors = Error::accumulator();
    let new =
        fields.iter().map(|field| field.in_step(vec![Segment::Field(field.stored_name(serde))])).collect();
    let known = unknown::known(fields, serde);
    let there = Record { fields: new, removed: keys.removed.fields.clone(), known };
    let folds = keys.removed.folds.iter();
    for arm in folds.chain(keys.reversible.iter().flat_map(|reversible| &reversible.arms)) {
        let message =
            "`=>` stands between two variants, and a struct has none; write the name of a field alone";
        errors.push(Error::custom(message).with_span(&arm.from));
    }
    removed_and_used(&keys.removed.fields, fields, &mut errors);
    let back = match keys.reversible {
        Some(reversible) => {
            let back = back::record(keys.previous, &there, fields, &reversible.fields, Instead::Function);
            errors.handle(back).map(Shape::Struct)
        }
        None => {
            refuse_back(fields, &mut errors);
            None
        }
    };
    finish(errors, Some((Shape::Struct(there), back)))
}

/// A removed field is removed once, and nothing is made of it.
pub(super) fn removed_and_used(removed: &[Member], fields: &[Field<'_>], errors: &mut Accumulator) {
    for (position, old) in removed.iter().enumerate() {
        let name = field_text(old);
        let message = if removed.iter().take(position).any(|earlier| earlier == old) {
            format!("`{name}` is removed twice; keep one of them")
        } else if let Some(user) = fields.iter().find(|field| field.rule.sources().contains(old)) {
            format!(
                "`{name}` is removed here, but the new field `{}` takes its value; keep one of the two",
                user.name()
            )
        } else {
            continue;
        };
        errors.push(Error::custom(message).with_span(old));
    }
}

pub(super) fn refuse_back(fields: &[Field<'_>], errors: &mut Accumulator) {
    let why = "only a `reversible` step has a way back; add `reversible` to the type, or remove this";
    for (function, _) in fields.iter().filter_map(Field::back) {
        errors.push(Error::custom(why).with_span(&function.span));
    }
}
