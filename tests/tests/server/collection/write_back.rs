//! Write-back: what reads store of what they have upgraded.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use schema_runtime::{VersionedCollection, WriteBack};

use super::{User, at, stored, upgraded, user, users};
use crate::support::database;

async fn old(users: &VersionedCollection<User>) -> u64 {
    users.census().await.unwrap().upgradable()
}

#[tokio::test]
async fn reads_store_what_they_upgrade_when_they_are_told_to() {
    let database = database().await;
    let users = users(&database, (0..40).map(|id| stored(1 + id % 2, id))).await;
    assert_eq!(users.find(doc! {}).await.unwrap().try_collect().await.unwrap().len(), 40);
    assert_eq!(old(&users).await, 40);

    let writing = users.clone().with_write_back(WriteBack::always());
    assert_eq!(writing.find_one(doc! { "_id": 0 }).await.unwrap(), Some(user(0)));
    let now = at(&users, 0).await;
    assert!(upgraded(0).iter().all(|(name, value)| now.get(name) == Some(value)), "{now}");
    assert_eq!(old(&users).await, 39);

    // Half of them, evenly.
    let half = users.clone().with_write_back(WriteBack::share(0.5));
    half.find(doc! { "_id": { "$gt": 0 } }).await.unwrap().try_collect().await.unwrap();
    let left = old(&users).await;
    assert!((19..=20).contains(&left), "{left}");

    let background = users.clone().with_write_back(WriteBack::always().in_background(4));
    while old(&users).await > 0 {
        background.find(doc! {}).await.unwrap().try_collect().await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_read_that_cannot_write_back_is_a_read() {
    let database = database().await;
    // Nobody knows whose `login` that is, and the upgrade would overwrite it.
    let mut clash = stored(1, 1);
    clash.insert("login", "somebody else's");
    let users = users(&database, [clash.clone()]).await.with_write_back(WriteBack::always());
    assert_eq!(users.find_one(doc! { "_id": 1 }).await.unwrap(), Some(user(1)));
    assert_eq!(at(&users, 1).await, clash);
}

#[tokio::test]
async fn a_session_writes_nothing_back() {
    let database = database().await;
    let users = users(&database, [stored(1, 1)]).await.with_write_back(WriteBack::always());
    let mut session = database.client().start_session().await.unwrap();
    assert_eq!(users.find_one(doc! { "_id": 1 }).session(&mut session).await.unwrap(), Some(user(1)));
    assert_eq!(at(&users, 1).await, stored(1, 1));
}

#[tokio::test]
async fn what_was_changed_since_is_not_overwritten() {
    let database = database().await;
    let users = users(&database, (0..200).map(|id| stored(1, id))).await.with_write_back(WriteBack::always());
    let documents = users.collection().clone_with_type::<Document>();
    // All are read by one batch, and written back one after the other: time enough for others.
    let mut found = users.find(doc! {}).sort(doc! { "_id": 1 }).batch_size(200).await.unwrap();
    found.next().await.expect("a document").unwrap();
    documents.update_many(doc! {}, doc! { "$set": { "note": "theirs" } }).await.unwrap();
    while let Some(user) = found.try_next().await.unwrap() {
        assert_eq!(user.tags.len(), 2);
    }
    let theirs = documents.count_documents(doc! { "note": "theirs" }).await.unwrap();
    assert_eq!((theirs, old(&users).await), (200, 199));
}
