//! The lock of documents that are enums: what is in their variants is frozen like the fields of a struct.

#![allow(private_interfaces, reason = "the chains are looked at, not used")]

use schema_runtime::{VersionedDocument, testing::Lock};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::lock::{assert_accepted_as_it_is, assert_named, file, findings};

// The items of a chain as they were released. A change is made to one of them, in a module of its own.

macro_rules! room {
    () => {
        #[derive(Serialize, Deserialize)]
        struct Room {
            number: i32,
            label: Option<String>,
        }
    };
}

macro_rules! place {
    () => {
        #[derive(Serialize, Deserialize)]
        struct Place {
            rooms: Vec<Room>,
            floor: Option<i32>,
        }
    };
}

macro_rules! event {
    () => {
        #[derive(VersionedDocument)]
        #[versioned(version = 1, collection = "events")]
        #[serde(tag = "type", rename_all = "snake_case")]
        pub enum EventV1 {
            Created { title: String, at: Place },
            Moved(Place),
            Closed,
        }
    };
}

macro_rules! job {
    () => {
        #[derive(VersionedDocument)]
        #[versioned(version = 1, collection = "jobs")]
        #[serde(tag = "kind", content = "data")]
        pub enum JobV1 {
            Idle,
            Run { command: String },
            Move(String, Place),
        }
    };
}

macro_rules! chains {
    ($module:ident { $($item:item)* }) => {
        mod $module {
            use super::*;

            $($item)*

            #[derive(VersionedDocument)]
            #[versioned(version = 2, previous = EventV1, manual)]
            #[serde(tag = "type")]
            pub enum EventV2 {
                Other,
            }

            impl From<EventV1> for EventV2 {
                fn from(_: EventV1) -> Self {
                    Self::Other
                }
            }

            pub fn lock(folder: &TempDir) -> Lock {
                Lock::new(folder.path().join("schema.lock")).document::<EventV2>().document::<JobV1>()
            }
        }
    };
}

chains!(released {
    room!();
    place!();
    event!();
    job!();
});

// What does not count.

chains!(reordered {
    /// Where it is.
    #[derive(Clone, Deserialize, Serialize)]
    struct Place { floor: Option<i32>, rooms: Vec<Chamber> }
    #[derive(Clone, Deserialize, Serialize)]
    struct Chamber { label: Option<Box<str>>, number: i32 }
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "events")]
    #[serde(tag = "type")]
    enum EventV1 {
        #[serde(rename = "closed")]
        Ended,
        #[serde(rename = "moved")]
        Moved(Box<Place>),
        #[serde(rename = "created")]
        Created { at: Place, #[serde(rename = "title")] name: String },
    }
    job!();
});

// What does: in a variant, in what it holds, and deep inside of that.

chains!(field_type {
    room!();
    place!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "events")]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum EventV1 { Created { title: i64, at: Place }, Moved(Place), Closed }
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "jobs")]
    #[serde(tag = "kind", content = "data")]
    enum JobV1 { Idle, Run { command: Option<String> }, Move(String, Place) }
});

chains!(field_default {
    room!();
    place!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "events")]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum EventV1 { Created { #[serde(default)] title: String, at: Place }, Moved(Place), Closed }
    job!();
});

chains!(field_renamed {
    room!();
    place!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "events")]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum EventV1 { Created { #[serde(rename = "heading")] title: String, at: Place }, Moved(Place), Closed }
    job!();
});

chains!(field_strict {
    room!();
    place!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "events")]
    #[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
    enum EventV1 { Created { title: String, at: Place }, Moved(Place), Closed }
    job!();
});

chains!(variant_gone {
    room!();
    place!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "events")]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum EventV1 { Created { title: String, at: Place }, Moved(Place) }
    job!();
});

chains!(variant_renamed {
    room!();
    place!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "events")]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum EventV1 { Created { title: String, at: Place }, #[serde(rename = "relocated")] Moved(Place), Closed }
    job!();
});

chains!(variant_alias {
    room!();
    place!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "events")]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum EventV1 { Created { title: String, at: Place }, #[serde(alias = "relocated")] Moved(Place), Closed }
    job!();
});

chains!(content {
    room!();
    place!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "events")]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum EventV1 { Created { title: String, at: Place }, Moved { at: Place }, Closed }
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "jobs")]
    #[serde(tag = "kind", content = "data")]
    enum JobV1 { Idle, Run { command: String }, Move(Place) }
});

chains!(tag {
    room!();
    place!();
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "events")]
    #[serde(tag = "is", rename_all = "snake_case")]
    enum EventV1 { Created { title: String, at: Place }, Moved(Place), Closed }
    #[derive(VersionedDocument)]
    #[versioned(version = 1, collection = "jobs")]
    #[serde(tag = "kind", content = "of")]
    enum JobV1 { Idle, Run { command: String }, Move(String, Place) }
});

chains!(nested_type {
    #[derive(Serialize, Deserialize)]
    struct Room { number: String, label: Option<String> }
    place!();
    event!();
    job!();
});

chains!(nested_optional {
    room!();
    #[derive(Serialize, Deserialize)]
    struct Place { rooms: Vec<Room>, floor: Option<i64> }
    event!();
    job!();
});

type LockOf = fn(&TempDir) -> Lock;

const EVENT: &str = "version 1 of `events` (`EventV1`)";
const JOB: &str = "version 1 of `jobs` (`JobV1`)";

/// Every kind of change, the version it is found in, and its line.
const CHANGES: &[(LockOf, &str, &str)] = &[
    (field_type::lock, EVENT, "`.(created).title` was text, is int64"),
    (field_type::lock, JOB, "`.(Run).data.command` was text, is text or null, may be missing"),
    (field_default::lock, EVENT, "`.(created).title` was text, is text, may be missing"),
    (field_renamed::lock, EVENT, "`.(created).heading` is new, it is text"),
    (field_strict::lock, EVENT, "`.(created)` was document, is document without other fields"),
    (variant_gone::lock, EVENT, "`.(closed)` is gone, it was document"),
    (variant_renamed::lock, EVENT, "`.(relocated)` is new, it is document"),
    (variant_alias::lock, EVENT, "attributes: `.(moved)` is new, it is read as `relocated`"),
    (content::lock, EVENT, "`.(moved).at` is new, it is document"),
    (content::lock, JOB, "`.(Move).data` was list of 2, is document"),
    (tag::lock, EVENT, "`is` is new, it is which variant it is"),
    (tag::lock, JOB, "`.(Run).of` is new, it is document"),
    (nested_type::lock, EVENT, "`.(created).at.rooms[].number` was int32, is text"),
    (nested_type::lock, EVENT, "`.(moved).rooms[].number` was int32, is text"),
    (nested_type::lock, JOB, "`.(Move).data[1].rooms[].number` was int32, is text"),
    (
        nested_optional::lock,
        EVENT,
        "`.(moved).floor` was int32 or null, may be missing, is int64 or null, may be missing",
    ),
];

fn released() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    released::lock(&folder).add().unwrap();
    folder
}

#[test]
fn the_file_says_what_is_stored() {
    insta::assert_snapshot!("lock_of_enums", file(&released()));
}

#[test]
fn what_does_not_count_changes_nothing() {
    let folder = released();
    released::lock(&folder).check().unwrap();
    reordered::lock(&folder).check().unwrap();
    assert_accepted_as_it_is(&folder, &reordered::lock(&folder));
}

#[test]
fn every_change_is_named_with_its_type_version_and_variant_and_what_to_do() {
    let folder = released();
    for (lock, version, change) in CHANGES {
        let found = findings(lock(&folder).check());
        let about = format!("{version} is released and has changed:\n");
        assert_named(&found, &about, change, "version");
    }
}

#[test]
fn a_deliberate_change_is_accepted_and_not_added() {
    for (lock, ..) in CHANGES {
        let folder = released();
        let before = file(&folder);
        lock(&folder).add().unwrap();
        assert_eq!(file(&folder), before);
        lock(&folder).accept().unwrap();
        lock(&folder).check().unwrap();
        assert!(released::lock(&folder).check().is_err());
    }
}
