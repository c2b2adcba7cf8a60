//! Constants, statics and types of the user's with the names of locals. A constant makes a pattern of what was meant as a new
//! name, so generated code may bind no name that anybody writes; nor may it mean a primitive type by its name alone.

#![allow(dead_code, non_camel_case_types, non_upper_case_globals)]

use schema_runtime::{bson::rawdoc, decode, encode_at};

macro_rules! constants {
    ($($name:ident)*) => {
        $(pub(super) const $name: u8 = 0;)*
    };
}

macro_rules! statics {
    ($($name:ident)*) => {
        $(pub(super) static $name: u8 = 0;)*
    };
}

macro_rules! unit_structs {
    ($($name:ident)*) => {
        $(pub(super) struct $name;)*
    };
}

mod in_the_way {
    // Not here, as serde's own derive needs them: `u8`, `u64`, `usize`, `str`; and names of fields of variants.
    constants! {
        value error result rule carry old new name field chain history fallible
        chosen answer verdict from into
    }
    statics! {
        stored body observer document previous unknown version serializer deserializer
        source convert current next
    }
    unit_structs! { this target record variant step fault gathered slot here place other rest known names }

    pub(super) type u16 = Wrong;
    pub(super) type u32 = Wrong;
    pub(super) type i8 = Wrong;
    pub(super) type i16 = Wrong;
    pub(super) type i32 = Wrong;
    pub(super) type i64 = Wrong;
    pub(super) type f32 = Wrong;
    pub(super) type f64 = Wrong;
    pub(super) type bool = Wrong;
    pub(super) type char = Wrong;
    pub(super) struct String;
    pub(super) struct Wrong;
}

mod core {
    pub(super) type Count = ::core::primitive::i32;
}

mod serde {
    pub(super) type Text = ::std::string::String;
}

mod versions {
    #[allow(unused_imports, reason = "what the generated code must not take")]
    use super::in_the_way::*;
    use super::{core, serde};

    #[derive(::schema_runtime::VersionedDocument)]
    #[versioned(version = 1)]
    pub(super) struct ThingV1 {
        pub(super) name: serde::Text,
        pub(super) size: core::Count,
        pub(super) count: core::Count,
        pub(super) parts: ::std::vec::Vec<PartV1>,
    }

    #[derive(::schema_runtime::VersionedDocument)]
    #[versioned(version = 2, previous = ThingV1, reversible)]
    pub(super) struct ThingV2 {
        #[versioned(from = name, with = |given| given, back_with = |given| given)]
        pub(super) title: serde::Text,
        #[versioned(try_with = ::core::convert::TryFrom::try_from, back_with = ::core::convert::From::from)]
        pub(super) size: ::core::primitive::i8,
        pub(super) count: core::Count,
        pub(super) parts: ::std::vec::Vec<PartV2>,
        #[versioned(added, unknown)]
        pub(super) rest: ::schema_runtime::Unknown,
        #[versioned(compute = |thing: &ThingV1| thing.name.len())]
        pub(super) length: ::core::primitive::usize,
    }

    #[derive(::serde::Serialize, ::serde::Deserialize)]
    pub(super) struct PartV1 {
        pub(super) amount: core::Count,
    }

    #[derive(::serde::Serialize, ::serde::Deserialize, ::schema_runtime::Upgrade)]
    #[versioned(previous = PartV1, reversible)]
    pub(super) struct PartV2 {
        pub(super) amount: core::Count,
    }

    #[derive(::schema_runtime::VersionedDocument)]
    #[versioned(version = 1)]
    #[serde(tag = "kind")]
    pub(super) enum EventV1 {
        Moved { to: serde::Text },
        Paused(PartV1),
        Closed,
    }

    #[derive(::schema_runtime::VersionedDocument)]
    #[versioned(version = 2, previous = EventV1, removed(Closed => Ended))]
    #[serde(tag = "kind")]
    pub(super) enum EventV2 {
        Moved {
            to: serde::Text,
        },
        Paused(PartV2),
        #[versioned(added)]
        Ended,
    }
}

#[test]
fn constants_statics_and_types_of_any_name_may_be_in_scope() {
    let stored = rawdoc! { "name": "a", "size": 7, "count": 1, "parts": [{ "amount": 2 }], "other": true };
    let thing = decode::<versions::ThingV2>(&stored).unwrap();
    assert_eq!((thing.title.as_str(), thing.size, thing.count, thing.length), ("a", 7, 1, 1));
    assert_eq!(thing.parts[0].amount, 2);
    assert!(thing.rest.names().eq(["other"]));
    let back = rawdoc! { "schemaVersion": 1, "name": "a", "size": 7, "count": 1, "parts": [{ "amount": 2 }] };
    assert_eq!(encode_at(thing, 1).unwrap(), back);

    let event = decode::<versions::EventV2>(&rawdoc! { "kind": "Paused", "amount": 3 }).unwrap();
    assert!(matches!(event, versions::EventV2::Paused(versions::PartV2 { amount: 3 })));
    let event = decode::<versions::EventV2>(&rawdoc! { "kind": "Closed" }).unwrap();
    assert!(matches!(event, versions::EventV2::Ended));
}
