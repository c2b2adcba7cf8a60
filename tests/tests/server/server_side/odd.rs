//! Documents and ids that a pass inside the server might stumble over.

use mongodb::{
    Database,
    bson::{
        Binary, Bson, DateTime, Decimal128, Document, RawArrayBuf, RawBsonRef, RawDocumentBuf, Timestamp,
        doc,
        oid::ObjectId,
        raw::{CString, cstr},
        rawdoc,
        spec::BinarySubtype,
    },
    options::{Collation, CollationStrength},
};
use schema_runtime::{VersionedCollection, VersionedDocument};

use super::job::{Item, dump, old, run};
use crate::support::database;

fn raw(fields: &[(&str, RawBsonRef<'_>)]) -> RawDocumentBuf {
    let mut document = RawDocumentBuf::new();
    for (name, value) in fields {
        document.append(CString::try_from(*name).unwrap(), *value);
    }
    document
}

async fn insert(database: &Database, documents: &[RawDocumentBuf]) {
    // The driver's own insert reads the ids, which may be text that is none.
    let documents: RawArrayBuf = documents.iter().cloned().collect();
    let answer =
        database.run_raw_command(rawdoc! { "insert": "items", "documents": documents }).await.unwrap();
    assert!(!answer.contains_key("writeErrors"), "{answer}");
}

#[derive(Debug, VersionedDocument)]
#[versioned(collection = "items", version = 1)]
struct ListV1 {
    name: String,
    list: Vec<i32>,
}

#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ListV1, removed(name))]
struct List {
    list: Vec<i32>,
    #[versioned(added)]
    seen: bool,
}

/// MongoDB 6.0 aborts when a pipeline is to write a name that the document has twice.
#[tokio::test]
async fn names_that_are_there_twice_do_not_end_the_server() {
    let database = database().await;
    let (text, hits) = (RawBsonRef::String("a"), RawBsonRef::Int64(1));
    let twice = raw(&[("x", hits), ("x", text)]);
    let inside = RawBsonRef::Document(&twice);
    let mut documents = Vec::new();
    let mut add = |id: i32, fields: &[(&str, RawBsonRef<'_>)]| {
        let mut all = vec![("_id", RawBsonRef::Int32(id))];
        all.extend(fields);
        documents.push(raw(&all));
    };
    add(1, &[("name", text), ("name", text), ("hits", hits)]);
    add(2, &[("name", text), ("hits", hits), ("name", hits)]);
    // As many fields as the version has.
    add(3, &[("name", text), ("name", text)]);
    add(4, &[("name", text), ("hits", hits), ("schemaVersion", hits), ("schemaVersion", hits)]);
    add(5, &[("name", text), ("hits", hits), ("extra", hits), ("extra", text)]);
    add(6, &[("name", text), ("hits", hits), ("title", text), ("title", text)]);
    add(7, &[("name", text), ("hits", hits), ("extra", inside)]);
    add(8, &[("name", inside), ("hits", hits)]);
    add(9, &[("name", text), ("hits", inside)]);
    documents.push(raw(&[("_id", inside), ("name", text), ("hits", hits)]));
    insert(&database, &documents).await;
    insert(&database, &[RawDocumentBuf::try_from(&old(20)).unwrap()]).await;

    let items = VersionedCollection::<Item>::new(&database);
    let (report, first) = run(items.backfill()).await;
    assert_eq!((report.upgraded, first), (1, 1), "{report}");
    assert_eq!(report.failed, 10, "{report}");
    let stored = database.collection::<RawDocumentBuf>("items");
    for document in &documents {
        let id = doc! { "_id": Bson::try_from(document.get("_id").unwrap().unwrap()).unwrap() };
        if id.get_i32("_id").is_ok() {
            assert_eq!(stored.find_one(id).await.unwrap().as_ref(), Some(document));
        }
    }
}

/// A list with short indexes becomes longer when the server writes it, by as much as a field that it drops.
#[tokio::test]
async fn a_name_that_is_there_twice_is_not_hidden_by_a_list() {
    let database = database().await;
    let bytes = raw(&[("", RawBsonRef::Int32(1)); 7]).into_bytes();
    let mut document = rawdoc! { "_id": 1, "name": "a", "extra": 1, "list": [] };
    document.append(cstr!("extra"), 2);
    let mut all = document.into_bytes();
    // An empty list is five bytes; it gets seven elements without names for their places.
    let empty = [0x04, b'l', b'i', b's', b't', 0, 5, 0, 0, 0, 0];
    let at = all.windows(empty.len()).position(|window| window == empty).unwrap() + 6;
    all.splice(at..at + 5, bytes);
    let length = u32::try_from(all.len()).unwrap().to_le_bytes();
    all[..4].copy_from_slice(&length);
    let document = RawDocumentBuf::from_bytes(all).unwrap();
    insert(&database, std::slice::from_ref(&document)).await;
    insert(&database, &[rawdoc! { "_id": 2, "name": "a", "extra": 1, "list": [1, 2] }]).await;

    let lists = VersionedCollection::<List>::new(&database);
    let (report, first) = run(lists.backfill()).await;
    assert_eq!((report.upgraded, first, report.failed), (1, 1, 1), "{report}");
    let stored = database.collection::<RawDocumentBuf>("items");
    assert_eq!(stored.find_one(doc! { "_id": 1 }).await.unwrap(), Some(document));
}

/// The client reads a document as a whole, and reports one with such a text wherever it is.
#[tokio::test]
async fn text_that_is_no_utf8_is_reported_wherever_it_is() {
    let database = database().await;
    let spoiled = |document: RawDocumentBuf| {
        let mut bytes = document.into_bytes();
        let at = bytes.iter().position(|byte| *byte == b'?').unwrap();
        bytes[at] = 0xFF;
        RawDocumentBuf::from_bytes(bytes).unwrap()
    };
    let documents = [
        spoiled(rawdoc! { "_id": 1, "name": "?", "hits": 1_i64 }),
        spoiled(rawdoc! { "_id": 2, "name": "a", "hits": 1_i64, "extra": "?" }),
        spoiled(rawdoc! { "_id": "?", "name": "a", "hits": 1_i64 }),
        spoiled(rawdoc! { "_id": 4, "schemaVersion": "?", "name": "a", "hits": 1_i64 }),
        spoiled(rawdoc! { "_id": 5, "schemaVersion": [{ "?": 1 }], "name": "a", "hits": 1_i64 }),
    ];
    let [client, server] = [false, true].map(async |server_side| {
        let items = VersionedCollection::<Item>::new(&database);
        items.collection().drop().await.unwrap();
        insert(&database, &documents).await;
        insert(&database, &[rawdoc! { "_id": 9, "name": "a", "hits": 1_i64 }]).await;
        let (report, first) = run(items.backfill().server_side(server_side)).await;
        let census = items.census().await.unwrap();
        assert_eq!((census.current(), census.unversioned, census.invalid), (1, 3, 2), "{census}");
        let stored = super::dump(&items.collection().clone_with_type()).await;
        (report.upgraded, report.failed, stored, first)
    });
    let (client, server) = (client.await, server.await);
    assert_eq!((client.0, client.1, &client.2), (server.0, server.1, &server.2));
    assert_eq!(server.3, 1);
}

/// The bounds of ranges are ids of every type, and a collection has them in the order of the index.
#[tokio::test]
async fn ids_of_every_type_are_reached_once() {
    let kinds: [fn(i32) -> Bson; 13] = [
        |n| (n * 3).into(),
        |n| (f64::from(n) + 0.5).into(),
        |n| format!("{}.25", n * 5).parse::<Decimal128>().unwrap().into(),
        |n| format!("{n:08}").into(),
        |n| Bson::Symbol(format!("{n:08} symbol")),
        |n| doc! { "n": n }.into(),
        |n| Binary { subtype: BinarySubtype::Generic, bytes: n.to_be_bytes().to_vec() }.into(),
        |n| ObjectId::from_bytes(i128::from(n).to_be_bytes()[4..].try_into().unwrap()).into(),
        |n| DateTime::from_millis(i64::from(n) * 1_000 - 1_000_000).into(),
        |n| Timestamp { time: u32::try_from(n).unwrap(), increment: 1 }.into(),
        |n| Bson::JavaScriptCode(format!("f{n}")),
        |n| doc! { "": [n, { "a.b": n }] }.into(),
        |n| (i64::from(n) - 5_000_000_000).into(),
    ];
    let few = [
        Bson::MinKey,
        Bson::Null,
        f64::NAN.into(),
        f64::NEG_INFINITY.into(),
        true.into(),
        false.into(),
        Bson::MaxKey,
    ];
    let ids: Vec<Bson> =
        (0..40).flat_map(|n| kinds.iter().map(move |kind| kind(n))).chain(few.clone()).collect();
    for (batch_size, partition_size) in [(1, 10_000), (1, 40), (3, 1)] {
        let database = database().await;
        let documents = ids.iter().map(|id| doc! { "_id": id.clone(), "name": "a", "hits": 1_i64 });
        database.collection::<Document>("items").insert_many(documents).await.unwrap();
        let items = VersionedCollection::<Item>::new(&database);
        let backfill = items.backfill().batch_size(batch_size).partition_size(partition_size);
        let (report, first) = run(backfill).await;
        assert!(report.is_clean(), "{report}");
        assert_eq!((report.upgraded, report.already_there), (ids.len() as u64, 0), "{report}");
        // Numbers, text, null, booleans, ids of objects, dates and timestamps; all else is the client's.
        assert_eq!((first, report.passes), (8 * 40 + 5, 2), "{report}");
    }
}

#[tokio::test]
async fn ids_are_compared_as_the_collection_does() {
    let database = database().await;
    let collation = Collation::builder().locale("en").strength(CollationStrength::Primary).build();
    database.create_collection("items").collation(collation).await.unwrap();
    let ids = ["", "a", "B", "c", "\u{f6}", "P", "q", "z", "10", "9", "X", "y"];
    let documents = ids.map(|id| doc! { "_id": id, "name": id, "hits": 1_i64 });
    database.collection::<Document>("items").insert_many(documents).await.unwrap();
    let items = VersionedCollection::<Item>::new(&database);
    let (report, first) = run(items.backfill().batch_size(1).partition_size(3)).await;
    assert_eq!((report.upgraded, first, report.passes), (12, 12, 1), "{report}");
    assert!(dump(&database).await.iter().all(|item| item.get("title") == item.get("_id")));
}
