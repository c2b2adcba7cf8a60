//! Startups: what a service does about its database before it serves, or while it does.

use std::time::Duration;

use mongodb::{
    Client,
    bson::{Document, doc},
};
use schema_runtime::{
    Schema, VersionedCollection,
    migration::{Context, Direction, Migration, StepError},
    schema::SchemaError,
    startup::{Brought, Phase, Startup},
};
use schema_tests::marks::{Mark, Way, prepare, times};

use super::{
    lease_document, nobody_holds_the_lease,
    waits::{Part, completed, insert_old, old_release, waiting},
};
use crate::support::{database, uri};

fn reasons(refused: SchemaError) -> Vec<String> {
    match refused {
        SchemaError::NotReady { reasons } => reasons,
        error => panic!("{error}"),
    }
}

async fn current(database: &mongodb::Database) -> u64 {
    VersionedCollection::<Part>::new(database).census().await.unwrap().current()
}

#[tokio::test]
async fn one_that_validates_says_all_that_is_in_its_way_and_changes_nothing() {
    let database = database().await;
    prepare(&database).await;
    insert_old(&database, 3).await;
    let schema = waiting(&database);
    let starting = schema.startup(Startup::Validate);
    let phase = starting.phase();
    assert_eq!(*phase.borrow(), Phase::Waiting);
    let refused = starting.run().await.unwrap_err();
    assert_eq!(*phase.borrow(), Phase::Refused { reason: refused.to_string() });
    assert_eq!(
        reasons(refused),
        [
            "migration `3-read` is pending",
            "migration `4-free` is pending",
            "3 documents of `parts` are of older versions",
        ]
    );
    assert_eq!(lease_document(&database).await, None);
    assert_eq!(current(&database).await, 0);

    schema.up().with_backfills(true).run().await.unwrap();
    let ready = schema.startup(Startup::Validate);
    let phase = ready.phase();
    assert!(ready.run().await.unwrap().before().is_empty());
    assert_eq!(*phase.borrow(), Phase::Ready);
}

/// In the middle of a deploy, nothing that waits for the end of it is a reason.
#[tokio::test]
async fn one_that_validates_is_not_held_up_by_the_release_before() {
    let database = database().await;
    prepare(&database).await;
    insert_old(&database, 3).await;
    let old = old_release(&database).await;
    let schema = waiting(&database);
    schema.up().run().await.unwrap();
    schema.startup(Startup::Validate).run().await.unwrap().stop().await;
    old.leave().await.unwrap();
    let refused = reasons(schema.startup(Startup::Validate).run().await.unwrap_err());
    assert_eq!(refused.len(), 2, "{refused:?}");
}

#[tokio::test]
async fn one_that_upgrades_is_ready_when_everything_is() {
    let database = database().await;
    prepare(&database).await;
    insert_old(&database, 30).await;
    let starting = waiting(&database).startup(Startup::UpgradeUpTo(30));
    let mut phase = starting.phase();
    // A probe that looks all the time.
    let watcher = tokio::spawn(async move {
        let mut phases = vec![phase.borrow_and_update().clone()];
        while phase.changed().await.is_ok() {
            phases.push(phase.borrow_and_update().clone());
        }
        phases
    });
    let started = starting.run().await.unwrap();
    assert!(matches!(started.before(), [Brought::Upgraded(report)] if report.upgraded == 30), "{started:?}");
    assert!(started.waiting().is_empty());
    assert_eq!(completed(&database).await.len(), 4);
    assert_eq!(current(&database).await, 30);
    let phases = watcher.await.unwrap();
    assert_eq!((phases.first(), phases.last()), (Some(&Phase::Waiting), Some(&Phase::Ready)));
    assert!(phases.contains(&Phase::Upgrading { name: "parts".to_owned() }), "{phases:?}");
    let stored = |phase: &&Phase| matches!(phase, Phase::Migrating { id, .. } if id == "1-stored");
    assert!(phases.iter().find(stored).is_some(), "{phases:?}");
}

#[tokio::test]
async fn too_many_documents_are_left_with_what_waits_for_them() {
    let database = database().await;
    prepare(&database).await;
    insert_old(&database, 31).await;
    let started = waiting(&database).startup(Startup::UpgradeUpTo(30)).run().await.unwrap();
    assert!(matches!(started.before(), [Brought::Left { name, old: 31 }] if name == "parts"), "{started:?}");
    let waits: Vec<&str> = started.waiting().iter().map(|one| one.id.as_str()).collect();
    assert_eq!(waits, ["1-stored", "2-behind"]);
    assert_eq!(completed(&database).await, ["3-read", "4-free"]);
    assert_eq!(current(&database).await, 0);
}

#[tokio::test]
async fn a_deploy_goes_on_beside_the_release_before() {
    let database = database().await;
    prepare(&database).await;
    insert_old(&database, 5).await;
    let old = old_release(&database).await;
    let started = waiting(&database).startup(Startup::UpgradeUpTo(30)).run().await.unwrap();
    assert!(matches!(started.before(), [Brought::Failed { .. }]), "{started:?}");
    assert_eq!(started.waiting().len(), 3);
    assert_eq!((current(&database).await, completed(&database).await), (0, vec!["4-free".to_owned()]));

    let background = waiting(&database).startup(Startup::Background).run().await.unwrap();
    assert_eq!(background.waiting().len(), 3);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(current(&database).await, 0);
    old.leave().await.unwrap();
    let brought = background.finished().await;
    assert!(
        brought.iter().any(|one| matches!(one, Brought::Upgraded(report) if report.upgraded == 5)),
        "{brought:?}"
    );
    assert!(
        brought.iter().any(|one| matches!(one, Brought::Migrated(report) if report.is_done())),
        "{brought:?}"
    );
    assert_eq!((current(&database).await, completed(&database).await.len()), (5, 4));
}

#[tokio::test]
async fn what_waits_in_the_background_can_be_stopped() {
    let database = database().await;
    prepare(&database).await;
    insert_old(&database, 5).await;
    let _old = old_release(&database).await;
    let started = waiting(&database).startup(Startup::Background).run().await.unwrap();
    assert!(started.stop().await.is_empty());
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let stop = async {
        let _ = ended.await;
        "deploy".to_owned()
    };
    let started = waiting(&database).startup(Startup::Background).stop_when(stop).run().await.unwrap();
    drop(end);
    assert!(started.finished().await.is_empty());
    assert_eq!(current(&database).await, 0);
    nobody_holds_the_lease(&database).await;
}

#[tokio::test]
async fn a_migration_that_fails_or_destroys_keeps_a_service_from_serving() {
    let database = database().await;
    prepare(&database).await;
    let fail = async |_: Context| -> Result<(), StepError> { Err("no".into()) };
    let failing = Schema::new(&database).migration(Migration::new("f").up(fail));
    for startup in [Startup::UpgradeUpTo(1), Startup::Background] {
        let refused = failing.startup(startup).run().await.unwrap_err();
        assert_eq!(reasons(refused), ["migration `f` has failed: step 1 of 1 (code): no"]);
    }
    let fine = async |_: Context| -> Result<(), StepError> { Ok(()) };
    let destroying = Schema::new(&database).migration(Migration::new("d").up(fine).destroys("all carts"));
    let refused = destroying.startup(Startup::Background).run().await.unwrap_err();
    assert!(matches!(refused, SchemaError::Destructive { .. }), "{refused}");
}

/// Each with a client of its own, as ten processes have.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_services_start_at_once() {
    let database = database().await;
    prepare(&database).await;
    insert_old(&database, 200).await;
    let (uri, name) = (uri().await, database.name().to_owned());
    let start = |number: usize| {
        let name = name.clone();
        tokio::spawn(async move {
            let database = Client::with_uri_str(uri).await.unwrap().database(&name);
            let slow = Mark::new("5-slow", Way::InTransaction).taking(Duration::from_millis(200));
            let schema = waiting(&database).migration(Migration::new("5-slow").step(slow));
            let mode =
                if number.is_multiple_of(2) { Startup::UpgradeUpTo(1000) } else { Startup::Background };
            let starting = schema.startup(mode);
            let phase = starting.phase();
            let started = starting.run().await.unwrap();
            assert_eq!(*phase.borrow(), Phase::Ready);
            started.finished().await
        })
    };
    let services: Vec<_> = (0..10).map(start).collect();
    for service in services {
        let brought = service.await.unwrap();
        assert!(
            brought.iter().all(|one| matches!(one, Brought::Upgraded(_) | Brought::Migrated(_))),
            "{brought:?}"
        );
    }
    assert_eq!(completed(&database).await.len(), 5);
    assert_eq!(current(&database).await, 200);
    for step in ["1-stored/1", "2-behind/1", "3-read/1", "4-free/1", "5-slow"] {
        assert_eq!(times(&database, step, Direction::Up).await, 1, "{step}");
    }
    assert_eq!(database.collection::<Document>("parts").count_documents(doc! {}).await.unwrap(), 200);
    nobody_holds_the_lease(&database).await;
}
