//! Where a field of the current version has its value from, in a document of a stored version, as far as the history of the
//! chain and the Rust types of its fields make it certain. What the server may do by itself and what a filter means
//! in older documents both follow from it.

mod attributes;
mod constant;
mod field_type;
mod kind;
mod literal;
mod obstacle;
mod omitted;

use schema_core::{
    Decode,
    history::{Field, Rule, Version},
};

pub use self::obstacle::Obstacle;
pub(crate) use self::{
    attributes::{Attributes, check_struct, check_type},
    kind::{Kind, TEXT, default_value, has_constant_default},
    literal::literal_value,
    omitted::Omitted,
};
use self::{
    constant::is_constant,
    field_type::{field_type, reads_nothing},
    kind::is_carried_as_it_is,
};

/// The field that the value begins as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Traced {
    pub(crate) version: &'static Version,
    pub(crate) field: &'static Field,
    /// The name it is stored under, unless it is added to all documents.
    stored: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The value that is stored under this name.
    Stored(&'static str),
    /// The same value for every document.
    Constant,
}

impl Traced {
    pub(crate) fn source(self) -> Source {
        self.stored.map_or(Source::Constant, Source::Stored)
    }
}

/// Follows the rules of a field back to the stored version.
pub(crate) fn trace<T: Decode<'static>>(
    version: &'static Version,
    field: &'static Field,
    stored: &'static Version,
) -> Result<Traced, Obstacle> {
    let number = version.version;
    let ty = type_of::<T>(version, field)?;
    if number == stored.version {
        let name = field.stored_as.ok_or_else(|| two_names(version, field))?;
        return Ok(Traced { version, field, stored: Some(name) });
    }
    let added = Traced { version, field, stored: None };
    match field.rule {
        Rule::Carried { from } => {
            let before = version.previous.and_then(|previous| Some((previous, previous.field(from)?)));
            let Some((previous, old)) = before else { return Err(Obstacle::Manual { version: number }) };
            if !is_carried_as_it_is(type_of::<T>(previous, old)?, ty) {
                let (field, new) = (field.label(), field.ty);
                return Err(Obstacle::Converted { version: number, field, old: old.ty, new });
            }
            trace::<T>(previous, old, stored)
        }
        Rule::Added { value: None } if has_constant_default(ty) => Ok(added),
        Rule::Added { value: None } => Err(inconstant(version, field, "Default::default()")),
        Rule::Added { value: Some(value) } if is_constant(value) => Ok(added),
        Rule::Added { value: Some(value) } => Err(inconstant(version, field, value)),
        Rule::With { function, .. } | Rule::Computed { function, .. } => {
            Err(Obstacle::Function { version: number, field: field.label(), function })
        }
        Rule::Unstated => Err(Obstacle::Manual { version: number }),
    }
}

pub(crate) fn type_of<T: Decode<'static>>(
    version: &Version,
    field: &Field,
) -> Result<&'static str, Obstacle> {
    let ty = field.read_as.first().and_then(|name| field_type::<T>(version.version, name));
    ty.ok_or_else(|| two_names(version, field))
}

/// Whether a document of that version is read without the field, though no attribute says so.
pub(crate) fn may_be_missing<T: Decode<'static>>(version: &Version, field: &Field) -> bool {
    field.read_as.first().is_some_and(|name| reads_nothing::<T>(version.version, name))
}

pub(crate) fn two_names(version: &Version, field: &Field) -> Obstacle {
    Obstacle::TwoNames { version: version.version, field: field.label() }
}

fn inconstant(version: &Version, field: &Field, value: &str) -> Obstacle {
    Obstacle::Inconstant { version: version.version, field: field.label(), value: value.to_owned() }
}

/// Whether the server can be told the name as a path of one segment.
pub(crate) fn addressable(version: u32, name: &'static str) -> Result<(), Obstacle> {
    if name.is_empty() || name.starts_with('$') || name.contains('.') {
        return Err(Obstacle::Name { version, name });
    }
    Ok(())
}
