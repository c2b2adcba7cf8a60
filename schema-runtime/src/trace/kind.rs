//! How the values of a Rust type are stored, for the types of which that is certain: reading one and writing it again gives
//! the very same value. A type of the user's may do as it likes, and nobody outside of it can tell.

use std::any::type_name;

use bson::{Bson, DateTime, Decimal128, oid::ObjectId};

use super::field_type::argument;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Always the same type of BSON, by its name in a query.
    Scalar(&'static str),
    List(Box<Kind>),
    Nullable(Box<Kind>),
}

pub(crate) const TEXT: Kind = Kind::Scalar("string");

impl Kind {
    /// `None` for a type of which it is not certain.
    pub(crate) fn of(ty: &str) -> Option<Self> {
        if let Some(inner) = in_box(ty) {
            return Self::of(inner);
        }
        if let Some(inner) = in_option(ty) {
            return match Self::of(inner)? {
                // What is within would be read as nothing and written as null.
                Self::Nullable(_) => None,
                kind => Some(Self::Nullable(Box::new(kind))),
            };
        }
        if let Some(element) = in_list(ty) {
            return Self::of(element).map(|kind| Self::List(Box::new(kind)));
        }
        let scalars = [
            (type_name::<String>(), "string"),
            (type_name::<bool>(), "bool"),
            (type_name::<i32>(), "int"),
            (type_name::<i64>(), "long"),
            (type_name::<f64>(), "double"),
            (type_name::<ObjectId>(), "objectId"),
            (type_name::<DateTime>(), "date"),
            (type_name::<Decimal128>(), "decimal"),
        ];
        scalars.iter().find(|(name, _)| *name == ty).map(|(_, bson)| Self::Scalar(bson))
    }

    /// The same without null.
    pub(crate) fn value(&self) -> &Self {
        match self {
            Self::Nullable(value) => value,
            other => other,
        }
    }

    /// The type of BSON of values other than null.
    pub(crate) fn bson(&self) -> &'static str {
        match self {
            Self::Scalar(bson) => bson,
            Self::List(_) => "array",
            Self::Nullable(value) => value.bson(),
        }
    }

    /// A value, another one for another number.
    pub(crate) fn sample(&self, number: u8) -> Bson {
        match self {
            Self::Nullable(value) => value.sample(number),
            Self::List(element) => Bson::Array(vec![element.sample(number), element.sample(number + 1)]),
            Self::Scalar("string") => Bson::from(format!(" Sample {number} ")),
            Self::Scalar("bool") => Bson::from(number.is_multiple_of(2)),
            Self::Scalar("int") => Bson::from(-i32::from(number)),
            Self::Scalar("long") => Bson::from(-i64::from(number)),
            Self::Scalar("double") => Bson::from(-f64::from(number) / 8.0),
            Self::Scalar("objectId") => Bson::from(ObjectId::from_bytes([number; 12])),
            Self::Scalar("date") => Bson::from(DateTime::from_millis(number.into())),
            Self::Scalar(_) => Bson::from(Decimal128::from_bytes([number; 16])),
        }
    }
}

/// Whether `Default` of that type is the same each time and everywhere. An `ObjectId` is a new one.
pub(crate) fn has_constant_default(ty: &str) -> bool {
    let numbers = [
        type_name::<i8>(),
        type_name::<i16>(),
        type_name::<i32>(),
        type_name::<i64>(),
        type_name::<u8>(),
        type_name::<u16>(),
        type_name::<u32>(),
        type_name::<u64>(),
        type_name::<f32>(),
        type_name::<f64>(),
    ];
    let others = [type_name::<bool>(), type_name::<String>()];
    numbers.contains(&ty)
        || others.contains(&ty)
        || in_option(ty).is_some()
        || in_list(ty).is_some()
        || in_box(ty).is_some_and(has_constant_default)
}

/// That default as it is stored, if it is one of which that is certain.
pub(crate) fn default_value(ty: &str) -> Option<Bson> {
    if let Some(inner) = in_box(ty) {
        return default_value(inner);
    }
    if in_option(ty).is_some() {
        return Some(Bson::Null);
    }
    if in_list(ty).is_some() {
        return Some(Bson::Array(Vec::new()));
    }
    match Kind::of(ty)? {
        TEXT => Some(Bson::from("")),
        Kind::Scalar("bool") => Some(Bson::from(false)),
        Kind::Scalar("int") => Some(Bson::from(0)),
        Kind::Scalar("long") => Some(Bson::from(0_i64)),
        Kind::Scalar("double") => Some(Bson::from(0.0)),
        _ => None,
    }
}

/// Whether a field of type `old` is carried to one of type `new` with nothing done to its value. Two types of one name
/// are one type, and the conversion of a type into itself is nobody's to write.
pub(crate) fn is_carried_as_it_is(old: &str, new: &str) -> bool {
    old == new || (in_option(new) == Some(old) && in_option(old).is_none())
}

fn in_option(ty: &str) -> Option<&str> {
    argument(ty, type_name::<Option<()>>())
}

fn in_list(ty: &str) -> Option<&str> {
    argument(ty, type_name::<Vec<()>>())
}

fn in_box(ty: &str) -> Option<&str> {
    argument(ty, type_name::<Box<()>>())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use bson::Document;

    use super::*;

    fn kind<T>() -> Option<Kind> {
        Kind::of(type_name::<T>())
    }

    #[test]
    fn containers_are_looked_into() {
        let text = || Box::new(TEXT);
        assert_eq!(kind::<String>(), Some(TEXT));
        assert_eq!(kind::<Box<Option<String>>>(), Some(Kind::Nullable(text())));
        let nullable = Kind::Nullable(Box::new(Kind::Scalar("int")));
        assert_eq!(kind::<Vec<Option<i32>>>(), Some(Kind::List(Box::new(nullable))));
    }

    #[test]
    fn what_may_be_stored_in_another_form_has_none() {
        // Each is read from more than it writes, or writes more than one type.
        assert_eq!(kind::<f32>(), None);
        assert_eq!(kind::<u64>(), None);
        assert_eq!(kind::<Bson>(), None);
        assert_eq!(kind::<Document>(), None);
        assert_eq!(kind::<HashMap<String, i32>>(), None);
        assert_eq!(kind::<Option<Option<i32>>>(), None);
        assert_eq!(kind::<Vec<Kind>>(), None);
        assert_eq!(kind::<(String, String)>(), None);
    }

    #[test]
    fn a_new_id_is_no_constant() {
        assert!(has_constant_default(type_name::<Vec<Kind>>()));
        assert!(has_constant_default(type_name::<Option<ObjectId>>()));
        assert!(!has_constant_default(type_name::<ObjectId>()));
        assert!(!has_constant_default(type_name::<Kind>()));
    }
}
