//! What keeps the server from upgrading a version, each as the sentence that a plan shows.

use mongodb::bson::{Bson, DateTime, oid::ObjectId};
use schema_runtime::{DecodeOwned, Unknown, VersionedDocument, server_side::ServerSide};
use serde::{Deserialize, Serialize};

fn now() -> String {
    String::new()
}

fn is_zero(number: &i32) -> bool {
    *number == 0
}

#[track_caller]
fn assert_obstacle<T: DecodeOwned>(sentence: &str) {
    let found = ServerSide::of::<T>();
    assert_eq!(found.passes(), []);
    assert_eq!(found.to_string(), format!("by the client: version 1, because {sentence}\n"));
}

/// A chain of two versions; what the second does with the first's fields is the obstacle.
macro_rules! obstacle {
    ($name:ident: $sentence:literal, { $($old:tt)* } $(#[$attribute:meta])* ($($key:tt)*) { $($new:tt)* }) => {
        #[test]
        fn $name() {
            #[derive(VersionedDocument)]
            #[versioned(version = 1)]
            #[allow(dead_code, reason = "never made")]
            struct Old { $($old)* }

            #[derive(VersionedDocument)]
            #[versioned(version = 2, previous = Old, $($key)*)]
            $(#[$attribute])*
            #[allow(dead_code, reason = "never made")]
            struct New { $($new)* }

            assert_obstacle::<New>($sentence);
        }
    };
}

#[derive(Serialize, Deserialize)]
struct Address {
    zip: String,
}

obstacle! {
    a_function: "`b` of version 2 is made by the function `|a| a + 1`",
    { a: i32 } () { #[versioned(from = a, with = |a| a + 1)] b: i32 }
}

obstacle! {
    a_computed_field: "`b` of version 2 is made by the function `|old| old.a`",
    { a: i32 } (removed(a)) { #[versioned(compute = |old| old.a)] b: i32 }
}

obstacle! {
    another_type: "`a` of version 2 becomes a `i64`, and its value was a `i32`",
    { a: i32 } () { a: i64 }
}

obstacle! {
    a_call_for_each_document: "`b` of version 2 is added as `now()`, which is not certain to be the same for every \
        document; a literal or the name of a constant would be",
    { a: i32 } () { a: i32, #[versioned(added = now())] b: String }
}

obstacle! {
    a_new_id_for_each_document: "`b` of version 2 is added as `Default::default()`, which is not certain to be the same \
        for every document; a literal or the name of a constant would be",
    { a: i32 } () { a: i32, #[versioned(added)] b: ObjectId }
}

obstacle! {
    a_type_of_its_own: "`a` of version 1 is a `Address`, and the server cannot tell which values that type reads and what \
        it writes for them",
    { a: Address } () { #[versioned(from = a)] b: Address }
}

obstacle! {
    any_value: "`a` of version 1 is a `Bson`, and the server cannot tell which values that type reads and what it writes \
        for them",
    { a: Bson } () { a: Bson }
}

obstacle! {
    a_removed_type_of_its_own: "`a` of version 1 is a `Vec<Address>`, and the server cannot tell which values that type \
        reads and what it writes for them",
    { a: Vec<Address> } (removed(a)) { #[versioned(added)] b: bool }
}

obstacle! {
    another_form: "`a` of version 2 has the attribute `#[serde(with = \"mongodb::bson::serde_helpers::datetime::AsRfc3339String\")]`",
    { a: DateTime } () { #[serde(with = "mongodb::bson::serde_helpers::datetime::AsRfc3339String")] a: DateTime }
}

obstacle! {
    flattened_fields: "`a` of version 2 has the attribute `#[serde(flatten)]`",
    { #[serde(flatten)] a: Address } () { #[serde(flatten)] a: Address, #[versioned(added)] b: bool }
}

obstacle! {
    a_value_that_a_function_leaves_out: "`a` of version 2 is made by the function `is_zero`",
    { a: i32 } () { #[serde(skip_serializing_if = "is_zero")] a: i32 }
}

obstacle! {
    two_names: "`a` of version 1 is not read and written under one name",
    { #[serde(rename(deserialize = "b"))] a: i32 } () { a: i32 }
}

obstacle! {
    a_value_that_was_never_stored: "`a` of version 1 is not read and written under one name",
    { #[serde(skip, default = "now")] a: String } () { a: String }
}

obstacle! {
    a_name_that_is_a_path: "`a.b` of version 2 is a name that the server takes for something else",
    { a: i32 } () { #[serde(rename = "a.b")] a: i32 }
}

obstacle! {
    another_id: "the `_id` of version 2 is not that of the version before it",
    { a: i32 } () { #[serde(rename = "_id")] a: i32 }
}

#[test]
fn unknown_fields_kept() {
    #[derive(VersionedDocument)]
    #[versioned(version = 1)]
    struct Old {
        a: i32,
    }

    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = Old)]
    struct New {
        a: i32,
        #[versioned(unknown, added)]
        rest: Unknown,
    }

    assert_obstacle::<New>("version 2 keeps what it does not know in `rest`");
}

#[test]
fn a_default_that_is_a_function_of_the_type() {
    #[derive(VersionedDocument)]
    #[versioned(version = 1)]
    #[serde(default = "one")]
    struct Old {
        a: i32,
    }

    fn one() -> Old {
        Old { a: 1 }
    }

    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = Old)]
    struct New {
        a: i32,
    }

    assert_obstacle::<New>("the type of version 1 has the attribute `#[serde(default = \"one\")]`");
}

#[test]
fn a_step_by_hand() {
    #[derive(VersionedDocument)]
    #[versioned(version = 1)]
    struct Old {
        a: i32,
    }

    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = Old, manual)]
    struct New {
        a: i32,
    }

    impl From<Old> for New {
        fn from(old: Old) -> Self {
            Self { a: old.a }
        }
    }

    assert_obstacle::<New>("the step to version 2 is written by hand");
}

#[test]
fn an_enum() {
    #[derive(VersionedDocument)]
    #[versioned(version = 1)]
    #[serde(tag = "kind")]
    enum Old {
        One { a: i32 },
    }

    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = Old)]
    #[serde(tag = "kind")]
    enum New {
        One { a: i32 },
    }

    assert_obstacle::<New>("version 2 is an enum, and which fields a document has depends on its variant");
}

#[test]
fn types_that_do_something_else_than_they_say() {
    #[derive(VersionedDocument)]
    #[versioned(version = 1)]
    struct Old {
        a: i32,
    }

    #[derive(VersionedDocument)]
    #[versioned(version = 2, previous = Old)]
    struct New {
        a: i32,
        #[versioned(added = Serial)]
        b: Serial,
    }

    /// A constant that is written as another number each time.
    struct Serial;

    impl Serialize for Serial {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use std::sync::atomic::{AtomicI32, Ordering};
            static LAST: AtomicI32 = AtomicI32::new(0);
            serializer.serialize_i32(LAST.fetch_add(1, Ordering::Relaxed))
        }
    }

    impl<'de> Deserialize<'de> for Serial {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            i32::deserialize(deserializer).map(|_| Self)
        }
    }

    assert_obstacle::<New>(
        "a sample of version 1 was upgraded in another way than its fields say: `b` was not the same each time",
    );
}

obstacle! {
    a_field_that_says_the_kind_later: "`type` is a field of version 1, and says the kind in later ones",
    { a: i32, #[serde(rename = "type")] b: String } (removed(b), kind(key = "type", value = "video")) { a: i32 }
}

#[test]
fn only_versions_before_an_obstacle_have_it() {
    use super::chains::Device;

    let found = ServerSide::of::<Device>();
    assert_eq!(
        found.to_string(),
        "inside the server: version 2\n\
         by the client: version 1, because `name` of version 2 is made by the function `|name: String| name.to_uppercase()`\n"
    );
    let serialized = serde_json::to_value(&found).unwrap();
    assert_eq!(serialized["insideServer"], serde_json::json!(["version 2"]));
    assert_eq!(serialized["byClient"][0]["version"], 1);
}
