//! Traits of the user's own, for every type there is, with methods of the names that generated code calls.

use schema_runtime::{DecodeErrorKind, Upgrade, VersionedDocument, bson::rawdoc, decode, encode_at};

/// Everything has all of these methods, by value, by reference and by mutable reference.
macro_rules! everywhere {
    ($($name:ident: $($method:ident)*;)*) => {
        $(
            #[allow(dead_code, non_camel_case_types)]
            trait $name: Sized {
                $(fn $method(self) -> Wrong {
                    Wrong
                })*
            }

            impl<T> $name for T {}
        )*
    };
}

#[derive(Debug)]
struct Wrong;

everywhere! {
    OfCarry: rule error verdict carry carry_by carry_back_by between can_fail;
    OfConvert: convert at_field upgrade_from here;
    OfDecode: decode_at observe version go_back stored;
    OfSerde: serialize deserialize serialize_field end;
    OfStd: from into try_from try_into clone default map_err ok_or map;
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1)]
struct OrderV1 {
    name: String,
    count: String,
    lines: Vec<LineV1>,
    note: String,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = OrderV1, reversible)]
struct OrderV2 {
    #[versioned(from = name)]
    title: String,
    #[versioned(try_with = |text: String| text.parse::<i32>(), back_with = |count: i32| count.to_string())]
    count: i32,
    lines: Vec<LineV2>,
    note: String,
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct LineV1 {
    quantity: i32,
}

#[derive(Debug, serde::Serialize, serde::Deserialize, Upgrade)]
#[versioned(previous = LineV1, reversible)]
struct LineV2 {
    #[versioned(with = |quantity: i32| quantity as i64, back_with = |quantity: i64| quantity as i32)]
    quantity: i64,
}

#[test]
fn methods_of_the_same_names_are_not_taken() {
    let stored = rawdoc! { "name": "a", "count": "2", "lines": [{ "quantity": 3 }], "note": "" };
    let order = decode::<OrderV2>(&stored).unwrap();
    assert_eq!((order.title.as_str(), order.count, order.lines[0].quantity), ("a", 2, 3));
    let back = rawdoc! {
        "schemaVersion": 1, "name": "a", "count": "2", "lines": [{ "quantity": 3 }], "note": "",
    };
    assert_eq!(encode_at(order, 1).unwrap(), back);

    let stored = rawdoc! { "name": "a", "count": "many", "lines": [], "note": "" };
    let error = decode::<OrderV2>(&stored).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::Step { from: 1, to: 2, .. }), "{error:?}");
}
