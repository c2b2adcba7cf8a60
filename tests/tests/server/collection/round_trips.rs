//! What operations cost in round trips: commands that wait for one another.

use std::sync::{Arc, Mutex};

use mongodb::{
    Client, ClientSession,
    bson::{Document, doc},
    event::{EventHandler, command::CommandEvent},
    options::ClientOptions,
};
use schema_runtime::{VersionedCollection, WriteBack};

use super::{User, stored, users};
use crate::support::{database, uri};

/// The commands under way, and how often one began when there was none.
#[derive(Default)]
struct Trips {
    under_way: usize,
    begun: usize,
}

struct Watched {
    users: VersionedCollection<User>,
    trips: Arc<Mutex<Trips>>,
}

impl Watched {
    async fn new(users: &VersionedCollection<User>) -> Self {
        let trips = Arc::new(Mutex::new(Trips::default()));
        let seen = Arc::clone(&trips);
        let mut options = ClientOptions::parse(uri().await).await.unwrap();
        options.command_event_handler = Some(EventHandler::callback(move |event| {
            let mut trips = seen.lock().unwrap();
            match event {
                CommandEvent::Started(_) => {
                    trips.begun += usize::from(trips.under_way == 0);
                    trips.under_way += 1;
                }
                _ => trips.under_way -= 1,
            }
        }));
        let client = Client::with_options(options).unwrap();
        let database = client.database(&users.collection().namespace().db);
        // Connections are there when they are needed.
        let documents = database.collection::<Document>("users");
        futures_util::future::join_all((0..4).map(|_| documents.count_documents(doc! {}).into_future()))
            .await;
        Self { users: VersionedCollection::new(&database), trips }
    }

    async fn of<F: IntoFuture>(&self, operation: F) -> usize {
        *self.trips.lock().unwrap() = Trips::default();
        operation.await;
        self.trips.lock().unwrap().begun
    }

    async fn of_update(&self, id: i32) -> usize {
        let update = doc! { "$inc": { "visits": 1_i64 } };
        self.of(async { self.users.update_one(doc! { "_id": id }, update).await.unwrap() }).await
    }

    async fn of_find_and_update(&self, id: i32) -> usize {
        let update = doc! { "$inc": { "visits": 1_i64 } };
        self.of(async { self.users.find_one_and_update(doc! { "_id": id }, update).await.unwrap() }).await
    }

    async fn of_update_in(&self, session: &mut ClientSession, id: i32) -> usize {
        let update = doc! { "$inc": { "visits": 1_i64 } };
        let update = self.users.update_one(doc! { "_id": id }, update).session(session);
        self.of(async { update.await.unwrap() }).await
    }
}

#[tokio::test]
async fn a_current_document_costs_what_the_driver_costs() {
    let database = database().await;
    let users = users(&database, (1..=20).map(|id| stored(3, id))).await;
    let watched = Watched::new(&users).await;
    for id in 1..=3 {
        assert_eq!(watched.of_update(id).await, 1);
        assert_eq!(watched.of(async { watched.users.find_one(doc! { "_id": id }).await.unwrap() }).await, 1);
        assert_eq!(watched.of_find_and_update(id).await, 1);
        let modify =
            async { watched.users.modify(doc! { "_id": id }, |user| user.visits += 1).await.unwrap() };
        assert_eq!(watched.of(modify).await, 2);
    }
    let found = async { watched.users.find(doc! {}).await.unwrap().try_collect().await.unwrap() };
    assert_eq!(watched.of(found).await, 1);
}

#[tokio::test]
async fn an_old_document_costs_one_more_at_most() {
    let database = database().await;
    let users = users(&database, (1..=40).map(|id| stored(1 + id % 2, id))).await;
    let watched = Watched::new(&users).await;
    // The first one that is met is a surprise.
    assert_eq!(watched.of_update(1).await, 3);
    for id in 2..=6 {
        assert_eq!(watched.of_update(id).await, 2, "an old one");
        assert_eq!(watched.of_update(id).await, 1, "the same, which is current now");
    }
    // The server gives what it updates, so that the upgrade is a command of its own.
    for id in 13..=15 {
        assert_eq!(watched.of_find_and_update(id).await, 3);
        assert_eq!(watched.of_find_and_update(id).await, 1);
    }
    // It is changed by the write that upgrades it.
    let modify = async { watched.users.modify(doc! { "_id": 7 }, |user| user.visits += 1).await.unwrap() };
    assert_eq!(watched.of(modify).await, 2);
    // In batches: found, upgraded (each version has a form of its own), none found any more, updated, none newer.
    let update = doc! { "$inc": { "visits": 1_i64 } };
    let update = async { watched.users.update_many(doc! { "_id": { "$gt": 20 } }, update).await.unwrap() };
    assert!(watched.of(update).await <= 6);
    let writing = watched.users.clone().with_write_back(WriteBack::always());
    for id in 10..=12 {
        assert_eq!(watched.of(async { writing.find_one(doc! { "_id": id }).await.unwrap() }).await, 2);
        assert_eq!(watched.of(async { writing.find_one(doc! { "_id": id }).await.unwrap() }).await, 1);
    }
}

#[tokio::test]
async fn an_old_document_costs_the_same_within_sessions() {
    let database = database().await;
    let users = users(&database, (1..=40).map(|id| stored(1 + id % 2, id))).await;
    let watched = Watched::new(&users).await;
    watched.of_update(1).await;
    let mut session = watched.users.collection().client().start_session().await.unwrap();
    for (transaction, ids) in [(false, 2..=6), (true, 7..=12)] {
        if transaction {
            session.start_transaction().await.unwrap();
        }
        for id in ids {
            assert_eq!(watched.of_update_in(&mut session, id).await, 2, "an old one");
            assert_eq!(watched.of_update_in(&mut session, id).await, 1, "the same, which is current now");
        }
    }
    session.commit_transaction().await.unwrap();
    assert_eq!(users.count_documents(doc! { "schemaVersion": 3 }).await.unwrap(), 12);
}
