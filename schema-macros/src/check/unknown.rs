//! The field that keeps what its type does not know: at most one, and nothing else that knows about unknown fields.

use darling::{Error, error::Accumulator};

use super::{field::Field, step::Contents};
use crate::serde_attr::ContainerSerde;

pub(super) fn check(fields: &[Field<'_>], serde: &ContainerSerde, errors: &mut Accumulator) {
    let mut keeping = fields.iter().filter_map(|field| field.unknown().map(|span| (field, span)));
    let Some((keeper, span)) = keeping.next() else { return };
    for (second, span) in keeping {
        let message = format!(
            "`{}` keeps the unknown fields already, and `{}` would have none left; keep one of the two",
            keeper.name(),
            second.name()
        );
        errors.push(Error::custom(message).with_span(&span));
    }
    if serde.deny_unknown_fields {
        let message = "`deny_unknown_fields` refuses what `unknown` would keep; remove one of the two";
        errors.push(Error::custom(message).with_span(&span));
    }
    for flattened in fields.iter().filter(|field| field.serde.flatten) {
        let message = format!(
            "only serde knows which names `{}` takes in, so `{}` cannot tell what is left; write the fields of \
             `{0}` out, or remove one of the two",
            flattened.name(),
            keeper.name()
        );
        errors.push(Error::custom(message).with_span(&flattened.member));
    }
    if let Some(attribute) = keeper.serde_attribute() {
        let message = format!(
            "the fields that `{}` keeps stand beside the others under their own names, so this has no effect; remove it",
            keeper.name()
        );
        errors.push(Error::custom(message).with_span(attribute));
    }
}

/// The names that are not unknown to the type, if anything asks.
pub(super) fn known(fields: &[Field<'_>], serde: &ContainerSerde) -> Vec<String> {
    if fields.iter().all(|field| field.unknown().is_none()) {
        return Vec::new();
    }
    let names = fields.iter().map(|field| field.in_body(serde)).flat_map(|field| {
        let written = field.written_as.filter(|name| !field.read_as.contains(name));
        field.read_as.into_iter().chain(written)
    });
    names.collect()
}

/// An embedded type is read and written by serde's own derives.
pub(super) const EMBEDDED: &str = "`unknown` is for versioned documents; in an embedded type write";

/// What one variant does not know may be a field of another.
pub(super) const IN_AN_ENUM: &str = "`unknown` is for structs; in a variant write";

pub(super) fn refuse(contents: &Contents<'_>, why: &str, errors: &mut Accumulator) {
    for (field, span) in contents.fields().filter_map(|field| field.unknown().map(|span| (field, span))) {
        let message =
            format!("{why} `#[serde(flatten)] {}: Document`, which keeps what serde can tell", field.name());
        errors.push(Error::custom(message).with_span(&span));
    }
}
