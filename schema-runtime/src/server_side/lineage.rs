//! Where each field of the current version has its value from, in a document of a stored version.

use schema_core::{
    Decode,
    history::{Field, Rule, Step, Version},
};

use super::{
    attributes::{Attributes, check_type},
    constant::is_constant,
    field_type::field_type,
    kind::{Kind, has_constant_default, is_carried_as_it_is},
    obstacle::Obstacle,
};

/// The stored version and the current one, field by field.
pub(super) struct Lineage {
    pub(super) stored: Vec<StoredField>,
    /// In the order in which the current type writes them.
    pub(super) written: Vec<WrittenField>,
    /// Other names under which the stored version finds its fields.
    pub(super) aliases: Vec<&'static str>,
    /// Whether a field that the stored version does not know is an error to it.
    pub(super) strict: bool,
}

/// A field of the stored version.
pub(super) struct StoredField {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Whether it may be missing, and what it is then is the same each time.
    pub(super) optional: bool,
}

/// A field of the current version.
pub(super) struct WrittenField {
    pub(super) name: &'static str,
    pub(super) source: Source,
    /// Which value is left out.
    pub(super) omitted: Option<Omitted>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The value that is stored under this name.
    Stored(&'static str),
    /// The same value for every document.
    Constant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Omitted {
    Null,
    EmptyText,
    EmptyList,
}

impl Lineage {
    pub(super) fn of<T: Decode<'static>>(stored: &'static Version) -> Result<Self, Obstacle> {
        let current = T::HISTORY;
        for version in current.versions().take_while(|version| version.version >= stored.version) {
            check(version, stored)?;
        }
        let written = current.fields.iter().filter_map(|field| {
            let name = field.stored_as?;
            Some(written_field::<T>(current, field, name, stored))
        });
        let written: Vec<WrittenField> = written.collect::<Result<_, _>>()?;
        let mut fields = Vec::new();
        for field in
            stored.fields.iter().filter(|field| field.stored_as.is_some() || !field.read_as.is_empty())
        {
            fields.push(stored_field::<T>(stored, field, &written)?);
        }
        let aliases = stored.fields.iter().flat_map(|field| field.read_as.iter().skip(1)).copied();
        Ok(Self {
            stored: fields,
            written,
            aliases: aliases.collect(),
            strict: stored.serde.contains(&"deny_unknown_fields"),
        })
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.stored.iter().any(|field| field.name == name)
    }

    pub(super) fn is_optional(&self, name: &str) -> bool {
        self.stored.iter().any(|field| field.name == name && field.optional)
    }

    /// The fields that are made of a stored one.
    pub(super) fn made_of(&self, stored: &'static str) -> impl Iterator<Item = &WrittenField> {
        self.written.iter().filter(move |field| field.source == Source::Stored(stored))
    }
}

impl WrittenField {
    /// Whether it is stored already, under the same name.
    pub(super) fn is_in_place(&self) -> bool {
        self.source == Source::Stored(self.name)
    }
}

/// What is true of a version as a whole.
fn check(version: &'static Version, stored: &Version) -> Result<(), Obstacle> {
    let number = version.version;
    if version.variants.is_some() {
        return Err(Obstacle::Enum { version: number });
    }
    if version.version > stored.version && matches!(version.step, Step::Manual { .. }) {
        return Err(Obstacle::Manual { version: number });
    }
    if let Some(field) = version.fields.iter().find(|field| field.unknown) {
        return Err(Obstacle::Unknown { version: number, field: field.name });
    }
    check_type(version)?;
    version.fields.iter().try_for_each(|field| Attributes::of(version, field).map(drop))
}

fn written_field<T: Decode<'static>>(
    current: &'static Version,
    field: &'static Field,
    name: &'static str,
    stored: &'static Version,
) -> Result<WrittenField, Obstacle> {
    addressable(current.version, name)?;
    let source = trace::<T>(current, field, stored)?;
    if (name == "_id") != (source == Source::Stored("_id")) {
        return Err(Obstacle::Id { version: current.version });
    }
    let omitted = match Attributes::of(current, field)?.omitted {
        None => None,
        Some(function) => Some(omitted_by(current, field, function)?),
    };
    Ok(WrittenField { name, source, omitted })
}

fn omitted_by(version: &Version, field: &'static Field, function: &'static str) -> Result<Omitted, Obstacle> {
    let plain = function.trim_start_matches("std::option::").trim_start_matches("core::option::");
    match plain.trim_start_matches("std::vec::").trim_start_matches("std::string::") {
        "Option::is_none" => Ok(Omitted::Null),
        "String::is_empty" => Ok(Omitted::EmptyText),
        "Vec::is_empty" => Ok(Omitted::EmptyList),
        _ => Err(Obstacle::Function { version: version.version, field: field.label(), function }),
    }
}

/// Follows the rules of a field back to the stored version.
fn trace<T: Decode<'static>>(
    version: &'static Version,
    field: &'static Field,
    stored: &'static Version,
) -> Result<Source, Obstacle> {
    let number = version.version;
    let ty = type_of::<T>(version, field)?;
    if number == stored.version {
        return field.stored_as.map(Source::Stored).ok_or_else(|| two_names(version, field));
    }
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
        Rule::Added { value: None } if has_constant_default(ty) => Ok(Source::Constant),
        Rule::Added { value: None } => Err(inconstant(version, field, "Default::default()")),
        Rule::Added { value: Some(value) } if is_constant(value) => Ok(Source::Constant),
        Rule::Added { value: Some(value) } => Err(inconstant(version, field, value)),
        Rule::With { function, .. } | Rule::Computed { function, .. } => {
            Err(Obstacle::Function { version: number, field: field.label(), function })
        }
        Rule::Unstated => Err(Obstacle::Manual { version: number }),
    }
}

fn type_of<T: Decode<'static>>(version: &Version, field: &Field) -> Result<&'static str, Obstacle> {
    let ty = field.read_as.first().and_then(|name| field_type::<T>(version.version, name));
    ty.ok_or_else(|| two_names(version, field))
}

fn two_names(version: &Version, field: &Field) -> Obstacle {
    Obstacle::TwoNames { version: version.version, field: field.label() }
}

fn inconstant(version: &Version, field: &Field, value: &str) -> Obstacle {
    Obstacle::Inconstant { version: version.version, field: field.label(), value: value.to_owned() }
}

fn stored_field<T: Decode<'static>>(
    version: &'static Version,
    field: &'static Field,
    written: &[WrittenField],
) -> Result<StoredField, Obstacle> {
    let number = version.version;
    let attributes = Attributes::of(version, field)?;
    let ty = type_of::<T>(version, field)?;
    let Some(name) = field.stored_as.filter(|name| field.read_as.first() == Some(name)) else {
        return Err(two_names(version, field));
    };
    addressable(number, name)?;
    let Some(kind) = Kind::of(ty) else {
        return Err(Obstacle::Type { version: number, field: name, ty: field.ty });
    };
    let has_default = match attributes.default {
        None => matches!(kind, Kind::Nullable(_)),
        Some(None) => has_constant_default(ty),
        Some(Some(_)) => false,
    };
    // A pipeline that moves nothing to a name leaves there what is.
    let moves_onto_another = written.iter().any(|field| {
        field.source == Source::Stored(name)
            && field.name != name
            && version.fields.iter().any(|other| other.stored_as == Some(field.name))
    });
    let optional = has_default && !version.serde.contains(&"default") && name != "_id" && !moves_onto_another;
    Ok(StoredField { name, kind, optional })
}

/// Whether a pipeline can say the name as a path of one segment.
pub(super) fn addressable(version: u32, name: &'static str) -> Result<(), Obstacle> {
    if name.is_empty() || name.starts_with('$') || name.contains('.') {
        return Err(Obstacle::Name { version, name });
    }
    Ok(())
}
