//! Where a field of the current version is in a document of an older one.

use bson::Bson;
use schema_core::{
    DecodeOwned,
    history::{Field, Rule, Version},
};

use crate::{
    server_side::constant,
    trace::{
        Attributes, Kind, Obstacle, Omitted, Source, Traced, addressable, check_struct, check_type,
        default_value, literal_value, may_be_missing, trace, two_names, type_of,
    },
};

pub(super) enum Place {
    /// Where it is now: no step touches it.
    Same,
    /// What the old document has under this name is gone afterwards.
    Gone,
    /// It has the same value in all documents afterwards.
    Constant(Bson),
    Carried(Carried),
}

/// A field that is stored in the old document as well.
pub(super) struct Carried {
    /// The names it may be stored under, of which a document has one.
    pub(super) names: &'static [&'static str],
    /// What is written if it has none of them.
    pub(super) missing: Missing,
    /// The value that is left out when it is written.
    pub(super) omitted: Option<Bson>,
    /// Whether its value is certain to be no list.
    pub(super) is_scalar: bool,
}

#[derive(PartialEq)]
pub(super) enum Missing {
    /// Such a document is not read.
    Refused,
    Nothing,
    Value(Bson),
}

impl Place {
    pub(super) fn of<T: DecodeOwned>(stored: &'static Version, name: &str) -> Result<Self, Obstacle> {
        let current = T::HISTORY;
        if name == "_id" || T::CHAIN.is_stamp(name) {
            return Ok(Self::Same);
        }
        let since = || current.versions().take_while(|version| version.version >= stored.version);
        for version in since() {
            check_struct(version)?;
            check_type(version)?;
        }
        let Some(field) = current.fields.iter().find(|field| field.stored_as == Some(name)) else {
            // A field without a name of its own may hold this one.
            return match since().try_for_each(no_rest) {
                Ok(()) if stored.knows(name) => Ok(Self::Gone),
                Ok(()) => Ok(Self::Same),
                Err(obstacle) => Err(obstacle),
            };
        };
        let traced = trace::<T>(current, field, stored)?;
        let omitted = Omitted::of(current, field)?.map(Omitted::value);
        match traced.source() {
            Source::Stored(_) => {
                // What has become an `Option` on the way is never none.
                let same_type = type_of::<T>(current, field)? == type_of::<T>(traced.version, traced.field)?;
                Carried::of::<T>(traced, omitted.filter(|_| same_type)).map(Self::Carried)
            }
            Source::Constant => {
                match added::<T>(stored, traced, name)?.filter(|value| omitted.as_ref() != Some(value)) {
                    Some(value) => Ok(Self::Constant(value)),
                    None if stored.knows(name) => Ok(Self::Gone),
                    // What is not written leaves alone what somebody else has there.
                    None => Ok(Self::Same),
                }
            }
        }
    }
}

impl Place {
    /// The one name that it has in the old document.
    pub(super) fn name<'n>(&self, now: &'n str) -> Option<&'n str> {
        match self {
            Self::Same => Some(now),
            Self::Carried(Carried { names: [name], .. }) => Some(name),
            Self::Carried(_) | Self::Gone | Self::Constant(_) => None,
        }
    }

    /// Whether the old document has the very same under this name, if only that there is nothing.
    pub(super) fn is_still(&self, name: &str) -> bool {
        match self {
            Self::Same => true,
            Self::Carried(carried) => {
                let is_never_added = matches!(carried.missing, Missing::Refused | Missing::Nothing);
                carried.names == [name] && is_never_added && carried.omitted.is_none()
            }
            Self::Gone | Self::Constant(_) => false,
        }
    }
}

impl Carried {
    fn of<T: DecodeOwned>(traced: Traced, omitted: Option<Bson>) -> Result<Self, Obstacle> {
        let Traced { version, field, .. } = traced;
        let names = field.read_as;
        if names.first().copied() != field.stored_as {
            return Err(two_names(version, field));
        }
        names.iter().try_for_each(|name| addressable(version.version, name))?;
        let ty = type_of::<T>(version, field)?;
        let missing = match missing::<T>(version, field, ty)? {
            Missing::Value(value) if Some(&value) == omitted.as_ref() => Missing::Nothing,
            other => other,
        };
        let is_scalar = Kind::of(ty).is_some_and(|kind| matches!(kind.value(), Kind::Scalar(_)));
        Ok(Self { names, missing, omitted, is_scalar })
    }
}

/// What the field is read as where it is missing.
fn missing<T: DecodeOwned>(
    version: &'static Version,
    field: &'static Field,
    ty: &str,
) -> Result<Missing, Obstacle> {
    let default = match Attributes::of(version, field)?.default {
        None if version.serde.contains(&"default") => None,
        None if !may_be_missing::<T>(version, field) => return Ok(Missing::Refused),
        None | Some(None) => default_value(ty),
        Some(Some(_)) => None,
    };
    let uncertain = || Obstacle::Default { version: version.version, field: field.label() };
    default.map(Missing::Value).ok_or_else(uncertain)
}

/// The value that is added, if it is written: what the declaration says, or what the conversion makes of samples.
fn added<T: DecodeOwned>(
    stored: &'static Version,
    traced: Traced,
    name: &str,
) -> Result<Option<Bson>, Obstacle> {
    let ty = type_of::<T>(traced.version, traced.field)?;
    let declared = match traced.field.rule {
        Rule::Added { value: None } => default_value(ty),
        Rule::Added { value: Some(expression) } => literal_value(expression, ty),
        _ => None,
    };
    declared.map_or_else(|| constant::<T>(stored, name), |value| Ok(Some(value)))
}

fn no_rest(version: &'static Version) -> Result<(), Obstacle> {
    let number = version.version;
    version.fields.iter().try_for_each(|field| match (field.unknown, field.serde.contains(&"flatten")) {
        (true, _) => Err(Obstacle::Unknown { version: number, field: field.name }),
        (_, true) => {
            Err(Obstacle::FieldAttribute { version: number, field: field.name, attribute: "flatten" })
        }
        _ => Ok(()),
    })
}
