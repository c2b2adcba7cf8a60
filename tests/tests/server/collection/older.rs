//! While an older version is written: a release that reads version 3 and writes 1 or 2.

use mongodb::bson::{Document, doc};
use schema_runtime::{Error, VersionedCollection, WriteBack, collection::Replaced};

use super::{User, UserV1, at, stored, user, users};
use crate::support::database;

/// The versions of the documents, in the order of their ids.
async fn versions(users: &VersionedCollection<User>) -> Vec<i32> {
    let documents: Vec<Document> =
        schema_tests::stored::all(&users.collection().clone_with_type()).await.unwrap();
    documents.iter().map(|document| document.get_i32("schemaVersion").unwrap_or(1)).collect()
}

#[tokio::test]
async fn a_document_is_brought_up_to_what_is_written_and_never_taken_down() {
    let database = database().await;
    let users = users(&database, (1..=3).map(|id| stored(id, id))).await.writing(2).unwrap();
    let writing = users.clone().with_write_back(WriteBack::always());
    assert_eq!(
        writing.find(doc! {}).await.unwrap().try_collect().await.unwrap(),
        [user(1), user(2), user(3)]
    );
    assert_eq!(versions(&users).await, [2, 2, 3]);

    let more = doc! { "$inc": { "visits": 1_i64 } };
    users.delete_many(doc! {}).await.unwrap();
    database.collection("users").insert_many((1..=9).map(|id| stored(1 + (id - 1) % 3, id))).await.unwrap();
    for id in 1..=3 {
        // `visits` is another number in version 1, and the same from 2 on.
        assert_eq!(users.update_one(doc! { "_id": id }, more.clone()).await.unwrap().matched_count, 1);
    }
    assert_eq!(
        users.update_many(doc! { "_id": { "$gt": 3, "$lt": 7 } }, more.clone()).await.unwrap().modified_count,
        3
    );
    assert!(users.find_one_and_update(doc! { "_id": 7 }, more.clone()).await.unwrap().is_some());
    assert!(users.modify(doc! { "_id": 8 }, |user| user.visits += 1).await.unwrap().is_some());
    let mut ninth = users.get(9).await.unwrap().expect("a document");
    ninth.visits += 1;
    users.save(&mut ninth).await.unwrap();
    assert_eq!(versions(&users).await, [2, 2, 3, 2, 2, 3, 2, 2, 3]);
    let mut all = users.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap();
    while let Some(found) = all.try_next().await.unwrap() {
        let mut expected = user(found.id);
        expected.visits += 1;
        assert_eq!(found, expected);
        assert_eq!(at(&users, found.id).await.get_str("note").unwrap(), "mine");
    }

    users.insert_one(user(10)).await.unwrap();
    let eleventh = user(11);
    let upsert = users.replace_one(doc! { "_id": 11 }, &eleventh).upsert(true);
    assert_eq!(upsert.await.unwrap(), Replaced::Inserted);
    let update = doc! { "$set": { "login": "x", "visits": 1_i64, "tags": ["a"] } };
    users.update_one(doc! { "_id": 12 }, update).upsert(true).await.unwrap();
    assert_eq!(versions(&users).await[9..], [2, 2, 2]);
    assert_eq!(users.find_one(doc! { "login": "x" }).await.unwrap().map(|user| user.active), Some(true));
}

#[tokio::test]
async fn what_is_written_is_what_the_older_release_reads() {
    let database = database().await;
    let users = users(&database, [stored(1, 1)]).await.writing(1).unwrap();
    users.insert_one(user(2)).await.unwrap();
    let update = doc! { "$set": { "login": "renamed" } };
    users.update_one(doc! { "login": "user1@example.org" }, update).await.unwrap();
    users.modify(doc! { "_id": 2 }, |user| user.tags.push("c".to_owned())).await.unwrap();
    let older = VersionedCollection::<UserV1>::new(&database);
    let read = older.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap().try_collect().await.unwrap();
    let user =
        |id, mail: &str, tags: &str| UserV1 { id, mail: mail.to_owned(), visits: 5, tags: tags.to_owned() };
    assert_eq!(read, [user(1, "renamed", "a,b"), user(2, "user2@example.org", "a,b,c")]);
    assert_eq!(versions(&users).await, [1, 1]);
}

#[tokio::test]
async fn what_the_older_version_has_no_words_for_is_an_error() {
    let database = database().await;
    let users = users(&database, [stored(1, 1), stored(3, 2)]).await.writing(1).unwrap();
    let updates = [
        doc! { "$set": { "active": false } },
        doc! { "$push": { "tags": "c" } },
        doc! { "$inc": { "visits": 1_i64 } },
        doc! { "$rename": { "login": "active" } },
    ];
    for update in updates {
        for result in [
            users.update_one(doc! {}, update.clone()).await.map(drop),
            users.update_many(doc! {}, update.clone()).await.map(drop),
            users.find_one_and_update(doc! {}, update.clone()).await.map(drop),
        ] {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::OlderUpdate { version: 1, .. }), "{error}");
        }
    }
    let pipeline = vec![doc! { "$set": { "login": "x" } }];
    let error = users.update_one(doc! {}, pipeline).await.unwrap_err();
    assert!(matches!(error, Error::OlderUpdate { .. }), "{error}");
    let update = doc! { "$set": { "login": "x" } };
    let error = users.update_one(doc! { "login": "y" }, update).upsert(true).await.unwrap_err();
    assert!(matches!(error, Error::OlderUpdate { .. }), "{error}");
    assert_eq!((at(&users, 1).await, at(&users, 2).await), (stored(1, 1), stored(3, 2)));
}
