//! What serde's attributes leave certain about a field. Those that are not known here are obstacles.

use schema_core::history::{Field, Version};

use super::obstacle::Obstacle;

/// The attributes of a field that does nothing else than its type.
pub(crate) struct Attributes {
    /// `default`, and the function if it names one.
    pub(crate) default: Option<Option<&'static str>>,
    /// The function in `skip_serializing_if`.
    pub(crate) omitted: Option<&'static str>,
}

impl Attributes {
    pub(crate) fn of(version: &Version, field: &'static Field) -> Result<Self, Obstacle> {
        let mut found = Self { default: None, omitted: None };
        for attribute in field.serde {
            match attribute.split_once(" = ") {
                None if *attribute == "default" => found.default = Some(None),
                Some(("default", function)) => found.default = Some(Some(function)),
                Some(("skip_serializing_if", function)) => found.omitted = Some(function.trim_matches('"')),
                _ => {
                    let (version, field) = (version.version, field.label());
                    return Err(Obstacle::FieldAttribute { version, field, attribute });
                }
            }
        }
        Ok(found)
    }
}

/// Whether every document of a version has the same fields.
pub(crate) fn check_struct(version: &Version) -> Result<(), Obstacle> {
    match version.variants {
        Some(_) => Err(Obstacle::Enum { version: version.version }),
        None => Ok(()),
    }
}

/// Whether the fields of a type are all there is to it.
pub(crate) fn check_type(version: &Version) -> Result<(), Obstacle> {
    let known = ["default", "deny_unknown_fields"];
    match version.serde.iter().find(|attribute| !known.contains(attribute)) {
        Some(attribute) => Err(Obstacle::TypeAttribute { version: version.version, attribute }),
        None => Ok(()),
    }
}
