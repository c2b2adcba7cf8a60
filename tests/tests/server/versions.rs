//! Floors, retirement, and services that tell each other what they read and write.

mod crashes;
mod floor;
mod members;
mod retire;
mod rivals;
mod rollback;
mod shape;

use std::time::Duration;

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{
    DecodeOwned, VersionedCollection, VersionedDocument,
    versions::{Member, Service},
};

/// How often the members of these tests say that they are alive: often, but not so often that a slow machine takes one for dead.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// The first release's.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "items", version = 1)]
struct ItemV1 {
    #[serde(rename = "_id")]
    id: i32,
    name: String,
}

/// The second release's.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 2, previous = ItemV1, reversible)]
struct ItemV2 {
    #[serde(rename = "_id")]
    id: i32,
    #[versioned(from = name)]
    title: String,
}

/// The third release's.
#[derive(Debug, VersionedDocument)]
#[versioned(version = 3, previous = ItemV2, reversible)]
struct ItemV3 {
    #[serde(rename = "_id")]
    id: i32,
    title: String,
    #[versioned(added)]
    tags: Vec<String>,
}

/// The third release's after the first two versions were retired.
#[derive(Debug, VersionedDocument)]
#[versioned(collection = "items", version = 3, oldest, unversioned = "reject")]
struct OnlyItemV3 {
    #[serde(rename = "_id")]
    id: i32,
    title: String,
    tags: Vec<String>,
}

fn items<T: DecodeOwned + Send + Sync>(database: &Database) -> VersionedCollection<T> {
    VersionedCollection::over(database.collection("items"))
}

fn service(release: &str) -> Service {
    Service::new("shop").release(release).heartbeat(HEARTBEAT)
}

async fn insert(database: &Database, documents: impl IntoIterator<Item = Document>) {
    database.collection("items").insert_many(documents).await.expect("documents to be inserted");
}

fn old(id: i32) -> Document {
    doc! { "_id": id, "schemaVersion": 1, "name": "Kettle" }
}

/// A release as others see it: a type, and the version that it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Release {
    reads: (u32, u32),
    writes: u32,
}

const RELEASES: [Release; 7] = [
    Release { reads: (1, 1), writes: 1 },
    Release { reads: (1, 2), writes: 1 },
    Release { reads: (1, 2), writes: 2 },
    Release { reads: (1, 3), writes: 1 },
    Release { reads: (1, 3), writes: 2 },
    Release { reads: (1, 3), writes: 3 },
    Release { reads: (3, 3), writes: 3 },
];

impl Release {
    fn goes_with(self, other: Self) -> bool {
        let reads = |reader: Self, writer: Self| (reader.reads.0..=reader.reads.1).contains(&writer.writes);
        reads(self, other) && reads(other, self)
    }

    async fn join(self, database: &Database) -> Result<Member, schema_runtime::Error> {
        let service = service(&format!("{self:?}"));
        match self.reads {
            (1, 1) => items::<ItemV1>(database).join(service).await,
            (1, 2) => items::<ItemV2>(database).writing(self.writes)?.join(service).await,
            (1, 3) => items::<ItemV3>(database).writing(self.writes)?.join(service).await,
            _ => items::<OnlyItemV3>(database).join(service).await,
        }
    }
}
