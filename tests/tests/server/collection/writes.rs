//! Inserts, saves, changes in memory and replacements: stamped, guarded, and careful with what others have stored.

use mongodb::bson::{Document, bson, doc};
use schema_runtime::{Error, collection::Replaced};

use super::{at, stored, upgraded, user, users};
use crate::support::database;

#[tokio::test]
async fn inserts_are_stamped() {
    let database = database().await;
    let users = users(&database, [stored(1, 1)]).await;
    users.insert_one(user(2)).await.unwrap();
    users.insert_many([user(3), user(4)]).await.unwrap();
    let fifth = user(5);
    users.insert_one(&fifth).await.unwrap();
    assert_eq!(users.find_one(doc! { "_id": 5 }).await.unwrap(), Some(fifth));
    for id in 2..=5 {
        let mut expected = upgraded(id);
        expected.remove("note");
        assert_eq!(at(&users, id).await, expected);
    }
    let error = users.insert_one(user(2)).await.unwrap_err();
    assert!(matches!(error, Error::Database { .. }), "{error}");
}

#[tokio::test]
async fn a_loaded_document_is_saved_over_what_was_read_and_nothing_else() {
    let database = database().await;
    let users = users(&database, [stored(1, 1), stored(2, 2), stored(3, 3)]).await;
    for id in 1..=3 {
        let mut loaded = users.get(id).await.unwrap().expect("a document");
        loaded.visits += 1;
        users.save(&mut loaded).await.unwrap();
        // Saved again from where it is now.
        loaded.tags.push("c".to_owned());
        users.save(&mut loaded).await.unwrap();
        let mut expected = upgraded(id);
        expected.extend(doc! { "visits": 6_i64, "tags": ["a", "b", "c"] });
        let mut now = at(&users, id).await;
        assert_eq!(Document::try_from(loaded.stored().as_ref()).unwrap(), now);
        // A field that the upgrade adds comes last.
        let active = now.remove("active");
        assert_eq!(active, expected.remove("active"));
        assert_eq!(sorted(now), sorted(expected));
    }
}

fn sorted(document: Document) -> Vec<(String, mongodb::bson::Bson)> {
    let mut fields: Vec<_> = document.into_iter().collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    fields
}

#[tokio::test]
async fn a_save_never_overwrites_what_was_changed_since() {
    let database = database().await;
    let users = users(&database, [stored(1, 1), stored(3, 2), stored(3, 3)]).await;
    let documents = users.collection().clone_with_type::<Document>();
    for id in 1..=2 {
        let mut loaded = users.get(id).await.unwrap().expect("a document");
        // A release of the past leaves the version what it is.
        documents.update_one(doc! { "_id": id }, doc! { "$set": { "note": "theirs" } }).await.unwrap();
        let before = at(&users, id).await;
        loaded.visits = 0;
        let error = users.save(&mut loaded).await.unwrap_err();
        assert!(matches!(&error, Error::Changed { .. }), "{error}");
        assert_eq!(at(&users, id).await, before);
    }
    let mut loaded = users.get(3).await.unwrap().expect("a document");
    documents.delete_one(doc! { "_id": 3 }).await.unwrap();
    loaded.visits = 0;
    assert!(matches!(users.save(&mut loaded).await, Err(Error::Changed { .. })));
}

#[tokio::test]
async fn nothing_is_written_that_was_not_changed() {
    let database = database().await;
    // A type would write `visits` as another number, and the fields in another order.
    let odd =
        doc! { "_id": 1, "tags": ["a", "b"], "active": true, "login": "x", "visits": 5, "schemaVersion": 3 };
    let users = users(&database, [odd.clone()]).await;
    let mut loaded = users.get(1).await.unwrap().expect("a document");
    users.save(&mut loaded).await.unwrap();
    assert_eq!(at(&users, 1).await, odd);
    loaded.active = false;
    users.save(&mut loaded).await.unwrap();
    let mut expected = odd;
    expected.insert("active", false);
    assert_eq!(at(&users, 1).await, expected);
}

#[tokio::test]
async fn an_id_is_nobodys_to_change() {
    let database = database().await;
    let users = users(&database, [stored(1, 1), stored(3, 2)]).await;
    for id in 1..=2 {
        let before = at(&users, id).await;
        let error = users.modify(doc! { "_id": id }, |user| user.id = 7).await.unwrap_err();
        assert!(error.to_string().contains("_id"), "{error}");
        assert_eq!(at(&users, id).await, before);
    }
}

#[tokio::test]
async fn changes_in_memory_at_the_same_time_are_all_kept() {
    let database = database().await;
    let users = users(&database, [stored(1, 1)]).await;
    let tasks = (0..8).map(|_| {
        let users = users.clone();
        tokio::spawn(async move {
            for _ in 0..10 {
                // As often as it takes: the point is what is stored.
                while let Err(error) = users.modify(doc! { "_id": 1 }, |user| user.visits += 1).await {
                    assert!(matches!(error, Error::Conflict { .. }), "{error}");
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let mut expected = user(1);
    expected.visits += 80;
    assert_eq!(users.find_one(doc! { "_id": 1 }).await.unwrap(), Some(expected));
    assert_eq!(at(&users, 1).await.get("note"), Some(&"mine".into()));
}

#[tokio::test]
async fn a_change_may_decline() {
    let database = database().await;
    let users = users(&database, [stored(1, 1)]).await;
    let spend = |amount: i64| {
        users.try_modify(doc! { "login": "user1@example.org" }, move |user| {
            user.visits = user.visits.checked_sub(amount).filter(|left| *left >= 0).ok_or("not enough")?;
            Ok::<_, &str>(())
        })
    };
    let error = spend(9).await.unwrap_err();
    assert!(
        matches!(&error, Error::Declined { source, .. } if source.to_string() == "not enough"),
        "{error}"
    );
    assert_eq!(at(&users, 1).await, stored(1, 1));
    assert_eq!(spend(3).await.unwrap().map(|user| user.visits), Some(2));
    assert_eq!(users.modify(doc! { "_id": 9 }, |_| ()).await.unwrap(), None);
}

#[tokio::test]
async fn a_replacement_keeps_what_the_type_does_not_know() {
    let database = database().await;
    let users = users(&database, [stored(1, 1), stored(2, 2), stored(3, 3), stored(9, 4)]).await;
    for id in 1..=3 {
        let mut replacement = user(id);
        replacement.tags.clear();
        let filter = doc! { "login": format!("user{id}@example.org") };
        assert_eq!(users.replace_one(filter, &replacement).await.unwrap(), Replaced::Replaced);
        let now = at(&users, id).await;
        assert_eq!(now.get("note"), Some(&"mine".into()));
        assert_eq!(users.find_one(doc! { "_id": id }).await.unwrap(), Some(replacement));
        assert_eq!(now.len(), upgraded(id).len());
    }
    let error = users.replace_one(doc! { "_id": 4 }, &user(4)).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
    assert_eq!(at(&users, 4).await, stored(9, 4));

    assert_eq!(users.replace_one(doc! { "_id": 5 }, &user(5)).await.unwrap(), Replaced::NotFound);
    let fifth = user(5);
    let upsert = users.replace_one(doc! { "_id": 5 }, &fifth).upsert(true);
    assert_eq!(upsert.await.unwrap(), Replaced::Inserted);
    assert_eq!(at(&users, 5).await.get("schemaVersion"), Some(&bson!(3)));
    // One that the filter does not find and that has the id.
    let error = users.replace_one(doc! { "login": "nobody" }, &user(1)).upsert(true).await.unwrap_err();
    assert!(matches!(error, Error::Database { .. }), "{error}");
}
