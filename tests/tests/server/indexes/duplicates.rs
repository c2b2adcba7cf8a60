//! Unique indexes over documents that are not.

use mongodb::bson::{Bson, Document, doc};
use schema_runtime::{Error, VersionedCollection, VersionedDocument, indexes::Duplicates};

use super::names;
use crate::support::database;

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "users", index(keys(mail, team.name), unique), index(keys(age)))]
struct Plain {
    mail: String,
    team: String,
    age: i32,
}

#[derive(VersionedDocument)]
#[versioned(version = 1, collection = "users", index(keys(mail), unique, partial = doc! { "age": { "$gt": 17 } }))]
struct Partly {
    mail: String,
    age: i32,
}

#[derive(VersionedDocument)]
#[versioned(
    version = 1,
    collection = "users",
    index(keys(mail), unique, collation(locale = "en", strength = 2))
)]
struct Collated {
    mail: String,
}

async fn refused<T>(documents: impl IntoIterator<Item = Document>) -> Duplicates
where
    T: schema_runtime::DecodeOwned + Send + Sync,
{
    let database = database().await;
    database.collection("users").insert_many(documents).await.unwrap();
    let users = VersionedCollection::<T>::new(&database);
    let error = users.indexes().create().await.unwrap_err();
    assert_eq!(names(&database, "users").await, Vec::<String>::new());
    let Error::DuplicateKeys { duplicates, .. } = error else { panic!("{error}") };
    *duplicates
}

#[tokio::test]
async fn the_keys_and_the_documents_are_named() {
    let same = || doc! { "mail": "a@example.org", "team": { "name": "x" } };
    let duplicates = refused::<Plain>([same(), doc! { "mail": 1 }, same(), same()]).await;
    assert_eq!(duplicates.key, doc! { "mail": "a@example.org", "team.name": "x" });
    assert_eq!((duplicates.index.as_str(), duplicates.documents), ("mail_1_team.name_1", Some(3)));
    assert_eq!(
        duplicates.to_string(),
        "3 documents have the key { \"mail\": \"a@example.org\", \"team.name\": \"x\" }, and `mail_1_team.name_1` is unique; \
         change all but one of them, or declare it for a part of the documents with `partial`"
    );
}

#[tokio::test]
async fn what_is_not_there_is_null() {
    let documents =
        [doc! { "mail": 1 }, doc! { "mail": 1, "team": { "name": Bson::Null } }, doc! { "mail": 2 }];
    let duplicates = refused::<Plain>(documents).await;
    assert_eq!(duplicates.key, doc! { "mail": 1, "team.name": Bson::Null });
    assert_eq!(duplicates.documents, Some(2));
}

#[tokio::test]
async fn those_that_are_not_in_the_index_do_not_count() {
    let aged = |age: i32| doc! { "mail": "a", "age": age };
    let duplicates = refused::<Partly>([aged(20), aged(3), aged(18), aged(17)]).await;
    assert_eq!((duplicates.documents, duplicates.key), (Some(2), doc! { "mail": "a" }));
}

#[tokio::test]
async fn under_a_collation_they_are_not_counted() {
    let duplicates = refused::<Collated>([doc! { "mail": "a" }, doc! { "mail": "A" }]).await;
    assert_eq!(duplicates.documents, None);
    assert!(
        duplicates.to_string().starts_with("several documents have the key { \"mail\": "),
        "{duplicates}"
    );
}
