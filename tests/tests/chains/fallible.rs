//! A step is `From` where nothing in it can fail and `TryFrom` where something can, and nobody has to say
//! which: the conversion that fails may hide three types further down.

use std::{
    any::TypeId,
    collections::{BTreeMap, HashMap},
    convert::Infallible,
};

use schema_runtime::{Upgrade, UpgradeError, VersionedDocument};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct StreetV1 {
    name: String,
    zip: String,
}

/// The step to this type cannot fail.
#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = StreetV1)]
struct StreetV2 {
    name: String,
    #[versioned(from = zip)]
    postcode: String,
}

/// The step to this type can.
#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = StreetV1)]
struct CheckedStreetV2 {
    name: String,
    #[versioned(try_with = |zip: String| zip.parse::<u32>())]
    zip: u32,
}

/// A type in between, whose own step says nothing about failing.
#[derive(Serialize, Deserialize)]
struct HouseV1 {
    streets: Vec<Option<StreetV1>>,
}

#[derive(Serialize, Deserialize, Upgrade)]
#[versioned(previous = HouseV1)]
struct HouseV2 {
    streets: Vec<Option<CheckedStreetV2>>,
}

#[derive(PartialEq, Eq, Debug)]
enum Conversion {
    From,
    TryFrom,
}

/// What the step is, told by its error: every `From` is a `TryFrom` that cannot fail.
fn conversion<Old, New: TryFrom<Old, Error: 'static>>() -> Conversion {
    if TypeId::of::<New::Error>() == TypeId::of::<Infallible>() {
        Conversion::From
    } else {
        assert_eq!(TypeId::of::<New::Error>(), TypeId::of::<UpgradeError>());
        Conversion::TryFrom
    }
}

/// One test a line: a field of the old type, carried to a field of the new type.
macro_rules! carrying {
    ($($name:ident: $old:ty => $new:ty, $expected:ident;)*) => {
        $(
            #[test]
            fn $name() {
                #[derive(VersionedDocument)]
                #[versioned(version = 1)]
                struct V1 {
                    field: $old,
                }

                #[derive(VersionedDocument)]
                #[versioned(version = 2, previous = V1)]
                struct V2 {
                    field: $new,
                }

                assert_eq!(conversion::<V1, V2>(), Conversion::$expected);
            }
        )*
    };
}

carrying! {
    the_same_type: i32 => i32, From;
    a_wider_number: i32 => i64, From;
    a_narrower_number: i64 => i32, TryFrom;
    a_conversion_of_the_standard_library: Vec<u8> => Box<[u8]>, From;
    an_embedded_type: StreetV1 => StreetV2, From;
    an_embedded_type_that_can_fail: StreetV1 => CheckedStreetV2, TryFrom;
    within_an_option: Option<StreetV1> => Option<CheckedStreetV2>, TryFrom;
    within_containers: Vec<Option<StreetV1>> => Vec<Option<StreetV2>>, From;
    within_containers_that_can_fail: Vec<Option<StreetV1>> => Vec<Option<CheckedStreetV2>>, TryFrom;
    within_an_array: [StreetV1; 2] => [CheckedStreetV2; 2], TryFrom;
    within_a_map: HashMap<String, StreetV1> => HashMap<String, CheckedStreetV2>, TryFrom;
    within_a_sorted_map: BTreeMap<String, Vec<StreetV1>> => BTreeMap<String, Vec<StreetV2>>, From;
    a_number_within_a_container: Vec<i64> => Vec<i32>, TryFrom;
    three_types_down: Box<HouseV1> => Box<HouseV2>, TryFrom;
}

#[derive(VersionedDocument)]
#[versioned(version = 1)]
struct NoteV1 {
    text: String,
}

/// Functions that cannot fail leave the step infallible.
#[derive(VersionedDocument)]
#[versioned(version = 2, previous = NoteV1)]
struct NoteV2 {
    #[versioned(with = |text: String| text.lines().map(str::to_owned).collect())]
    text: Vec<String>,
    #[versioned(compute = |old: &NoteV1| old.text.len() as u64)]
    length: u64,
    #[versioned(added)]
    pinned: bool,
}

/// One function that can is enough.
#[derive(VersionedDocument)]
#[versioned(version = 2, previous = NoteV1)]
struct NumberNoteV2 {
    #[versioned(try_with = |text: String| text.parse::<i32>())]
    text: i32,
    #[versioned(added)]
    pinned: bool,
}

#[derive(VersionedDocument)]
#[versioned(version = 2, previous = NoteV1)]
struct ShortNoteV2 {
    text: String,
    #[versioned(try_compute = |old: &NoteV1| u8::try_from(old.text.len()))]
    length: u8,
}

#[test]
fn functions_say_themselves_whether_they_can_fail() {
    assert_eq!(conversion::<NoteV1, NoteV2>(), Conversion::From);
    assert_eq!(conversion::<NoteV1, NumberNoteV2>(), Conversion::TryFrom);
    assert_eq!(conversion::<NoteV1, ShortNoteV2>(), Conversion::TryFrom);
}

#[test]
fn an_infallible_step_is_called_like_any_from() {
    let note = NoteV2::from(NoteV1 { text: "a\nb".into() });
    assert_eq!((note.text, note.length, note.pinned), (vec!["a".into(), "b".into()], 3, false));

    let note: NoteV2 = NoteV1 { text: String::new() }.into();
    assert_eq!(note.length, 0);
}

#[test]
fn a_fallible_step_is_called_like_any_try_from() {
    let note: Result<NumberNoteV2, UpgradeError> = NoteV1 { text: "12".into() }.try_into();
    assert_eq!(note.unwrap().text, 12);

    let error = ShortNoteV2::try_from(NoteV1 { text: "x".repeat(256) }).err().unwrap();
    assert_eq!(error.path().to_string(), "length");
}
