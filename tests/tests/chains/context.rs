//! Steps that need what no document holds: whatever may fail can ask for it, in every way of reading and of going back.

use std::{any::type_name, collections::BTreeMap, error::Error};

use schema_runtime::{
    DecodeError, DecodeErrorKind, DecodeOwned, Upgrade, VersionedDocument,
    bson::{Document, doc, rawdoc, serialize_to_raw_document_buf},
    context::{self, Contexts, MissingContext},
    decode, decode_stored, encode_at, replay,
};
use schema_tests::ways::ways_in;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The names of cities by their zip codes.
#[derive(Debug)]
struct Cities(BTreeMap<i32, &'static str>);

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn city_of(zip: i32) -> Fallible<String> {
    let cities = context::get::<Cities>()?;
    let name = cities.0.get(&zip).ok_or_else(|| format!("{zip} is the zip code of no city"))?;
    Ok((*name).to_owned())
}

fn zip_of(city: String) -> Fallible<i32> {
    let cities = context::get::<Cities>()?;
    let found = cities.0.iter().find(|(_, name)| **name == city);
    Ok(*found.ok_or_else(|| format!("there is no city {city}"))?.0)
}

fn cities() -> Contexts {
    Contexts::new().with(Cities(BTreeMap::from([(1010, "Vienna"), (4020, "Linz")])))
}

macro_rules! chain {
    ($old:ident, $new:ident, $from:ty => $to:ty, ($($step:tt)*), ($($rule:tt)*)) => {
        #[derive(Debug, VersionedDocument)]
        #[versioned(version = 1)]
        struct $old {
            place: $from,
        }

        #[derive(Debug, PartialEq, VersionedDocument)]
        #[versioned(version = 2, previous = $old $($step)*)]
        struct $new {
            $($rule)*
            place: $to,
        }
    };
}

chain!(
    WithV1, With, i32 => String, (, reversible),
    (#[versioned(try_with = city_of, try_back_with = zip_of)])
);
chain!(ComputedV1, Computed, i32 => String, (, removed(place)), (#[versioned(try_compute = |old| city_of(old.place))]));
chain!(ByHandV1, ByHand, i32 => String, (, manual), ());
chain!(EmbeddedV1, Embedded, Vec<PlaceV1> => Vec<Place>, (, reversible), ());
chain!(WithinV1, Within, Vec<With> => Vec<With>, (), ());

impl TryFrom<ByHandV1> for ByHand {
    type Error = Box<dyn Error + Send + Sync>;

    fn try_from(old: ByHandV1) -> Fallible<Self> {
        Ok(Self { place: city_of(old.place)? })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct PlaceV1 {
    zip: i32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Upgrade)]
#[versioned(previous = PlaceV1, reversible)]
struct Place {
    #[versioned(from = zip, try_with = city_of, try_back_with = zip_of)]
    city: String,
}

fn is_cities(missing: Option<MissingContext>) -> bool {
    missing.is_some_and(|missing| missing.type_name() == type_name::<Cities>())
}

/// Reads a document in every way, without its context, with it, and with one that does not have the place.
fn check<T: DecodeOwned + DeserializeOwned + PartialEq + std::fmt::Debug>(stored: &Document, expected: &T) {
    let said = context::get::<Cities>().unwrap_err().to_string();
    for (way, read) in ways_in::<T>() {
        let error = read(stored).unwrap_err();
        assert!(error.contains(&said), "{way}: {error}");
        assert_eq!(&cities().scope(|| read(stored)).unwrap(), expected, "{way}");
        let error = Contexts::new().with(Cities(BTreeMap::new())).scope(|| read(stored)).unwrap_err();
        assert!(error.contains("is the zip code of no city") && !error.contains(&said), "{way}: {error}");
    }

    let raw = serialize_to_raw_document_buf(stored).unwrap();
    let failed: [(&str, DecodeError); 3] = [
        ("decode", decode::<T>(&raw).unwrap_err()),
        ("decode_stored", decode_stored::<T>(&raw).unwrap_err()),
        ("replay", replay::<T>(&raw).unwrap_err()),
    ];
    for (way, error) in failed {
        assert!(is_cities(error.missing_context()), "{way}: {error:?}");
    }
    cities().scope(|| {
        assert_eq!(&decode_stored::<T>(&raw).unwrap().document, expected);
        assert_eq!(replay::<T>(&raw).unwrap().len(), 2);
    });
}

#[test]
fn whatever_may_fail_can_ask() {
    let linz = || "Linz".to_owned();
    check(&doc! { "place": 4020 }, &With { place: linz() });
    check(&doc! { "place": 4020 }, &Computed { place: linz() });
    check(&doc! { "place": 4020 }, &ByHand { place: linz() });
    check(&doc! { "place": [{ "zip": 4020 }] }, &Embedded { place: vec![Place { city: linz() }] });
    check(&doc! { "place": [{ "place": 4020 }] }, &Within { place: vec![With { place: linz() }] });
}

/// A document within another one fails the body of that one, and is looked for with a second read.
#[test]
fn the_place_is_found_in_a_document_within_another() {
    let stored = rawdoc! { "place": [{ "place": 4020 }, { "place": 1 }] };
    let error = cities().scope(|| decode::<Within>(&stored)).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::Body { stored: 1, .. }), "{error:?}");
    assert_eq!((error.path().unwrap().to_string().as_str(), error.missing_context()), ("place[1]", None));

    let error = decode::<Within>(&stored).unwrap_err();
    assert_eq!(error.path().unwrap().to_string(), "place[0]");
    assert!(is_cities(error.missing_context()), "{error:?}");
}

#[test]
fn the_way_back_can_ask() {
    fn check<T: VersionedDocument>(document: fn() -> T, stored: &Document) {
        let error = encode_at(document(), 1).unwrap_err();
        assert!(is_cities(error.missing_context()), "{error:?}");
        let back = cities().scope(|| encode_at(document(), 1)).unwrap();
        assert_eq!(&Document::try_from(back).unwrap(), stored);
    }
    check(|| With { place: "Linz".to_owned() }, &doc! { "schemaVersion": 1, "place": 4020 });
    check(
        || Embedded { place: vec![Place { city: "Vienna".to_owned() }] },
        &doc! { "schemaVersion": 1, "place": [{ "zip": 1010 }] },
    );
}

#[test]
fn a_current_document_needs_no_context() {
    let stored = rawdoc! { "schemaVersion": 2, "place": "Graz" };
    assert_eq!(decode::<With>(&stored).unwrap(), With { place: "Graz".to_owned() });
}

#[test]
fn the_error_names_the_field_the_context_and_what_to_do() {
    let error = decode::<With>(&rawdoc! { "_id": 7, "place": 4020 }).unwrap_err();
    assert_eq!(
        error.one_line(),
        format!(
            "`With`, _id 7: the step from schema version 1 to 2 failed: field `place` could not be converted: there is \
             no context `{}` here; read through a `VersionedCollection` that was given one (`with_context`), or within \
             `Contexts::scope`",
            type_name::<Cities>()
        )
    );
}
