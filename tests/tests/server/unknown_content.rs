//! What the types do not know is never overwritten, lost or mixed up by a backfill: either it stays where it was, or
//! the document is reported and stays as it was.

use std::collections::HashMap;

use mongodb::bson::{Bson, Document, RawDocumentBuf, doc, raw::cstr, rawdoc};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{Upgrade, VersionedCollection, VersionedDocument, backfill::Report};
use schema_tests::stored::all;
use serde::{Deserialize, Serialize};

use crate::support::database;

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "parcels")]
struct ParcelV1 {
    #[serde(rename = "_id")]
    id: i32,
    place: PlaceV1,
    #[serde(default)]
    stops: Vec<StopV1>,
    #[serde(default)]
    by_day: HashMap<String, Vec<StopV1>>,
    #[serde(default)]
    sorted: Vec<StopV1>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct PlaceV1 {
    zip: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    door: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct StopV1 {
    town: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<i32>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ParcelV1)]
struct ParcelV2 {
    #[serde(rename = "_id")]
    id: i32,
    place: PlaceV2,
    stops: Vec<StopV2>,
    by_day: HashMap<String, Vec<StopV2>>,
    #[versioned(with = by_name)]
    sorted: Vec<StopV1>,
    #[versioned(added)]
    tags: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize, Upgrade)]
#[versioned(previous = PlaceV1)]
struct PlaceV2 {
    zip: String,
    #[versioned(with = Option::unwrap_or_default)]
    door: String,
    #[versioned(added = "DE".to_owned())]
    country: String,
}

#[derive(Debug, Serialize, Deserialize, Upgrade)]
#[versioned(previous = StopV1, removed(id))]
struct StopV2 {
    #[versioned(from = town, with = |town| town.to_uppercase())]
    name: String,
}

fn by_name(mut stops: Vec<StopV1>) -> Vec<StopV1> {
    stops.sort_by(|left, right| left.town.cmp(&right.town));
    stops
}

/// A list of the type's that the next one has no place for.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = ParcelV2, removed(stops))]
struct ParcelV3 {
    #[serde(rename = "_id")]
    id: i32,
    place: PlaceV2,
    by_day: HashMap<String, Vec<StopV2>>,
    sorted: Vec<StopV1>,
    tags: Vec<String>,
}

/// One parcel through a backfill: the report, and how it is stored afterwards.
async fn backfilled<T>(stored: Document) -> (Report, Document)
where
    T: VersionedDocument + for<'de> schema_runtime::Decode<'de> + Send + Sync,
{
    let database = database().await;
    let raw = database.collection::<Document>("parcels");
    raw.insert_one(stored).await.unwrap();
    let report = VersionedCollection::<T>::new(&database).backfill().run().await.unwrap();
    (report, raw.find_one(doc! {}).await.unwrap().unwrap())
}

/// Reported with this path and left alone.
async fn assert_reported<T>(stored: Document, kind: &str, path: &str)
where
    T: VersionedDocument + for<'de> schema_runtime::Decode<'de> + Send + Sync,
{
    let (report, after) = backfilled::<T>(stored.clone()).await;
    assert_eq!((report.upgraded, report.failed), (0, 1), "{report}");
    let failure = &report.first_failures[0];
    assert_eq!((failure.kind, failure.path.as_deref()), (kind, Some(path)), "{failure:?}");
    assert_eq!(after, stored);
}

fn parcel(fields: Document) -> Document {
    let mut parcel = doc! { "_id": 1, "schemaVersion": 1, "place": { "zip": "1" } };
    parcel.extend(fields);
    parcel
}

#[tokio::test]
async fn a_field_of_somebodys_is_not_overwritten() {
    assert_reported::<ParcelV2>(parcel(doc! { "tags": ["mine"] }), "unknown_content", "tags").await;
    let inside = doc! { "place": { "zip": "1", "country": "FR" } };
    assert_reported::<ParcelV2>(parcel(inside), "unknown_content", "place.country").await;
    let (report, after) = backfilled::<ParcelV2>(parcel(doc! { "tags": [] })).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(after.get_i32("schemaVersion").unwrap(), 2);
}

/// A lazy read has no part in this: it says what the document is as the current type, and changes nothing.
#[tokio::test]
async fn a_lazy_read_passes_by_what_it_does_not_know() {
    let database = database().await;
    let raw = database.collection::<Document>("parcels");
    raw.insert_one(parcel(doc! { "tags": ["mine"] })).await.unwrap();
    let parcels = VersionedCollection::<ParcelV2>::new(&database);
    let parcel = parcels.find_one(doc! {}).await.unwrap().unwrap();
    assert_eq!(parcel.tags, Vec::<String>::new());
}

#[tokio::test]
async fn a_value_is_not_removed_with_somebodys_field_inside() {
    let stored = parcel(doc! { "stops": [{ "town": "a", "note": "mine" }] });
    assert_reported::<ParcelV3>(stored, "unknown_content", "stops[0].note").await;
    let (report, after) = backfilled::<ParcelV3>(parcel(doc! { "stops": [{ "town": "a" }] })).await;
    assert!(report.is_clean() && !after.contains_key("stops"), "{report}\n{after}");
}

/// They are read, so they are known, although an embedded type does not write them again.
#[tokio::test]
async fn an_empty_option_inside_is_known() {
    let nulls = doc! {
        "place": { "zip": "1", "door": null }, "stops": [{ "town": "a", "id": null }],
    };
    let (report, after) = backfilled::<ParcelV3>(parcel(nulls)).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(after.get_document("place").unwrap(), &doc! { "zip": "1", "door": "", "country": "DE" });
}

#[tokio::test]
async fn elements_keep_their_fields_in_lists_that_are_carried() {
    let stops = || [doc! { "town": "b", "note": 1 }, doc! { "town": "a", "note": 2 }];
    let carried = doc! { "stops": stops().to_vec(), "by_day": { "monday": stops().to_vec() } };
    let (report, after) = backfilled::<ParcelV2>(parcel(carried)).await;
    assert!(report.is_clean(), "{report}");
    let expected: Vec<Bson> =
        vec![doc! { "name": "B", "note": 1 }.into(), doc! { "name": "A", "note": 2 }.into()];
    assert_eq!(after.get_array("stops").unwrap(), &expected);
    assert_eq!(after.get_document("by_day").unwrap().get_array("monday").unwrap(), &expected);
}

#[tokio::test]
async fn elements_that_changed_places_keep_their_own_fields_or_are_reported() {
    let unnamed = doc! { "sorted": [{ "town": "b", "note": 1 }, { "town": "a" }] };
    assert_reported::<ParcelV2>(parcel(unnamed), "unknown_content", "sorted[0].note").await;
    let named = doc! { "sorted": [{ "town": "b", "id": 7, "note": 1 }, { "town": "a", "id": 8 }] };
    let (report, after) = backfilled::<ParcelV2>(parcel(named)).await;
    assert!(report.is_clean(), "{report}");
    let expected = doc! { "sorted": [{ "town": "a", "id": 8 }, { "town": "b", "id": 7, "note": 1 }] };
    assert_eq!(after.get("sorted"), expected.get("sorted"));
}

#[test]
fn no_note_is_lost_or_attached_to_another_element() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let raw = database.collection::<Document>("parcels");
    let parcels = VersionedCollection::<ParcelV2>::new(&database);
    let town = ("[a-c]", proptest::option::of(0..9i32), any::<bool>());
    let towns = proptest::collection::vec(proptest::collection::vec(town, 0..4), 1..20);
    let mut runner = TestRunner::new(Config { cases: 32, failure_persistence: None, ..Config::default() });
    let check = |towns: Vec<Vec<(String, Option<i32>, bool)>>| {
        runtime.block_on(async {
            let stop = |(town, id, noted): (String, Option<i32>, bool)| {
                let mut stop = doc! { "town": &town };
                stop.extend(id.map(|id| ("id".to_owned(), id.into())));
                // The note says whose it is.
                let note = noted.then(|| ("note".to_owned(), format!("{town} {id:?}").into()));
                stop.extend(note);
                stop
            };
            let stored: Vec<Document> = towns
                .into_iter()
                .zip(0..)
                .map(|(towns, id)| {
                    let stops: Vec<Document> = towns.into_iter().map(stop).collect();
                    doc! { "_id": id, "place": { "zip": "1" }, "stops": stops.clone(), "sorted": stops }
                })
                .collect();
            raw.delete_many(doc! {}).await.unwrap();
            raw.insert_many(&stored).await.unwrap();
            parcels.backfill().run().await.unwrap();
            let after: Vec<Document> = all(&raw).await.unwrap();
            for (before, after) in stored.iter().zip(&after) {
                if !after.contains_key("schemaVersion") {
                    prop_assert_eq!(before, after);
                    continue;
                }
                for list in ["stops", "sorted"] {
                    let notes = |document: &Document| {
                        let notes = document.get_array(list).unwrap().iter().filter_map(|stop| {
                            stop.as_document().unwrap().get_str("note").ok().map(str::to_owned)
                        });
                        let mut notes: Vec<String> = notes.collect();
                        notes.sort();
                        notes
                    };
                    prop_assert_eq!(notes(before), notes(after));
                }
                for stop in after.get_array("sorted").unwrap() {
                    let stop = stop.as_document().unwrap();
                    let own = format!("{} {:?}", stop.get_str("town").unwrap(), stop.get_i32("id").ok());
                    prop_assert!(stop.get_str("note").map_or(true, |note| note == own));
                }
            }
            Ok(())
        })
    };
    runner.run(&towns, check).unwrap();
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "parcels")]
struct BoxV1 {
    #[serde(rename = "_id")]
    id: i32,
    #[serde(flatten)]
    rest: Document,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = BoxV1)]
struct BoxV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(added)]
    tags: Vec<String>,
    #[serde(flatten)]
    rest: Document,
}

#[tokio::test]
async fn a_name_is_not_written_twice() {
    let stored = doc! { "_id": 1, "tags": ["mine"], "colour": "red" };
    let (report, after) = backfilled::<BoxV2>(stored.clone()).await;
    assert_eq!((report.upgraded, report.failed), (0, 1), "{report}");
    let failure = &report.first_failures[0];
    assert_eq!(failure.kind, "encode");
    assert!(failure.error.contains("`BoxV2` would be written with `tags` twice"), "{failure:?}");
    assert_eq!(after, stored);

    let (report, after) = backfilled::<BoxV2>(doc! { "_id": 1, "colour": "red" }).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(after, doc! { "_id": 1, "colour": "red", "schemaVersion": 2, "tags": [] });
}

/// An embedded type is written by serde's own derive, which does not look.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 1, collection = "parcels")]
struct NestV1 {
    #[serde(rename = "_id")]
    id: i32,
    eggs: Vec<EggV1>,
}

#[derive(Debug, Serialize, Deserialize)]
struct EggV1 {
    #[serde(flatten)]
    rest: Document,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = NestV1)]
struct NestV2 {
    #[serde(rename = "_id")]
    id: i32,
    eggs: Vec<EggV2>,
}

#[derive(Debug, Serialize, Deserialize, Upgrade)]
#[versioned(previous = EggV1)]
struct EggV2 {
    #[versioned(added)]
    colour: String,
    #[serde(flatten)]
    rest: Document,
}

#[tokio::test]
async fn a_name_is_not_written_twice_in_an_embedded_type() {
    let stored = doc! { "_id": 1, "eggs": [{ "size": 1 }, { "colour": "red" }] };
    assert_reported::<NestV2>(stored, "duplicate_field", "eggs[1].colour").await;
}

#[tokio::test]
async fn a_document_with_a_name_twice_is_left_alone() {
    let database = database().await;
    let mut twice = rawdoc! { "_id": 1, "place": { "zip": "1" }, "note": 1 };
    twice.append(cstr!("note"), 2);
    let raw = database.collection::<RawDocumentBuf>("parcels");
    raw.insert_one(&twice).await.unwrap();
    let report = VersionedCollection::<ParcelV2>::new(&database).backfill().run().await.unwrap();
    assert_eq!((report.upgraded, report.failed), (0, 1), "{report}");
    let failure = &report.first_failures[0];
    assert_eq!((failure.kind, failure.path.as_deref()), ("duplicate_field", Some("note")));
    assert_eq!(raw.find_one(doc! {}).await.unwrap(), Some(twice));
}
