//! Types that a macro of the user's writes: parts come from the macro, and parts from where it is called.

use schema_runtime::{VersionedDocument, bson::rawdoc, decode};

/// Fields, types, rules and previous type from the caller; the rest from here.
macro_rules! chain {
    ($(
        $(#[$attribute:meta])*
        $visibility:vis $name:ident = $version:literal $(after $previous:ty)? {
            $($(#[$rule:meta])* $field:ident: $type:ty,)*
        }
    )*) => {
        $(
            #[derive(Debug, VersionedDocument)]
            #[versioned(version = $version $(, previous = $previous)?)]
            $(#[$attribute])*
            $visibility struct $name {
                $($(#[$rule])* $field: $type,)*
                /// From the macro, so its name has another meaning than the same one of the caller's.
                hidden: i32,
            }
        )*
    };
}

chain! {
    #[versioned(collection = "things")]
    ThingV1 = 1 {
        name: String,
        size: String,
    }

    #[serde(rename_all = "camelCase")]
    pub(crate) ThingV2 = 2 after ThingV1 {
        #[versioned(from = name)]
        full_name: String,
        #[versioned(try_with = |text| text.parse::<u32>())]
        size: u32,
        #[versioned(compute = |old: &ThingV1| old.name.len())]
        length: usize,
        #[versioned(added = LIMIT)]
        limit: i32,
    }
}

const LIMIT: i32 = 3;

#[test]
fn a_macro_may_write_the_types() {
    let stored = rawdoc! { "name": "Ada", "size": "7", "hidden": 1 };
    let thing = decode::<ThingV2>(&stored).unwrap();
    assert_eq!((thing.full_name.as_str(), thing.size, thing.length), ("Ada", 7, 3));
    assert_eq!((thing.limit, thing.hidden), (3, 1));
    assert_eq!(ThingV2::CHAIN.collection, Some("things"));
}

/// A type that a macro writes inside a function, once for each call.
macro_rules! read_as {
    ($field:ident: $type:ty, $document:expr) => {{
        #[derive(VersionedDocument)]
        #[versioned(version = 1)]
        struct Local {
            $field: $type,
        }
        decode::<Local>(&$document).unwrap().$field
    }};
}

#[test]
fn a_macro_may_write_types_inside_a_function() {
    assert_eq!(read_as!(name: String, rawdoc! { "name": "Ada" }), "Ada");
    assert_eq!(read_as!(size: i32, rawdoc! { "size": 7 }), 7);
}
