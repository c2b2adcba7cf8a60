//! Fields and types with the names that the generated code has for its own, and with names beyond ASCII.

#![allow(non_snake_case, reason = "all the names that the generated code has")]

use schema_runtime::{
    VersionedDocument,
    bson::{deserialize_from_slice, rawdoc, serialize_to_vec},
};

macro_rules! with_fields {
    ($($field:ident)*) => {
        #[derive(Debug, VersionedDocument)]
        #[versioned(version = 1)]
        struct AllV1 {
            $($field: i32,)*
        }

        #[derive(Debug, VersionedDocument)]
        #[versioned(version = 2, previous = AllV1)]
        struct AllV2 {
            $($field: i64,)*
        }

        fn all_v1() -> AllV1 {
            AllV1 { $($field: stringify!($field).len().try_into().unwrap(),)* }
        }

        fn all_fields(all: &AllV2) -> Vec<(&'static str, i64)> {
            vec![$((stringify!($field), all.$field),)*]
        }
    };
}

with_fields! {
    __schema __previous __result __rule __old_a __new_a __O __D __S __Body __CHAIN __ACCOUNT __FALLIBLE __field0
    __value __private __stored __body __observer __document __serializer __deserializer __source __version __chain __error
    __unknown __to __PREVIOUS
    stored body observer previous version document error value source chain serializer deserializer old new
    convert rule verdict observe core std serde bson schema_core Ok Err Some None string i32 bool str
    r#type r#fn r#struct r#match r#async r#dyn
    größe 名前 цена _id __ _a
}

#[test]
fn a_field_may_have_any_name() {
    let bytes = serialize_to_vec(&all_v1()).unwrap();
    let all = deserialize_from_slice::<AllV2>(&bytes).unwrap();
    for (name, value) in all_fields(&all) {
        assert_eq!(value, i64::try_from(name.len()).unwrap(), "{name}");
    }
}

/// The names as they are stored: what `r#` stands before is no part of one.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct ÄltereFassung {
    r#type: String,
    größe: i32,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ÄltereFassung)]
struct NeuereFassung {
    #[versioned(from = r#type)]
    r#enum: String,
    #[versioned(from = größe, try_with = i8::try_from)]
    länge: i8,
}

#[test]
fn stored_names_are_plain() {
    let stored = rawdoc! { "schemaVersion": 1, "type": "a", "größe": 5 };
    let new = schema_runtime::decode::<NeuereFassung>(&stored).unwrap();
    let written = schema_runtime::encode(&new).unwrap();
    assert_eq!(written, rawdoc! { "schemaVersion": 2, "enum": "a", "länge": 5 });

    let stored = rawdoc! { "schemaVersion": 1, "type": "a", "größe": 500 };
    let error = schema_runtime::decode::<NeuereFassung>(&stored).unwrap_err();
    assert_eq!(error.path().unwrap().to_string(), "länge");
}
