//! Keeping the ledger by hand, and beginning anew.

use mongodb::bson::{Document, doc};
use schema_runtime::{
    Environment, Schema,
    ledger::{LEDGER, State},
    migration::Migration,
    runner::{Ending, RunEvent},
    schema::SchemaError,
};
use schema_tests::marks::{Mark, Way, in_effect, prepare};

use super::{entry, marking, nobody_holds_the_lease, states, three};
use crate::support::database;

#[tokio::test]
async fn what_is_marked_is_not_run() {
    let database = database().await;
    prepare(&database).await;
    let schema = three(&database).release("2.1").environment(Environment::Staging);
    schema.mark_applied("a").await.unwrap();
    let entry = entry(&database, "a").await;
    assert_eq!((entry.state, entry.marked, entry.done, entry.affected), (State::Completed, true, 1, 0));
    assert!(entry.applied_at.is_some() && entry.duration().is_none());
    assert_eq!(entry.release.as_deref(), Some("2.1"));
    assert_eq!(entry.environment, Some(Environment::Staging));
    assert!(entry.host.is_some() && entry.by.is_some());
    nobody_holds_the_lease(&database).await;
    let report = schema.up().run().await.unwrap();
    assert_eq!(report.migrations.len(), 2);
    assert!(!in_effect(&database).await.contains("a/1"));
}

#[tokio::test]
async fn a_baseline_marks_all_up_to_it_once() {
    let database = database().await;
    prepare(&database).await;
    let schema = three(&database);
    schema.only("a", schema_runtime::migration::Direction::Up).run().await.unwrap();
    assert_eq!(schema.baseline("b").await.unwrap(), 1);
    assert_eq!(schema.baseline("b").await.unwrap(), 0);
    assert!(!entry(&database, "a").await.marked);
    assert!(entry(&database, "b").await.marked);
    let report = schema.up().run().await.unwrap();
    assert_eq!(report.migrations.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["c"]);
}

#[tokio::test]
async fn one_that_is_cut_off_can_be_marked_and_one_at_work_cannot() {
    let database = database().await;
    prepare(&database).await;
    let schema = Schema::new(&database).migration(
        Migration::new("slow")
            .step(Mark::new("slow/1", Way::InTransaction))
            .step(Mark::new("slow/2", Way::Outside).taking(std::time::Duration::from_secs(600))),
    );
    let (begun, mut told) = tokio::sync::mpsc::unbounded_channel();
    let at_work = tokio::spawn({
        let schema = schema.clone();
        async move {
            let observer = |event: &RunEvent<'_>| {
                if let RunEvent::Step { step: 2, .. } = event {
                    begun.send(()).unwrap();
                }
            };
            schema.up().observer(observer).run().await.map(drop)
        }
    });
    told.recv().await.unwrap();
    let busy = schema.mark_applied("slow").await.unwrap_err();
    assert!(
        matches!(&busy, SchemaError::Busy { owner } if owner.contains(&std::process::id().to_string())),
        "{busy}"
    );
    assert!(matches!(schema.baseline("slow").await, Err(SchemaError::Busy { .. })));
    let name = database.name().to_owned();
    let development = schema.clone().environment(Environment::Development);
    assert!(matches!(development.reset(&name).await, Err(SchemaError::Busy { .. })));
    let status = schema.status().await.unwrap();
    assert!(status.busy.is_some() && !status.migrations[0].cut_off);

    while entry(&database, "slow").await.begun.is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    at_work.abort();
    assert!(at_work.await.unwrap_err().is_cancelled());
    let cut_off = async || schema.status().await.unwrap().migrations.remove(0);
    while !cut_off().await.cut_off {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let remark = cut_off().await.remark().unwrap();
    assert!(remark.starts_with("its process has died in step 2, outside of a transaction"), "{remark}");
    assert!(matches!(schema.up().run().await, Err(SchemaError::CutOff { step: 2, .. })));
    schema.mark_applied("slow").await.unwrap();
    let entry = entry(&database, "slow").await;
    assert_eq!((entry.state, entry.done, entry.begun), (State::Completed, 2, None));
    assert!(schema.up().run().await.unwrap().is_done());
}

#[tokio::test]
async fn a_reset_is_for_development_and_has_to_be_confirmed() {
    let database = database().await;
    prepare(&database).await;
    let name = database.name().to_owned();
    three(&database).up().run().await.unwrap();
    for schema in [
        three(&database),
        three(&database).environment(Environment::Staging),
        three(&database).environment(Environment::Production),
    ] {
        assert!(matches!(schema.reset(&name).await, Err(SchemaError::NotDevelopment { .. })));
    }
    let schema = three(&database).environment(Environment::Development);
    assert!(matches!(schema.reset("another").await, Err(SchemaError::NotConfirmed { .. })));
    database.collection("rubbish").insert_one(doc! {}).await.unwrap();
    let before = super::lease_document(&database).await.unwrap().get_i64("token").unwrap();
    let report = schema.reset(&name).await.unwrap();
    assert_eq!((report.migrations.len(), report.ending), (3, Ending::Done));
    assert_eq!(in_effect(&database).await.len(), 3);
    assert!(!database.list_collection_names().await.unwrap().contains(&"rubbish".to_owned()));
    // Who was paused since before that can write nothing here.
    assert!(super::lease_document(&database).await.unwrap().get_i64("token").unwrap() > before);
}

/// A ledger that came from another database, with the numbers of its leases.
#[tokio::test]
async fn a_copied_ledger_can_be_gone_on_with() {
    let database = database().await;
    prepare(&database).await;
    let schema = three(&database);
    schema.up_to("b").run().await.unwrap();
    database.collection::<Document>("schema_leases").drop().await.unwrap();
    assert_eq!(schema.up().run().await.unwrap().migrations.len(), 1);
    assert!(schema.down_all().run().await.unwrap().is_done());
}

#[tokio::test]
async fn the_last_one_is_made_anew() {
    let database = database().await;
    prepare(&database).await;
    let schema = Schema::new(&database)
        .migration(marking("a", &[Way::InTransaction]))
        .migration(marking("b", &[Way::InTransaction, Way::Repeatable]));
    assert_eq!(schema.redo().run().await.unwrap().ending, Ending::NothingToDo);
    schema.up().run().await.unwrap();
    let plan = schema.redo().plan().await.unwrap();
    let steps: Vec<Vec<&str>> =
        plan.moves.iter().map(|one| one.steps.iter().map(|step| step.what.as_str()).collect()).collect();
    assert_eq!(steps, [["mark b/2", "mark b/1"], ["mark b/1", "mark b/2"]]);
    let report = schema.redo().run().await.unwrap();
    assert_eq!(report.migrations.iter().map(|one| one.steps).collect::<Vec<_>>(), [2, 2]);
    assert_eq!(states(&database).await.iter().filter(|(_, state)| *state == State::Completed).count(), 2);
    assert_eq!(entry(&database, "b").await.affected, 2);
    for step in ["b/1", "b/2"] {
        assert_eq!(
            schema_tests::marks::times(&database, step, schema_runtime::migration::Direction::Up).await,
            2
        );
    }
    assert_eq!(database.collection::<Document>(LEDGER).count_documents(doc! {}).await.unwrap(), 2);
}
