//! A collection whose documents are an enum: through the driver's `Collection<T>`, the census and the backfill.

use mongodb::bson::{DateTime, Document, doc, oid::ObjectId};
use schema_runtime::{VersionedCollection, VersionedDocument};
use schema_tests::stored::all;

use crate::{state::dump, support::database};

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "events")]
#[serde(tag = "type", rename_all = "snake_case")]
enum EventV1 {
    Created {
        #[serde(rename = "_id")]
        id: ObjectId,
        name: String,
        at: DateTime,
    },
    Paused {
        #[serde(rename = "_id")]
        id: ObjectId,
    },
    Closed,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = EventV1, removed(Paused => Stopped))]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    Created {
        #[serde(rename = "_id")]
        id: ObjectId,
        #[versioned(from = name)]
        title: String,
        at: DateTime,
    },
    #[versioned(added)]
    Stopped {
        #[serde(rename = "_id")]
        id: ObjectId,
        #[versioned(added = "paused".to_owned())]
        why: String,
    },
    Closed,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 1, collection = "jobs")]
#[serde(tag = "kind", content = "data")]
enum JobV1 {
    Wait(i32),
    Run { name: String },
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = JobV1)]
#[serde(tag = "kind", content = "data")]
enum Job {
    Wait(i64),
    Run {
        #[versioned(from = name)]
        command: String,
    },
}

#[tokio::test]
async fn the_drivers_collection_reads_any_version_and_stamps() {
    let database = database().await;
    let (first, second, at) = (ObjectId::new(), ObjectId::new(), DateTime::from_millis(1_700_000_000_001));
    let raw = database.collection::<Document>("events");
    raw.insert_one(doc! { "_id": first, "name": "Talk", "at": at, "type": "created" }).await.unwrap();
    let events = database.collection::<Event>("events");
    let created = Event::Created { id: first, title: "Talk".into(), at };
    assert_eq!(events.find_one(doc! { "_id": first }).await.unwrap(), Some(created.clone()));

    events.replace_one(doc! { "_id": first }, &created).await.unwrap();
    events.insert_one(&Event::Stopped { id: second, why: "rain".into() }).await.unwrap();
    let stored = [
        doc! { "_id": first, "schemaVersion": 2, "type": "created", "title": "Talk", "at": at },
        doc! { "_id": second, "schemaVersion": 2, "type": "stopped", "why": "rain" },
    ];
    assert_eq!(dump(&database, "events").await, stored);
    let found: Vec<Event> = all(&events).await.unwrap();
    assert_eq!(found, [created, Event::Stopped { id: second, why: "rain".into() }]);
}

#[tokio::test]
async fn a_backfill_writes_the_difference_whatever_the_variant() {
    let database = database().await;
    let (first, second, at) = (ObjectId::new(), ObjectId::new(), DateTime::from_millis(5));
    let documents = [
        doc! { "_id": first, "type": "created", "name": "Talk", "at": at, "why": "not known to this variant" },
        doc! { "_id": second, "schemaVersion": 1, "type": "paused", "name": "nor is this" },
        doc! { "_id": "third", "type": "closed", "more": { "a": 1 } },
    ];
    database.collection::<Document>("events").insert_many(documents).await.unwrap();
    let events = VersionedCollection::<Event>::new(&database);

    assert_eq!(events.census().await.unwrap().upgradable(), 3);
    let report = events.backfill().run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.upgraded, events.census().await.unwrap().upgradable()), (3, 0));

    let mut stored = dump(&database, "events").await;
    stored.sort_by_key(|document| document.get_str("type").unwrap().to_owned());
    let expected = [
        doc! { "_id": "third", "type": "closed", "more": { "a": 1 }, "schemaVersion": 2 },
        doc! {
            "_id": first, "type": "created", "at": at, "why": "not known to this variant",
            "schemaVersion": 2, "title": "Talk",
        },
        doc! { "_id": second, "schemaVersion": 2, "type": "stopped", "name": "nor is this", "why": "paused" },
    ];
    for (stored, expected) in stored.iter().zip(&expected) {
        assert_eq!(sorted(stored), sorted(expected));
    }
}

/// The server puts a new field where it likes.
fn sorted(document: &Document) -> Document {
    let mut fields: Vec<_> = document.clone().into_iter().collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    Document::from_iter(fields)
}

#[tokio::test]
async fn content_apart_is_changed_in_its_place() {
    let database = database().await;
    let documents = [
        doc! { "_id": 1, "kind": "Wait", "data": 5 },
        doc! { "_id": 2, "data": { "name": "ls", "more": true }, "kind": "Run", "extra": 1 },
    ];
    database.collection::<Document>("jobs").insert_many(documents).await.unwrap();
    let report = VersionedCollection::<Job>::new(&database).backfill().run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    let stored = dump(&database, "jobs").await;
    assert_eq!(sorted(&stored[0]), doc! { "_id": 1, "data": 5_i64, "kind": "Wait", "schemaVersion": 2 });
    let data = stored[1].get_document("data").unwrap();
    assert_eq!(sorted(data), doc! { "command": "ls", "more": true });
    assert_eq!(stored[1].get("extra"), Some(&1.into()));

    let jobs = database.collection::<Job>("jobs");
    let inserted = jobs.insert_one(Job::Wait(7)).await.unwrap().inserted_id;
    assert_eq!(jobs.find_one(doc! { "_id": inserted }).await.unwrap(), Some(Job::Wait(7)));
}
