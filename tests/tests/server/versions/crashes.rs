//! Services that are killed, paused, or forgotten by the others.

use std::time::Duration;

use mongodb::{
    Client, Database,
    bson::{DateTime, Document, doc},
};
use schema_runtime::{
    Error,
    versions::{Health, Member, VERSIONS},
};

use super::{HEARTBEAT, ItemV1, ItemV2, items, service};
use crate::support::{database, uri};

/// What stops at once when this is dropped, as a killed process does: nothing in it is told.
struct Elsewhere(Option<tokio::runtime::Runtime>);

impl Elsewhere {
    /// A service of the first release in a runtime of its own.
    async fn old_release(database: &Database) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (uri, name) = (uri().await, database.name().to_owned());
        let joined = runtime.spawn(async move {
            let database = Client::with_uri_str(uri).await.unwrap().database(&name);
            let member = items::<ItemV1>(&database).join(service("1.0")).await.unwrap();
            tokio::spawn(async move {
                std::future::pending::<()>().await;
                drop(member);
            });
        });
        joined.await.unwrap();
        Self(Some(runtime))
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.0.take().expect("a runtime").shutdown_background();
    }
}

async fn raise_when_possible(member: &Member) {
    while let Err(error) = member.raise(2).await {
        assert!(matches!(error, Error::UnreadableToOthers { .. }), "{error}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_killed_service_is_waited_for_as_long_as_it_may_be_alive() {
    let database = database().await;
    let old = Elsewhere::old_release(&database).await;
    let new = items::<ItemV2>(&database).writing(1).unwrap();
    let member = new.join(service("2.0")).await.unwrap();
    assert!(member.raise(2).await.is_err());
    // It is alive for longer than a lease.
    tokio::time::sleep(HEARTBEAT * 4).await;
    assert!(member.raise(2).await.is_err());
    drop(old);
    assert!(member.raise(2).await.is_err(), "one missed heartbeat is not enough");
    raise_when_possible(&member).await;
    assert_eq!(new.live_members().await.unwrap().len(), 1);

    // The next one that joins clears it away.
    let entries = database.collection::<Document>(VERSIONS);
    assert_eq!(entries.count_documents(doc! { "service": "shop" }).await.unwrap(), 2);
    let another = new.join(service("2.0")).await.unwrap();
    assert_eq!(entries.count_documents(doc! { "service": "shop" }).await.unwrap(), 2);
    another.leave().await.unwrap();
}

/// The ids of those that are alive.
async fn releases(database: &Database) -> Vec<Option<String>> {
    let live = items::<ItemV1>(database).live_members().await.unwrap();
    live.into_iter().map(|member| member.release).collect()
}

#[tokio::test]
async fn a_member_that_the_others_have_lost_registers_again() {
    let database = database().await;
    let entries = database.collection::<Document>(VERSIONS);
    let new = items::<ItemV2>(&database);
    let member = new.join(service("2.0")).await.unwrap();
    for lost in ["removed", "lapsed"] {
        match lost {
            "removed" => drop(entries.delete_many(doc! {}).await.unwrap()),
            _ => {
                let long_ago = doc! { "$set": { "until": DateTime::from_millis(0) } };
                drop(entries.update_many(doc! {}, long_ago).await.unwrap());
            }
        }
        while releases(&database).await != [Some("2.0".to_owned())] {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        while member.health() != Health::Alive {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn a_member_that_was_taken_for_dead_does_not_come_back_beside_one_that_it_cannot_read() {
    let database = database().await;
    let entries = database.collection::<Document>(VERSIONS);
    let old = items::<ItemV1>(&database).join(service("1.0")).await.unwrap();
    // As if it had been paused for a while.
    entries.update_many(doc! {}, doc! { "$set": { "until": DateTime::from_millis(0) } }).await.unwrap();
    let member = items::<ItemV2>(&database).join(service("2.0")).await.unwrap();
    while !matches!(old.health(), Health::Out(_)) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(old.health().to_string().contains("live services write others: shop 2.0"), "{}", old.health());
    assert_eq!(releases(&database).await, [Some("2.0".to_owned())]);
    // It keeps asking, and comes back when that one is gone.
    member.leave().await.unwrap();
    while old.health() != Health::Alive {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(releases(&database).await, [Some("1.0".to_owned())]);
}

/// A raise whose member was taken for dead comes in again with what it writes already, before it asks for more.
#[tokio::test]
async fn a_lapsed_member_is_not_raised_past_the_others() {
    let database = database().await;
    let entries = database.collection::<Document>(VERSIONS);
    let new = items::<ItemV2>(&database).writing(1).unwrap();
    let member = new.join(service("2.0")).await.unwrap();
    entries.delete_many(doc! {}).await.unwrap();
    let old = items::<ItemV1>(&database).join(service("1.0")).await.unwrap();
    assert!(matches!(member.raise(2).await, Err(Error::UnreadableToOthers { .. })));
    assert_eq!(releases(&database).await.len(), 2);
    old.leave().await.unwrap();
    entries.delete_many(doc! {}).await.unwrap();
    member.raise(2).await.unwrap();
    assert_eq!(new.write_version(), 2);
}
