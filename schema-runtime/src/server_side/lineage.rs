//! Where each field of the current version has its value from, in a document of a stored version.

use schema_core::{
    Decode,
    history::{Field, Step, Version},
};

use crate::trace::{
    Attributes, Kind, Obstacle, Omitted, Source, addressable, check_struct, check_type, has_constant_default,
    trace, two_names, type_of,
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
    check_struct(version)?;
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
    let source = trace::<T>(current, field, stored)?.source();
    if (name == "_id") != (source == Source::Stored("_id")) {
        return Err(Obstacle::Id { version: current.version });
    }
    Ok(WrittenField { name, source, omitted: Omitted::of(current, field)? })
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
