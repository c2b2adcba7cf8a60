//! Reads: every version as the current type, by filters in its names, past what cannot be read.

use std::sync::{Arc, Mutex};

use mongodb::{
    Client,
    bson::doc,
    event::{EventHandler, command::CommandEvent},
    options::{ClientOptions, ReadPreference, SelectionCriteria},
};
use schema_runtime::{DecodeErrorKind, Error, Newer, VersionedCollection};

use super::{User, at, stored, user, users};
use crate::support::{database, uri};

#[tokio::test]
async fn a_search_finds_every_version_and_goes_on_past_a_bad_document() {
    let database = database().await;
    let mut bad = stored(2, 4);
    bad.insert("visits", "many");
    let users =
        users(&database, [stored(1, 1), stored(2, 2), stored(3, 3), bad, stored(9, 5), stored(1, 6)]).await;

    let mut found = users.find(doc! { "login": { "$gt": "user" } }).sort(doc! { "_id": 1 }).await.unwrap();
    let (mut read, mut failed) = (Vec::new(), Vec::new());
    while let Some(document) = found.next().await {
        match document {
            Ok(user) => read.push(user),
            Err(Error::Decode(error)) => failed.push((error.id().cloned(), error.kind().name())),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(read, [user(1), user(2), user(3), user(6)]);
    assert_eq!(failed, [(Some(4.into()), "body"), (Some(5.into()), "newer")]);
    assert!(found.next().await.is_none());

    let all = users.find(doc! {}).sort(doc! { "_id": 1 }).skip(1).limit(2).batch_size(1).await.unwrap();
    assert_eq!(all.try_collect().await.unwrap(), [user(2), user(3)]);
    assert_eq!(users.count_documents(doc! { "login": "user1@example.org" }).await.unwrap(), 1);
}

#[tokio::test]
async fn one_document_is_read_or_its_error_says_why_not() {
    let database = database().await;
    let users = users(&database, [stored(1, 1), stored(9, 2)]).await;
    let by_login = |login: &str| users.find_one(doc! { "login": login });
    assert_eq!(by_login("user1@example.org").await.unwrap(), Some(user(1)));
    assert_eq!(by_login("nobody@example.org").await.unwrap(), None);
    match by_login("user2@example.org").await {
        Err(Error::Decode(error)) => assert!(matches!(error.kind(), DecodeErrorKind::Newer { stored: 9 })),
        other => panic!("{other:?}"),
    }
    assert_eq!(**users.get(1).await.unwrap().as_ref().expect("a document"), user(1));
    assert!(users.get(7).await.unwrap().is_none());
}

#[tokio::test]
async fn what_older_documents_cannot_be_asked_is_an_error() {
    let database = database().await;
    let users = users(&database, [stored(1, 1)]).await;
    let error = users.find(doc! { "tags": "a" }).await.unwrap_err();
    assert!(matches!(error, Error::Untranslatable(_)), "{error}");
    let error = users.find_one(doc! {}).sort(doc! { "visits": 1 }).await.unwrap_err();
    assert!(matches!(error, Error::Untranslatable(_)), "{error}");
    // What is not a document of the past is asked as it is.
    assert_eq!(users.find_one(doc! { "_id": 1 }).await.unwrap(), Some(user(1)));
}

#[tokio::test]
async fn a_newer_document_is_read_as_far_as_it_is_known_and_never_changed() {
    let database = database().await;
    let mut unlike = stored(9, 2);
    unlike.remove("tags");
    let before = [stored(9, 1), unlike];
    let users = users(&database, before.clone()).await.with_newer(Newer::ReadOnly);
    assert_eq!(users.find_one(doc! { "_id": 1 }).await.unwrap(), Some(user(1)));
    assert!(matches!(users.find_one(doc! { "_id": 2 }).await, Err(Error::Decode(_))));

    let mut loaded = users.get(1).await.unwrap().expect("a document");
    loaded.visits += 1;
    let newer = |result: Result<(), Error>| match result {
        Err(Error::Decode(error)) => assert!(matches!(error.kind(), DecodeErrorKind::Newer { stored: 9 })),
        other => panic!("{other:?}"),
    };
    let (by_id, update) = (|| doc! { "_id": 1 }, || doc! { "$inc": { "visits": 1_i64 } });
    newer(users.save(&mut loaded).await);
    newer(users.modify(by_id(), |user| user.visits += 1).await.map(drop));
    newer(users.replace_one(by_id(), &user(1)).await.map(drop));
    newer(users.update_one(by_id(), update()).await.map(drop));
    newer(users.update_one(by_id(), update()).upsert(true).await.map(drop));
    newer(users.update_many(doc! {}, update()).await.map(drop));
    newer(users.find_one_and_update(by_id(), update()).await.map(drop));
    newer(users.find_one_and_update(doc! {}, update()).sort(doc! { "_id": 1 }).await.map(drop));
    for document in before {
        assert_eq!(at(&users, document.get_i32("_id").unwrap()).await, document);
    }
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Card {
    login: String,
    tags: Option<Vec<String>>,
}

#[tokio::test]
async fn a_projection_is_of_the_current_version() {
    let database = database().await;
    let mut bad = stored(1, 4);
    bad.insert("visits", "many");
    let users = users(&database, [stored(1, 1), stored(2, 2), stored(3, 3), bad]).await;
    let card = |id, tags: Option<&[&str]>| Card {
        login: format!("user{id}@example.org"),
        tags: tags.map(|tags| tags.iter().map(|&tag| tag.to_owned()).collect()),
    };
    let first = || users.find(doc! { "_id": { "$lt": 4 } }).sort(doc! { "login": 1 });
    let cards =
        first().project::<Card>(doc! { "login": 1, "tags": 1 }).await.unwrap().try_collect().await.unwrap();
    assert_eq!(cards, [1, 2, 3].map(|id| card(id, Some(&["a", "b"]))));
    let cards = first().project::<Card>(doc! { "tags": 0 }).await.unwrap().try_collect().await.unwrap();
    assert_eq!(cards, [1, 2, 3].map(|id| card(id, None)));
    // One that cannot be upgraded is an error in its place, and so is what does not fit.
    let mut cards = users.find(doc! { "_id": 4 }).project::<Card>(doc! { "login": 1 }).await.unwrap();
    assert!(matches!(cards.next().await, Some(Err(Error::Decode(_)))));
    let mut cards = first().project::<Card>(doc! { "visits": 1 }).await.unwrap();
    assert!(matches!(cards.next().await, Some(Err(Error::Projected { .. }))));
    assert!(matches!(cards.next().await, Some(Err(Error::Projected { .. }))));
    let error = first().project::<Card>(doc! { "tags": { "$slice": 1 } }).await.unwrap_err();
    assert!(matches!(error, Error::Untranslatable(_)), "{error}");
}

#[tokio::test]
async fn a_stream_of_documents_is_one_of_futures() {
    use futures_util::TryStreamExt;

    let database = database().await;
    let users = users(&database, (0..250).map(|id| stored(1 + id % 3, id))).await;
    let documents = users.find(doc! {}).batch_size(10).await.unwrap().stream();
    let ids: Vec<i32> = documents.map_ok(|user| user.id).try_collect().await.unwrap();
    assert_eq!(ids, (0..250).collect::<Vec<_>>());
}

#[tokio::test]
async fn reads_of_a_session_see_its_writes() {
    let database = database().await;
    let users = users(&database, [stored(1, 1)]).await;
    let mut session = database.client().start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    users.insert_one(user(2)).session(&mut session).await.unwrap();
    let found = users.find(doc! {}).sort(doc! { "_id": 1 }).session(&mut session).await.unwrap();
    assert_eq!(found.try_collect().await.unwrap(), [user(1), user(2)]);
    assert_eq!(users.find_one(doc! { "_id": 2 }).session(&mut session).await.unwrap(), Some(user(2)));
    assert_eq!(users.find_one(doc! { "_id": 2 }).await.unwrap(), None);
    session.abort_transaction().await.unwrap();
    assert_eq!(users.count_documents(doc! {}).await.unwrap(), 1);
}

#[tokio::test]
async fn what_is_to_be_changed_is_read_from_the_primary_within_sessions_as_well() {
    let database = database().await;
    users(&database, (1..=6).map(|id| stored(1, id))).await;
    // Of each search, whether it may go to a secondary.
    let searches = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&searches);
    let mut options = ClientOptions::parse(uri().await).await.unwrap();
    options.selection_criteria =
        Some(SelectionCriteria::ReadPreference(ReadPreference::SecondaryPreferred { options: None }));
    options.command_event_handler = Some(EventHandler::callback(move |event| {
        if let CommandEvent::Started(started) = event
            && started.command_name == "find"
        {
            let preference = started.command.get_document("$readPreference");
            seen.lock().unwrap().push(preference.is_ok_and(|how| how.get("mode") != Some(&"primary".into())));
        }
    }));
    let client = Client::with_options(options).unwrap();
    let users = VersionedCollection::<User>::new(&client.database(database.name()));
    let mut session = client.start_session().await.unwrap();
    let session = &mut session;

    users.find_one(doc! { "_id": 1 }).session(&mut *session).await.unwrap();
    assert_eq!(*searches.lock().unwrap(), [true]);
    searches.lock().unwrap().clear();

    for in_transaction in [false, true] {
        if in_transaction {
            session.start_transaction().await.unwrap();
        }
        let increase = || doc! { "$inc": { "visits": 1_i64 } };
        let mut loaded = users.get(1).session(&mut *session).await.unwrap().expect("a document");
        loaded.visits += 1;
        users.save(&mut loaded).session(&mut *session).await.unwrap();
        users.modify(doc! { "_id": 2 }, |user| user.visits += 1).session(&mut *session).await.unwrap();
        let _ = users.replace_one(doc! { "_id": 3 }, &user(3)).session(&mut *session).await.unwrap();
        users.update_one(doc! { "_id": 4 }, increase()).session(&mut *session).await.unwrap();
        let updated = users.find_one_and_update(doc! { "_id": 5 }, increase()).session(&mut *session);
        assert_eq!(updated.await.unwrap().map(|user| user.visits), Some(5 + i64::from(in_transaction)));
        users.update_many(doc! { "_id": 6 }, increase()).session(&mut *session).await.unwrap();
    }
    session.commit_transaction().await.unwrap();
    assert_eq!(users.census().await.unwrap().current(), 6);
    let searches = searches.lock().unwrap();
    assert!(searches.len() > 10 && searches.iter().all(|elsewhere| !elsewhere), "{searches:?}");
}
