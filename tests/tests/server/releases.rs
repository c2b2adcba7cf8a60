//! Two releases of a service on one collection, the older with the older chain, while a backfill runs.

mod at_once;
mod history;
mod model;

use mongodb::{Database, bson::Document};
use schema_runtime::VersionedCollection;

use crate::collection::{User, UserV2, stored};

/// The handles of both releases.
#[derive(Clone)]
pub struct Releases {
    pub old: VersionedCollection<UserV2>,
    pub new: VersionedCollection<User>,
}

impl Releases {
    /// On users of these ids, of versions 1 and 2.
    pub async fn on(database: &Database, ids: impl IntoIterator<Item = i32>) -> Self {
        let documents = database.collection::<Document>("users");
        documents.drop().await.unwrap();
        documents.insert_many(ids.into_iter().map(|id| stored(1 + id % 2, id))).await.unwrap();
        Self { old: VersionedCollection::new(database), new: VersionedCollection::new(database) }
    }

    /// In the first of two deploys: the newer one writes what the older one reads.
    pub fn rolling(self) -> Self {
        Self { new: self.new.writing(2).unwrap(), ..self }
    }
}
