//! Types, functions, modules and macros of the user's with the names of ours, of serde's and of the prelude's.

#![allow(dead_code, unused_macros, non_camel_case_types)]

use schema_runtime::bson::rawdoc;

mod shadowed {
    pub(super) struct Option<T>(T);
    pub(super) struct Result;
    pub(super) struct Vec;
    pub(super) struct Box;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Fault;
    pub(super) struct Chain;
    pub(super) struct Observe;
    pub(super) struct Decode;
    pub(super) struct Account;
    pub(super) struct Refused;
    pub(super) struct __Body;
    pub(super) struct __schema;
    pub(super) const __CHAIN: i32 = 1;
    pub(super) const __ACCOUNT: i32 = 1;
    pub(super) const __FALLIBLE: i32 = 1;
    pub(super) type String = i32;
    pub(super) trait VersionedDocument {}
    pub(super) trait Serialize {}
    pub(super) trait Deserialize {}
    pub(super) trait From {}
    pub(super) trait TryFrom {}
    pub(super) trait Default {}
    pub(super) trait Clone {}
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod alloc {}
    pub(super) mod serde {}
    pub(super) mod bson {}
    pub(super) mod schema_core {}
    pub(super) mod schema_runtime {}
}

macro_rules! panic {
    () => {
        compile_error!("the user's own macro")
    };
}

macro_rules! unreachable {
    () => {
        compile_error!("the user's own macro")
    };
}

mod versions {
    use super::shadowed::*;

    #[derive(::schema_runtime::VersionedDocument)]
    #[versioned(version = 1, collection = "things")]
    #[serde(deny_unknown_fields)]
    pub(super) struct ThingV1 {
        pub(super) name: ::std::string::String,
        pub(super) size: i32,
        pub(super) tags: ::std::option::Option<::std::vec::Vec<i32>>,
    }

    #[derive(::schema_runtime::VersionedDocument)]
    #[versioned(version = 2, previous = ThingV1)]
    pub(super) struct ThingV2 {
        #[versioned(from = name)]
        pub(super) title: ::std::string::String,
        #[versioned(try_with = <i8 as ::std::convert::TryFrom<i32>>::try_from)]
        pub(super) size: i8,
        pub(super) tags: ::std::option::Option<::std::vec::Vec<i64>>,
        #[versioned(added)]
        // The user's own alias, which stays the user's.
        pub(super) count: String,
    }
}

#[test]
fn the_user_may_use_any_name() {
    let stored = rawdoc! { "name": "a", "size": 7, "tags": [1] };
    let thing = schema_runtime::decode::<versions::ThingV2>(&stored).unwrap();
    assert_eq!((thing.title.as_str(), thing.size, thing.tags, thing.count), ("a", 7, Some(vec![1]), 0_i32));
}
