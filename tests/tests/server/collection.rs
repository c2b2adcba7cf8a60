//! Single documents through `VersionedCollection`, in a collection of three versions.

mod memory;
mod older;
mod reads;
mod round_trips;
mod transactions;
mod updates;
mod watched;
mod write_back;
mod writes;

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{VersionedCollection, VersionedDocument};

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(collection = "users", version = 1)]
pub struct UserV1 {
    #[serde(rename = "_id")]
    pub id: i32,
    pub mail: String,
    pub visits: i32,
    pub tags: String,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 2, previous = UserV1, reversible)]
pub struct UserV2 {
    #[serde(rename = "_id")]
    pub id: i32,
    #[versioned(from = mail)]
    pub login: String,
    #[versioned(with = i64::from, back_with = |visits: i64| i32::try_from(visits).unwrap_or(i32::MAX))]
    pub visits: i64,
    #[versioned(with = split, back_with = |tags: Vec<String>| tags.join(","))]
    pub tags: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, VersionedDocument)]
#[versioned(version = 3, previous = UserV2, reversible)]
pub struct User {
    #[serde(rename = "_id")]
    pub id: i32,
    pub login: String,
    pub visits: i64,
    pub tags: Vec<String>,
    #[versioned(added = true)]
    pub active: bool,
}

fn split(tags: String) -> Vec<String> {
    tags.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The same user as each version stores it, with a field that none of them knows.
pub fn stored(version: i32, id: i32) -> Document {
    let login = format!("user{id}@example.org");
    match version {
        1 => doc! { "_id": id, "mail": login, "visits": 5, "tags": "a,b", "note": "mine" },
        2 => {
            doc! { "_id": id, "schemaVersion": 2, "login": login, "visits": 5_i64, "tags": ["a", "b"], "note": "mine" }
        }
        _ => doc! {
            "_id": id, "schemaVersion": version, "login": login, "visits": 5_i64, "tags": ["a", "b"], "active": true,
            "note": "mine",
        },
    }
}

pub fn user(id: i32) -> User {
    let login = format!("user{id}@example.org");
    User { id, login, visits: 5, tags: vec!["a".to_owned(), "b".to_owned()], active: true }
}

pub async fn users(
    database: &Database,
    stored: impl IntoIterator<Item = Document>,
) -> VersionedCollection<User> {
    database.collection("users").insert_many(stored).await.unwrap();
    VersionedCollection::new(database)
}

/// A document as it is stored.
pub async fn at(users: &VersionedCollection<User>, id: i32) -> Document {
    let documents = users.collection().clone_with_type::<Document>();
    documents.find_one(doc! { "_id": id }).await.unwrap().expect("a document of this id")
}

/// What a document of any version is after its upgrade.
pub fn upgraded(id: i32) -> Document {
    stored(3, id)
}
