//! The lease: taken only where there is something to do, kept by whoever works, given back on every way out.

use std::time::Duration;

use mongodb::{
    Client, Database,
    bson::{DateTime, Document, doc},
};
use schema_runtime::{
    Schema,
    ledger::State,
    migration::{Context, Direction, Migration, StepError, Transaction},
    runner::{Ending, Wait},
    schema::SchemaError,
};
use schema_tests::marks::{Mark, Way, prepare, times};

use super::{entries, entry, lease_document, nobody_holds_the_lease, states, three};
use crate::support::{database, uri};

#[tokio::test]
async fn nobody_takes_it_who_has_nothing_to_do() {
    let database = database().await;
    prepare(&database).await;
    let none = Schema::new(&database);
    assert_eq!(none.up().run().await.unwrap().ending, Ending::NothingToDo);
    assert_eq!(three(&database).down_all().run().await.unwrap().ending, Ending::NothingToDo);
    assert!(three(&database).up().plan().await.unwrap().moves.len() == 3);
    three(&database).status().await.unwrap();
    three(&database).validate().await.unwrap();
    assert_eq!(lease_document(&database).await, None);

    three(&database).up().run().await.unwrap();
    let after = lease_document(&database).await.unwrap();
    three(&database).up().run().await.unwrap();
    three(&database).redo().plan().await.unwrap();
    assert_eq!(lease_document(&database).await.unwrap(), after);
    nobody_holds_the_lease(&database).await;
}

/// A migration that keeps whoever runs it for this long.
fn slow(takes: Duration) -> Migration {
    Migration::new("slow").step(Mark::new("slow/1", Way::InTransaction).taking(takes / 2))
}

#[tokio::test]
async fn a_step_may_take_longer_than_it() {
    let database = database().await;
    prepare(&database).await;
    let schema = Schema::new(&database).migration(slow(Duration::from_millis(3500)));
    let lease = Duration::from_secs(1);
    let (first, second) = tokio::join!(schema.up().lease(lease).run(), schema.up().lease(lease).run());
    assert_eq!(first.unwrap().migrations.len() + second.unwrap().migrations.len(), 1);
    assert_eq!(times(&database, "slow/1", Direction::Up).await, 1);
}

/// Also if it keeps its thread to itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_step_may_block_its_thread_for_longer_than_it() {
    let database = database().await;
    prepare(&database).await;
    let block = async |_: Context| -> Result<(), StepError> {
        std::thread::sleep(Duration::from_secs(3));
        Ok(())
    };
    let migration = Migration::new("blocks").up(block).transaction(Transaction::Never).repeatable();
    let schema = Schema::new(&database).migration(migration);
    let run = async || schema.up().lease(Duration::from_secs(1)).run().await.unwrap();
    let first = tokio::spawn({
        let schema = schema.clone();
        async move { schema.up().lease(Duration::from_secs(1)).run().await.unwrap() }
    });
    let (second, first) = (run().await, first.await.unwrap());
    assert!(first.is_done() && second.is_done(), "{first}{second}");
    // One of them has found that it was done.
    assert_eq!(first.migrations.len() + second.migrations.len(), 1);
}

#[tokio::test]
async fn those_who_do_not_have_it_wait_or_go_on() {
    let database = database().await;
    prepare(&database).await;
    let schema = Schema::new(&database).migration(slow(Duration::from_secs(600)));
    let at_work = tokio::spawn({
        let schema = schema.clone();
        async move { schema.up().run().await.map(drop) }
    });
    while schema.up().plan().await.unwrap().busy.is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for wait in [Wait::No, Wait::UpTo(Duration::from_millis(600))] {
        let report = schema.up().wait(wait).run().await.unwrap();
        assert!(matches!(&report.ending, Ending::Busy { owner } if !owner.is_empty()), "{report}");
        assert_eq!(report.exit_code(), 1);
    }
    let stopped = schema.up().stop_when(async { "enough".to_owned() }).run().await.unwrap();
    assert_eq!(stopped.ending, Ending::Interrupted { reason: "enough".to_owned() });
    // And have it as soon as it is dropped.
    at_work.abort();
    assert!(at_work.await.unwrap_err().is_cancelled());
    let schema = Schema::new(&database).migration(slow(Duration::ZERO));
    let report = schema.up().wait(Wait::UpTo(Duration::from_secs(10))).run().await.unwrap();
    assert!(report.is_done(), "{report}");
    assert_eq!(times(&database, "slow/1", Direction::Up).await, 1);
}

/// Somebody else has it, as the server says: what is in hand is given up, and nothing more is noted.
#[tokio::test]
async fn whoever_has_lost_it_gives_up() {
    let database = database().await;
    prepare(&database).await;
    let schema = Schema::new(&database).migration(slow(Duration::from_secs(600)));
    let lost = schema.up().lease(Duration::from_secs(2)).run();
    let rob = async {
        while schema.up().plan().await.unwrap().busy.is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let leases = database.collection::<Document>("schema_leases");
        let until = DateTime::from_millis(DateTime::now().timestamp_millis() + 5_000);
        let anothers =
            doc! { "$inc": { "token": 1_i64 }, "$set": { "lease": { "owner": "another", "until": until } } };
        leases.update_one(doc! {}, anothers).await.unwrap();
    };
    let (lost, ()) = tokio::join!(lost, rob);
    assert!(matches!(lost, Err(SchemaError::LeaseLost)));
    assert_eq!(entry(&database, "slow").await.state, State::Running);
    // Nor has it given back what is another's.
    assert_eq!(schema.up().plan().await.unwrap().busy.as_deref(), Some("another"));
}

/// A process of which nothing is left but what it has written.
#[tokio::test]
async fn it_lapses_when_its_holder_is_gone() {
    let database = database().await;
    prepare(&database).await;
    let gone = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (uri, name) = (uri().await, database.name().to_owned());
    drop(gone.spawn(async move {
        let database = Client::with_uri_str(uri).await.unwrap().database(&name);
        let schema = Schema::new(&database).migration(slow(Duration::from_secs(600)));
        schema.up().lease(Duration::from_secs(1)).run().await.unwrap();
    }));
    let schema = Schema::new(&database).migration(slow(Duration::ZERO));
    while states(&database).await != [("slow".to_owned(), State::Running)] {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    gone.shutdown_background();
    assert!(schema.up().run().await.unwrap().is_done());
    assert_eq!(times(&database, "slow/1", Direction::Up).await, 1);
}

/// A process that stood still, and does not know yet that its place was taken when it has something to note.
#[tokio::test]
async fn whoever_wakes_up_too_late_notes_nothing() {
    fn schema(database: &Database, takes: Duration) -> Schema {
        let stand_still = move |_: Context| async move {
            std::thread::sleep(takes);
            Ok(())
        };
        let first = Migration::new("m").up(stand_still).transaction(Transaction::Never).repeatable();
        Schema::new(database).migration(first.step(Mark::new("m/2", Way::Repeatable)))
    }
    let database = database().await;
    prepare(&database).await;
    let lease = Duration::from_secs(1);
    let (uri, name) = (uri().await, database.name().to_owned());
    let late = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let database = Client::with_uri_str(uri).await.unwrap().database(&name);
            schema(&database, Duration::from_secs(8)).up().lease(lease).run().await.map(drop)
        })
    });
    let in_time = schema(&database, Duration::ZERO);
    while in_time.up().plan().await.unwrap().busy.is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(in_time.up().lease(lease).run().await.unwrap().is_done());
    let before = entries(&database).await;
    let late = tokio::task::spawn_blocking(|| late.join().unwrap()).await.unwrap();
    assert!(matches!(late, Err(SchemaError::LeaseLost)), "{late:?}");
    assert_eq!(entries(&database).await, before);
}

/// So that a service can run it in a task of its own.
#[tokio::test]
async fn a_run_is_sent_between_threads() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let database = database().await;
    let schema = three(&database);
    drop(is_send(schema.up().run()));
    drop(is_send(schema.up().plan()));
    drop(is_send(schema.mark_applied("a")));
    drop(is_send(schema.baseline("a")));
    drop(is_send(schema.reset("a")));
    drop(is_send(schema.status()));
    drop(is_send(schema.validate()));
    drop(is_send(schema.startup(schema_runtime::startup::Startup::Background).run()));
}
