//! A rollback lowers the floor before it stores the first old document, and waits until the services know.

use std::time::Duration;

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{
    VersionedCollection,
    backfill::{Ending, Report},
};

use super::{HEARTBEAT, ItemV3, insert, items, old, service};
use crate::support::{TestDatabase, database};

const HOUR: Duration = Duration::from_secs(3600);

/// Documents that were upgraded, and their floor.
async fn upgraded() -> (TestDatabase, VersionedCollection<ItemV3>) {
    let database = database().await;
    insert(&database, (0..300).map(old)).await;
    let items = items::<ItemV3>(&database);
    items.backfill().keep_preimages(HOUR).run().await.unwrap();
    assert_eq!(items.verify_floor().await.unwrap().version, 3);
    (database, items)
}

async fn is_any_old(database: &Database) -> bool {
    let items = database.collection::<Document>("items");
    items.find_one(doc! { "schemaVersion": 1 }).await.unwrap().is_some()
}

/// Looks all the time whether the service relies on a floor that does not hold.
async fn watch(database: &Database, service: &VersionedCollection<ItemV3>) -> ! {
    loop {
        let is_any_old = is_any_old(database).await;
        // Afterwards: what it knows now, it did not know better before.
        let floor = service.known_floor();
        assert!(!is_any_old || floor == 1, "old documents are stored, and the floor is taken for {floor}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_know_of_a_lower_floor_before_the_first_old_document_is_stored() {
    for by_steps in [false, true] {
        let (database, admin) = upgraded().await;
        let shop = items::<ItemV3>(&database);
        let member = shop.join(service("3.0")).await.unwrap();
        assert_eq!(shop.known_floor(), 3);
        let rollback = if by_steps { admin.rollback().to_version(1) } else { admin.rollback() };
        let report: Report = tokio::select! {
            report = rollback.batch_size(10).run() => report.unwrap(),
            never = watch(&database, &shop) => never,
        };
        assert!(report.is_clean() && report.rolled_back == 300, "{report}");
        assert_eq!(shop.known_floor(), 1);
        assert!(is_any_old(&database).await);
        member.leave().await.unwrap();
        assert_eq!(admin.verify_floor().await.unwrap().version, 1);
    }
}

#[tokio::test]
async fn a_service_that_is_dead_does_not_hold_a_rollback_up_for_long() {
    let (database, admin) = upgraded().await;
    let shop = items::<ItemV3>(&database);
    // Dropped without a word.
    drop(shop.join(service("3.0")).await.unwrap());
    assert_eq!(shop.live_members().await.unwrap().len(), 1);
    assert_eq!(shop.known_floor(), 1);
    let report = admin.rollback().run().await.unwrap();
    assert!(report.is_clean() && report.rolled_back == 300, "{report}");
    assert_eq!(shop.live_members().await.unwrap(), []);
}

#[tokio::test]
async fn a_dry_run_leaves_the_floor_where_it_is() {
    let (_database, admin) = upgraded().await;
    let member = admin.join(service("3.0")).await.unwrap();
    admin.rollback().to_version(1).dry_run(true).run().await.unwrap();
    tokio::time::sleep(HEARTBEAT * 2).await;
    assert_eq!(admin.known_floor(), 3);
    member.leave().await.unwrap();
}

#[tokio::test]
async fn a_rollback_that_waits_for_a_service_can_be_stopped() {
    let (database, admin) = upgraded().await;
    drop(items::<ItemV3>(&database).join(service("3.0").heartbeat(HOUR)).await.unwrap());
    let stop = async {
        tokio::time::sleep(HEARTBEAT).await;
        "it is enough".to_owned()
    };
    let report = admin.rollback().stop_when(stop).run().await.unwrap();
    assert_eq!(report.ending, Ending::Interrupted("it is enough".to_owned()), "{report}");
    assert!(!is_any_old(&database).await);
}
