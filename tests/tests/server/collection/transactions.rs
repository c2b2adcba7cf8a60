//! Transactions: all operations take part, and conflicts are told by the driver's label.

use mongodb::{
    bson::{Document, bson, doc},
    error::TRANSIENT_TRANSACTION_ERROR,
    options::ReturnDocument,
};

use super::{at, stored, user, users};
use crate::support::database;

#[tokio::test]
async fn every_operation_is_part_of_its_transaction() {
    let database = database().await;
    let before: Vec<Document> = (1..=9).map(|id| stored(1 + id % 3, id)).collect();
    let users = users(&database, before.clone()).await;
    for commit in [false, true] {
        let mut session = database.client().start_session().await.unwrap();
        let session = &mut session;
        session.start_transaction().await.unwrap();
        let set = || doc! { "$set": { "active": false } };
        users.update_one(doc! { "_id": 1 }, set()).session(session).await.unwrap();
        users.update_many(doc! { "_id": { "$in": [2, 3, 4] } }, set()).session(session).await.unwrap();
        let after =
            users.find_one_and_update(doc! { "_id": 5 }, set()).return_document(ReturnDocument::After);
        assert_eq!(after.session(session).await.unwrap().map(|user| user.active), Some(false));
        users.modify(doc! { "_id": 6 }, |user| user.active = false).session(session).await.unwrap();
        let mut replacement = user(7);
        replacement.active = false;
        let _ = users.replace_one(doc! { "_id": 7 }, &replacement).session(session).await.unwrap();
        let mut loaded = users.get(8).session(session).await.unwrap().expect("a document");
        loaded.active = false;
        users.save(&mut loaded).session(session).await.unwrap();
        users.delete_one(doc! { "_id": 9 }).session(session).await.unwrap();
        let mut inserted = user(9);
        inserted.active = false;
        users.insert_one(inserted).session(session).await.unwrap();
        let active = users.find(doc! { "active": true }).session(session).await.unwrap();
        assert_eq!(active.try_collect().await.unwrap(), []);

        // Nobody else sees any of it before its end.
        assert_eq!(
            schema_tests::stored::all(&database.collection::<Document>("users")).await.unwrap(),
            before
        );
        if commit {
            session.commit_transaction().await.unwrap();
            assert_eq!(users.find(doc! { "active": true }).await.unwrap().try_collect().await.unwrap(), []);
            assert_eq!(users.census().await.unwrap().current(), 9);
        } else {
            session.abort_transaction().await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_others_see_is_not_taken_for_what_is_in_a_transaction() {
    let database = database().await;
    let mut bad = stored(1, 5);
    bad.insert("visits", "many");
    let users = users(&database, (1..=4).map(|id| stored(1, id)).chain([bad])).await;
    let documents = database.collection::<Document>("users");
    // From now on, old documents are looked for beside each update, by a search that the transaction does not know.
    let increase = || doc! { "$inc": { "visits": 1_i64 } };
    users.update_one(doc! { "_id": 1 }, increase()).await.unwrap();

    let mut session = database.client().start_session().await.unwrap();
    let session = &mut session;
    session.start_transaction().await.unwrap();
    let changed = doc! { "$set": { "visits": 50 } };
    documents.update_many(doc! { "_id": { "$in": [2, 3] } }, changed).session(&mut *session).await.unwrap();
    documents.delete_many(doc! { "_id": { "$in": [4, 5] } }).session(&mut *session).await.unwrap();
    documents.insert_many([stored(1, 6), stored(2, 7)]).session(&mut *session).await.unwrap();
    for (id, before) in [(2, Some(50)), (4, None), (5, None), (6, Some(5))] {
        let updated = users.update_one(doc! { "_id": id }, increase()).session(&mut *session).await.unwrap();
        assert_eq!(updated.matched_count, u64::from(before.is_some()), "{id}");
    }
    for (id, before) in [(3, Some(50)), (4, None), (5, None), (7, Some(5))] {
        let found = users.find_one_and_update(doc! { "_id": id }, increase()).session(&mut *session);
        assert_eq!(found.await.unwrap().map(|user| user.visits), before, "{id}");
    }
    session.commit_transaction().await.unwrap();
    let visits = [(1, 6_i64), (2, 51), (3, 51), (6, 6), (7, 6)];
    for (id, visits) in visits {
        assert_eq!(at(&users, id).await.get("visits"), Some(&bson!(visits)), "{id}");
    }
    assert_eq!(users.census().await.unwrap().current(), 5);
}

#[tokio::test]
async fn a_conflict_has_the_label_to_try_the_transaction_again() {
    let database = database().await;
    let users = users(&database, [stored(1, 1)]).await;
    let mut session = database.client().start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    assert_eq!(users.find_one(doc! { "_id": 1 }).session(&mut session).await.unwrap(), Some(user(1)));
    users.modify(doc! { "_id": 1 }, |user| user.visits += 1).await.unwrap();
    let error =
        users.modify(doc! { "_id": 1 }, |user| user.visits += 1).session(&mut session).await.unwrap_err();
    assert!(error.contains_label(TRANSIENT_TRANSACTION_ERROR), "{error:?}");
    session.abort_transaction().await.unwrap();
    assert_eq!(at(&users, 1).await.get("visits"), Some(&bson!(6_i64)));
}
