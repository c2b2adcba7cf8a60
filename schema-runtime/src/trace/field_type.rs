//! The Rust type of a field as the compiler names it. What the source calls `String` may be an alias, or somebody's own.

mod not_there;

use std::{any::type_name, cell::Cell, marker::PhantomData};

use schema_core::{__private::Observe, Decode, VersionedDocument};
use serde::{
    de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor, value::Error},
    forward_to_deserialize_any,
};

use self::not_there::NotThere;

/// The type of the field that this version reads under that name. `None` where serde does not read it by itself.
pub(crate) fn field_type<T: Decode<'static>>(version: u32, name: &'static str) -> Option<&'static str> {
    argument(asked::<T>(version, name)?.seed, type_name::<PhantomData<()>>())
}

/// Whether the type of that field makes something of a field that is not there, as an `Option` does and whatever is read as one.
pub(crate) fn reads_nothing<T: Decode<'static>>(version: u32, name: &'static str) -> bool {
    asked::<T>(version, name).is_some_and(|asked| asked.reads_nothing)
}

fn asked<T: Decode<'static>>(version: u32, name: &'static str) -> Option<Asked> {
    let asked = Cell::new(None);
    drop(T::decode_at(version, OneField { name, asked: &asked }, &mut Nobody));
    asked.take()
}

/// What stands in `Container<..>`, where `container` is the name of `Container<()>`.
pub(crate) fn argument<'t>(ty: &'t str, container: &str) -> Option<&'t str> {
    ty.strip_prefix(container.strip_suffix("()>")?)?.strip_suffix('>')
}

/// A document of one field, which notes what is asked for its value and then ends in an error.
struct OneField<'s> {
    name: &'static str,
    asked: &'s Cell<Option<Asked>>,
}

/// What was asked for the value of that field.
#[derive(Clone, Copy)]
struct Asked {
    seed: &'static str,
    reads_nothing: bool,
}

impl Deserializer<'static> for OneField<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        <V: Visitor<'static>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl MapAccess<'static> for OneField<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'static>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        seed.deserialize(self.name.into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'static>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let reads_nothing = seed.deserialize(NotThere).is_ok();
        self.asked.set(Some(Asked { seed: type_name::<S>(), reads_nothing }));
        Err(Error::custom("the type has been seen"))
    }
}

struct Nobody;

impl Observe for Nobody {
    fn version<T: VersionedDocument>(&mut self, _: &T) {}
}

#[cfg(test)]
mod tests {
    use bson::oid::ObjectId;
    use schema_core::VersionedDocument;

    use super::*;

    type Mail = String;

    mod own {
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(from = "std::string::String", into = "std::string::String")]
        #[derive(Clone)]
        pub(crate) struct String(std::string::String);

        impl From<std::string::String> for String {
            fn from(text: std::string::String) -> Self {
                Self(text.to_lowercase())
            }
        }

        impl From<String> for std::string::String {
            fn from(text: String) -> Self {
                text.0
            }
        }
    }

    #[derive(VersionedDocument)]
    #[versioned(version = 1)]
    #[allow(dead_code, reason = "only its types count")]
    struct Plain {
        #[serde(rename = "_id")]
        id: ObjectId,
        mail: Mail,
        shadow: own::String,
        tags: Option<Vec<String>>,
        #[serde(with = "by_hand")]
        by_hand: i32,
        boxed: Box<Option<i32>>,
        within: Within,
        json: bson::Bson,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(transparent)]
    struct Within(Option<i32>);

    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = Plain, removed(id, shadow, tags, by_hand, boxed, within, json))]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its types count")]
    struct Strict {
        mail: Mail,
    }

    mod by_hand {
        use serde::{Deserialize, Deserializer, Serializer};

        pub(crate) fn serialize<S: Serializer>(value: &i32, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_i32(-value)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
            i32::deserialize(deserializer).map(|value| -value)
        }
    }

    #[test]
    fn it_is_that_of_the_compiler() {
        let of = |version, name| field_type::<Strict>(version, name);
        assert_eq!(of(1, "_id"), Some(type_name::<ObjectId>()));
        assert_eq!(of(1, "mail"), Some(type_name::<String>()));
        assert_eq!(of(1, "shadow"), Some(type_name::<own::String>()));
        assert_eq!(of(1, "tags"), Some(type_name::<Option<Vec<String>>>()));
        assert_eq!(of(2, "mail"), Some(type_name::<String>()));
        // Functions of serde's are asked through a type of their own, unknown names not at all.
        assert_ne!(of(1, "by_hand"), Some(type_name::<i32>()));
        assert!(of(1, "nothing").is_none_or(|ty| ty.contains("IgnoredAny")));
        assert_eq!(of(2, "nothing"), None);
    }

    #[test]
    fn what_reads_as_an_option_reads_nothing() {
        let reads = |name| reads_nothing::<Strict>(1, name);
        assert!(["tags", "boxed", "within"].into_iter().all(reads));
        assert!(!["_id", "mail", "shadow", "json"].into_iter().any(reads));
    }
}
