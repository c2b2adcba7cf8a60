//! The floor: what is found, who knows it, and who must not fall below it.

use std::time::Duration;

use mongodb::bson::{Bson, Decimal128, Document, doc};
use schema_runtime::{
    Error, VersionedCollection,
    versions::{Floor, VERSIONS},
};

use super::{HEARTBEAT, ItemV1, ItemV2, ItemV3, insert, items, old, service};
use crate::{
    state::state,
    support::{TestDatabase, database},
};

async fn with(documents: impl IntoIterator<Item = Document>) -> (TestDatabase, VersionedCollection<ItemV3>) {
    let database = database().await;
    insert(&database, documents).await;
    let items = items(&database);
    (database, items)
}

fn stamped(id: i32, version: impl Into<Bson>) -> Document {
    doc! { "_id": id, "schemaVersion": version.into(), "title": "Kettle", "tags": [] }
}

async fn floor_of(documents: impl IntoIterator<Item = Document>) -> Floor {
    let (_database, items) = with(documents).await;
    items.verify_floor().await.unwrap()
}

#[tokio::test]
async fn it_is_the_oldest_version_that_is_stored() {
    assert_eq!(floor_of([stamped(1, 2), stamped(2, 3)]).await.version, 2);
    assert_eq!(floor_of([stamped(1, 3), stamped(2, 3_i64), stamped(3, 3.0)]).await.version, 3);
    // One of a newer release does not count as newer than what this program writes.
    assert_eq!(floor_of([stamped(1, 4)]).await.version, 3);
    // Without a version it is the first.
    assert_eq!(floor_of([stamped(1, 3), doc! { "_id": 2, "name": "Kettle" }]).await.version, 1);
    // What is no version could be anything, also beside its equals.
    let decimal: Decimal128 = "3".parse().unwrap();
    for odd in [
        Bson::Null,
        "3".into(),
        Bson::from(vec![3]),
        2.5.into(),
        f64::NAN.into(),
        (-1).into(),
        decimal.into(),
    ] {
        let floor = floor_of([stamped(1, 3), stamped(2, odd.clone()), stamped(3, 3)]).await;
        assert_eq!((floor.version, floor.census.invalid), (1, 1), "{odd}");
    }
    let (_database, empty) = with([stamped(1, 3)]).await;
    empty.collection().drop().await.unwrap();
    assert_eq!(empty.verify_floor().await.unwrap().version, 3);
}

#[tokio::test]
async fn a_backfill_raises_it_and_services_that_have_joined_know() {
    let (database, items) = with((0..20).map(old)).await;
    let service_of = super::items::<ItemV3>(&database);
    let stranger = super::items::<ItemV3>(&database);
    let _member = service_of.join(service("3.0")).await.unwrap();
    let floor = items.verify_floor().await.unwrap();
    assert_eq!((floor.version, floor.before), (1, None));
    items.backfill().run().await.unwrap();
    let floor = items.verify_floor().await.unwrap();
    assert_eq!((floor.version, floor.before), (3, Some(1)));
    assert!(
        floor.to_string().starts_with("`items` has no document below schema version 3; the floor was 1\n"),
        "{floor}"
    );
    while service_of.known_floor() != 3 {
        assert_eq!(service_of.known_floor(), 1);
        tokio::time::sleep(HEARTBEAT / 10).await;
    }
    assert_eq!(service_of.clone().known_floor(), 3);
    // One that has not joined is told by nobody when it is lowered, so it does not believe it.
    assert_eq!(stranger.known_floor(), 1);
    assert_eq!(stranger.with_floor(2).known_floor(), 2);
    // An older program can make use of it as far as it goes.
    assert_eq!(super::items::<ItemV2>(&database).with_floor(3).known_floor(), 2);
}

#[tokio::test]
async fn whoever_is_no_member_any_more_does_not_rely_on_it() {
    let (database, items) = with([stamped(1, 3)]).await;
    items.verify_floor().await.unwrap();
    let member = items.join(service("3.0")).await.unwrap();
    assert_eq!(items.known_floor(), 3, "from the first heartbeat on, which is part of joining");
    member.leave().await.unwrap();
    assert_eq!(items.known_floor(), 1);
    // Nor does one whose heartbeats do not arrive: here, because its entry cannot be written.
    let member = items.join(service("3.0")).await.unwrap();
    assert_eq!(items.known_floor(), 3);
    let refuse = doc! { "collMod": VERSIONS, "validator": { "nothing": "keeps this" } };
    database.run_command(refuse).await.unwrap();
    while items.known_floor() != 1 {
        tokio::time::sleep(HEARTBEAT / 10).await;
    }
    assert!(
        member.health().to_string().starts_with("the last heartbeat has failed: could not"),
        "{}",
        member.health()
    );
}

#[tokio::test]
async fn it_does_not_rise_above_what_somebody_writes() {
    let (database, items) = with([stamped(1, 3)]).await;
    let member = super::items::<ItemV3>(&database).writing(2).unwrap().join(service("2.9")).await.unwrap();
    let floor = items.verify_floor().await.unwrap();
    assert_eq!((floor.version, floor.stored, floor.held_by.len()), (2, 3, 1));
    let text = floor.to_string();
    assert!(
        text.contains("it stays there as long as older documents are written:\n    shop 2.9 on "),
        "{text}"
    );
    member.leave().await.unwrap();
    let floor = items.clone().writing(1).unwrap().verify_floor().await.unwrap();
    assert_eq!((floor.version, floor.before), (1, Some(2)));
    assert!(floor.to_string().contains("by this program, which writes version 1"), "{floor}");
    assert_eq!(items.verify_floor().await.unwrap().version, 3);

    // Nobody comes in below it, until it is lowered; and then everybody knows.
    let other = super::items::<ItemV3>(&database);
    let _other = other.join(service("3.0")).await.unwrap();
    assert_eq!(other.known_floor(), 3);
    let old = super::items::<ItemV3>(&database).writing(2).unwrap();
    let error = old.join(service("2.9")).await.unwrap_err();
    assert!(matches!(error, Error::BelowFloor { writes: 2, floor: 3, .. }), "{error}");
    assert!(error.to_string().ends_with("or lower the floor first with `lower_floor(2)`"), "{error}");
    items.lower_floor(2).await.unwrap();
    assert_eq!(other.known_floor(), 2);
    old.join(service("2.9")).await.unwrap().leave().await.unwrap();
    // It is as low as that already.
    items.lower_floor(3).await.unwrap();
    tokio::time::sleep(HEARTBEAT * 2).await;
    assert_eq!(other.known_floor(), 2);
}

/// Of a verification and a service that writes older documents, at the same time: either the service is in and the floor is not above
/// what it writes, or it is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_in_who_writes_below_it() {
    let (database, items) = with([stamped(1, 3)]).await;
    let (mut came_in, rounds) = (0, 30_u64);
    for round in 0..rounds {
        items.lower_floor(1).await.unwrap();
        let old = super::items::<ItemV3>(&database).writing(2).unwrap();
        // At first before the verification has begun, at last when it is over.
        let delay = if round == rounds - 1 { HEARTBEAT } else { Duration::from_micros(round * 400) };
        let late = async {
            tokio::time::sleep(delay).await;
            old.join(service("2.9")).await
        };
        let (floor, joined) = tokio::join!(items.verify_floor(), late);
        let floors = database.collection::<Document>(VERSIONS);
        let recorded = floors
            .find_one(doc! { "_id": "items" })
            .await
            .unwrap()
            .expect("a floor")
            .get_i64("floor")
            .unwrap();
        assert_eq!(recorded, i64::from(floor.unwrap().version));
        match joined {
            Ok(member) => {
                came_in += 1;
                assert!(recorded <= 2);
                member.leave().await.unwrap();
            }
            Err(error) => {
                assert!(matches!(error, Error::BelowFloor { writes: 2, floor: 3, .. }), "{error}");
                assert_eq!(recorded, 3);
            }
        }
    }
    assert!((1..rounds).contains(&came_in), "both have happened: {came_in} of {rounds} came in");
}

#[tokio::test]
async fn it_is_not_verified_while_a_rollback_is_under_way() {
    let (_database, items) = with((0..500).map(old)).await;
    items.backfill().run().await.unwrap();
    let stopped = async { "it is enough".to_owned() };
    items.rollback().to_version(1).batch_size(10).stop_when(stopped).run().await.unwrap();
    let error = items.verify_floor().await.unwrap_err();
    assert!(matches!(error, Error::UnderWay { job: "rollback", .. }), "{error}");
}

#[tokio::test]
async fn without_floors_and_members_nothing_is_stored_about_them() {
    let (database, items) = with((0..20).map(old)).await;
    items.backfill().run().await.unwrap();
    items.rollback().to_version(1).run().await.unwrap();
    items.lower_floor(1).await.unwrap();
    assert_eq!(super::items::<ItemV1>(&database).live_members().await.unwrap(), []);
    let names = database.list_collection_names().await.unwrap();
    assert!(!names.contains(&VERSIONS.to_owned()), "{names:?}");
    let before = state(&database).await;
    drop(items.live_members().await.unwrap());
    assert_eq!(state(&database).await, before);
}
