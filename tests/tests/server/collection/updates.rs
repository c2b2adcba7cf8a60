//! Updates in the fields of the current version, on documents of all.

use mongodb::{
    IndexModel,
    bson::{Document, bson, doc},
    options::{
        Collation, CollationStrength, Hint, IndexOptions, ReturnDocument, UpdateOptions, WriteConcern,
    },
};
use schema_runtime::Error;

use super::{at, stored, upgraded, user, users};
use crate::support::database;

#[tokio::test]
async fn an_update_never_meets_an_older_shape() {
    let database = database().await;
    let users = users(&database, [stored(1, 1), stored(2, 2), stored(3, 3)]).await;
    for id in 1..=3 {
        let filter = doc! { "login": format!("user{id}@example.org") };
        let update = doc! { "$push": { "tags": "c" }, "$set": { "active": false } };
        let result = users.update_one(filter, update).await.unwrap();
        assert_eq!((result.matched_count, result.modified_count), (1, 1));
        let mut expected = upgraded(id);
        expected.extend(doc! { "tags": ["a", "b", "c"], "active": false });
        let now = at(&users, id).await;
        assert!(expected.iter().all(|(name, value)| now.get(name) == Some(value)), "{now}");
        assert_eq!(now.len(), expected.len(), "{now}");
    }
    let nobody =
        users.update_one(doc! { "login": "nobody" }, doc! { "$set": { "active": true } }).await.unwrap();
    assert_eq!((nobody.matched_count, nobody.upserted_id), (0, None));
}

#[tokio::test]
async fn updates_of_many_upgrade_all_that_they_find() {
    let database = database().await;
    let users = users(&database, (0..250).map(|id| stored(1 + id % 3, id))).await;
    let update = doc! { "$inc": { "visits": 1_i64 } };
    let result = users.update_many(doc! { "_id": { "$lt": 200 } }, update).await.unwrap();
    assert_eq!((result.matched_count, result.modified_count), (200, 200));
    for id in [0, 1, 2, 199] {
        let now = at(&users, id).await;
        assert_eq!(now.get("schemaVersion"), Some(&bson!(3)));
        assert_eq!(now.get("visits"), Some(&bson!(6_i64)));
    }
    for id in 200..250 {
        assert_eq!(at(&users, id).await, stored(1 + id % 3, id));
    }
}

#[tokio::test]
async fn nothing_is_updated_where_one_cannot_be_read() {
    let database = database().await;
    let mut bad = stored(1, 2);
    bad.insert("visits", "many");
    let users = users(&database, [stored(3, 1), bad.clone(), stored(9, 3), stored(3, 4)]).await;
    let update = doc! { "$inc": { "visits": 1_i64 } };
    for (filter, kind) in [(doc! { "_id": { "$lt": 3 } }, "body"), (doc! { "_id": { "$gt": 2 } }, "newer")] {
        match users.update_many(filter, update.clone()).await {
            Err(Error::Decode(error)) => assert_eq!(error.kind().name(), kind),
            other => panic!("{other:?}"),
        }
    }
    for id in [2, 3] {
        let error = users.update_one(doc! { "_id": id }, update.clone()).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error}");
        let error = users.find_one_and_update(doc! { "_id": id }, update.clone()).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error}");
    }
    for (id, before) in [(1, stored(3, 1)), (2, bad), (3, stored(9, 3)), (4, stored(3, 4))] {
        assert_eq!(at(&users, id).await, before);
    }
}

#[tokio::test]
async fn upserts_are_stamped_and_never_make_a_second_document() {
    let database = database().await;
    let users = users(&database, [stored(1, 1)]).await;
    let update = || doc! { "$set": { "visits": 0_i64, "tags": [], "active": true } };
    let upsert =
        |id: i32, login: &str| users.update_one(doc! { "_id": id, "login": login }, update()).upsert(true);
    // The first is there, and old.
    assert_eq!(upsert(1, "user1@example.org").await.unwrap().upserted_id, None);
    assert_eq!(upsert(2, "new").await.unwrap().upserted_id, Some(2.into()));
    assert_eq!(users.count_documents(doc! {}).await.unwrap(), 2);
    assert_eq!(at(&users, 2).await.get("schemaVersion"), Some(&bson!(3)));
    let new = users.find_one(doc! { "login": "new" }).await.unwrap().expect("the new one");
    assert_eq!((new.id, new.visits, new.active), (2, 0, true));

    let pipeline = vec![doc! { "$set": { "visits": { "$literal": 1_i64 }, "tags": [], "active": true } }];
    let filter = doc! { "_id": 3, "login": "three" };
    users.update_many(filter, pipeline).upsert(true).await.unwrap();
    assert_eq!(users.find_one(doc! { "_id": 3 }).await.unwrap().map(|user| user.visits), Some(1));

    let filter = doc! { "_id": 4, "login": "four" };
    let made =
        users.find_one_and_update(filter, update()).upsert(true).return_document(ReturnDocument::After);
    assert_eq!(made.await.unwrap().map(|user| user.login), Some("four".to_owned()));
}

#[tokio::test]
async fn a_unique_index_ends_an_update_and_nothing_is_done_twice() {
    let database = database().await;
    let users = users(&database, (1..=4).map(|id| stored(3, id))).await;
    let unique = IndexOptions::builder().unique(true).build();
    let index = IndexModel::builder().keys(doc! { "login": 1 }).options(unique).build();
    users.collection().create_index(index).await.unwrap();
    // The first of them gets the name, the second cannot.
    let update = doc! { "$set": { "login": "one" }, "$inc": { "visits": 1_i64 } };
    let error = users.update_many(doc! {}, update.clone()).upsert(true).await.unwrap_err();
    assert!(matches!(error, Error::Database { .. }), "{error}");
    let mut visits = users.find(doc! {}).await.unwrap().try_collect().await.unwrap();
    assert_eq!(visits.drain(..).map(|user| user.visits).sum::<i64>(), 21);
    // Nobody is found, and what is to be inserted is there.
    let filter = doc! { "_id": 9, "login": "two", "active": false };
    let error = users.update_one(filter, update).upsert(true).await.unwrap_err();
    assert!(matches!(error, Error::Database { .. }), "{error}");
    assert_eq!(users.count_documents(doc! {}).await.unwrap(), 4);
}

#[tokio::test]
async fn upserts_at_the_same_time_make_one_document() {
    let database = database().await;
    let users = users(&database, [stored(1, 1)]).await;
    let tasks = (0..8).map(|_| {
        let users = users.clone();
        tokio::spawn(async move {
            let update = doc! { "$inc": { "visits": 1_i64 }, "$setOnInsert": { "tags": [], "active": true } };
            users.update_one(doc! { "_id": 2, "login": "new" }, update).upsert(true).await.unwrap();
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(at(&users, 2).await.get("visits"), Some(&bson!(8_i64)));
}

#[tokio::test]
async fn an_old_document_is_updated_with_all_options() {
    let database = database().await;
    let users = users(&database, (1..=6).map(|id| stored(1 + id % 3, id))).await;
    for id in 1..=6 {
        let mut options = UpdateOptions::default();
        options.array_filters = Some(vec![doc! { "tag": "A" }]);
        options.collation =
            Some(Collation::builder().locale("en").strength(CollationStrength::Secondary).build());
        options.hint = Some(Hint::Keys(doc! { "_id": 1 }));
        options.write_concern = Some(WriteConcern::majority());
        options.comment = Some("a test".into());
        options.let_vars = Some(doc! { "id": id });
        let filter = doc! { "login": format!("USER{id}@example.org"), "$expr": { "$eq": ["$_id", "$$id"] } };
        // What `$expr` reads cannot be told, whatever is stored.
        let unsaid = users.update_one(filter.clone(), doc! { "$set": { "tags.$[tag]": "z" } });
        assert!(matches!(unsaid.with_options(options.clone()).await, Err(Error::Untranslatable(_))));
        let filter = doc! { "login": format!("USER{id}@example.org"), "active": true };
        let update = users.update_one(filter, doc! { "$set": { "tags.$[tag]": "z" } }).with_options(options);
        assert_eq!(update.await.unwrap().modified_count, 1);
        assert_eq!(at(&users, id).await.get("tags"), Some(&bson!(["z", "b"])));
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_its_error_and_changes_nothing() {
    let database = database().await;
    let users = users(&database, [stored(1, 1), stored(2, 2), stored(3, 3)]).await;
    let validator = doc! { "validator": { "schemaVersion": { "$ne": 3 } }, "validationLevel": "moderate" };
    let mut command = doc! { "collMod": "users" };
    command.extend(validator);
    database.run_command(command).await.unwrap();
    for id in 1..=2 {
        let before = at(&users, id).await;
        // Also the second time, when an old one is expected.
        for _ in 0..2 {
            let error =
                users.update_one(doc! { "_id": id }, doc! { "$set": { "active": false } }).await.unwrap_err();
            assert!(matches!(error, Error::Database { .. }), "{error}");
        }
        let error = users.modify(doc! { "_id": id }, |user| user.active = false).await.unwrap_err();
        assert!(matches!(error, Error::Database { .. }), "{error}");
        assert_eq!(at(&users, id).await, before);
    }
}

#[tokio::test]
async fn the_stamp_is_nobodys_to_update() {
    let database = database().await;
    let users = users(&database, [stored(1, 1), stored(3, 2)]).await;
    let refused = [
        doc! { "$set": { "schemaVersion": 1 } },
        doc! { "$inc": { "visits": 1 }, "$unset": { "schemaVersion": "" } },
        doc! { "$rename": { "schemaVersion": "v" } },
        doc! { "$rename": { "login": "schemaVersion" } },
        doc! { "$set": { "schemaVersion.a": 1 } },
    ];
    for update in refused {
        let error = users.update_many(doc! {}, update.clone()).await.unwrap_err();
        assert!(matches!(error, Error::StampInUpdate { .. }), "{error}");
        let error = users.find_one_and_update(doc! {}, update).await.unwrap_err();
        assert!(matches!(error, Error::StampInUpdate { .. }), "{error}");
    }
    assert_eq!((at(&users, 1).await, at(&users, 2).await), (stored(1, 1), stored(3, 2)));
    // A pipeline may do what it likes to the rest.
    let pipeline = vec![
        doc! { "$replaceWith": { "_id": "$_id", "login": "$login", "visits": "$visits", "tags": "$tags", "active": false } },
    ];
    users.update_many(doc! {}, pipeline).await.unwrap();
    for id in 1..=2 {
        let mut expected = user(id);
        expected.active = false;
        assert_eq!(users.find_one(doc! { "_id": id }).await.unwrap(), Some(expected));
        assert_eq!(at(&users, id).await.get("schemaVersion"), Some(&bson!(3)));
    }
}

#[tokio::test]
async fn an_order_by_a_renamed_field_is_that_of_all_versions() {
    let database = database().await;
    let users = users(&database, (1..=9).map(|id| stored(1 + id % 3, id))).await;
    let by_login = || doc! { "login": -1 };
    let found = users.find(doc! {}).sort(by_login()).skip(1).limit(3).batch_size(2).await.unwrap();
    assert_eq!(found.try_collect().await.unwrap(), [user(8), user(7), user(6)]);
    assert_eq!(users.find_one(doc! {}).sort(by_login()).await.unwrap(), Some(user(9)));
    let mut session = database.client().start_session().await.unwrap();
    let found = users.find(doc! {}).sort(by_login()).session(&mut session).await.unwrap();
    assert_eq!(found.try_collect().await.unwrap().len(), 9);
    for id in (5..=9).rev() {
        let update = doc! { "$set": { "active": false } };
        let next = users.find_one_and_update(doc! { "active": true }, update).sort(by_login());
        assert_eq!(next.await.unwrap().map(|user| user.id), Some(id));
    }
    // A server of these tests knows no order for an update; the search before it does.
    for id in (1..=4).rev() {
        let options = UpdateOptions::builder().sort(by_login()).build();
        let update = users.update_one(doc! { "active": true }, doc! { "$set": { "active": false } });
        assert_eq!(update.with_options(options).await.unwrap().matched_count, 1);
        assert!(!users.find_one(doc! { "_id": id }).await.unwrap().unwrap().active);
    }
    let modified = users.modify(doc! {}, |user| user.visits = 0).sort(by_login()).await.unwrap();
    assert_eq!(modified.map(|user| user.id), Some(9));
}

#[tokio::test]
async fn the_document_is_given_before_or_after() {
    let database = database().await;
    let users = users(&database, [stored(1, 1), stored(3, 2)]).await;
    for id in 1..=2 {
        let update = |which| {
            let update = doc! { "$inc": { "visits": 1_i64 } };
            users.find_one_and_update(doc! { "_id": id }, update).return_document(which)
        };
        assert_eq!(update(ReturnDocument::Before).await.unwrap().map(|user| user.visits), Some(5));
        assert_eq!(update(ReturnDocument::After).await.unwrap().map(|user| user.visits), Some(7));
    }
    assert_eq!(
        users.find_one_and_update(doc! { "_id": 3 }, doc! { "$set": { "active": true } }).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn deletes_find_every_version() {
    let database = database().await;
    let users = users(&database, (1..=6).map(|id| stored(1 + id % 3, id))).await;
    assert_eq!(users.delete_one(doc! { "login": "user1@example.org" }).await.unwrap().deleted_count, 1);
    let logins = doc! { "login": { "$in": ["user2@example.org", "user3@example.org", "user4@example.org"] } };
    assert_eq!(users.delete_many(logins).await.unwrap().deleted_count, 3);
    let left: Vec<Document> = schema_tests::stored::all(&users.collection().clone_with_type()).await.unwrap();
    assert_eq!(left, [stored(3, 5), stored(1, 6)]);
}
