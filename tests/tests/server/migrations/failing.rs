//! Steps that fail, panic or are stopped: what is noted, and where the next run goes on.

use std::{collections::BTreeSet, sync::Arc};

use mongodb::bson::{Document, doc};
use schema_runtime::{
    Schema,
    ledger::State,
    migration::{Context, Direction, Migration, StepError, Transaction},
    runner::{Ending, RunEvent},
    schema::SchemaError,
};
use schema_tests::marks::{Mark, Trouble, Way, in_effect, prepare, times};

use super::{entry, nobody_holds_the_lease, states};
use crate::support::database;

fn steps(ways: &[Way], trouble: &Trouble) -> Migration {
    let marks = ways.iter().enumerate().map(|(place, way)| Mark::new(format!("m/{}", place + 1), *way));
    let marks = marks.map(|mark| mark.failing_in(trouble));
    marks.fold(Migration::new("m"), Migration::step)
}

fn fail(trouble: &Trouble, step: Option<&str>) {
    *trouble.lock().unwrap() = step.into_iter().map(str::to_owned).collect();
}

fn names(steps: &[&str]) -> BTreeSet<String> {
    steps.iter().map(|step| (*step).to_owned()).collect()
}

#[tokio::test]
async fn a_step_that_fails_in_a_transaction_leaves_nothing_and_is_made_again() {
    let database = database().await;
    prepare(&database).await;
    let trouble = Trouble::default();
    let schema = Schema::new(&database)
        .migration(steps(&[Way::InTransaction, Way::InTransaction, Way::InTransaction], &trouble))
        .migration(Migration::new("behind").step(Mark::new("behind", Way::InTransaction)));
    fail(&trouble, Some("m/2"));
    for _ in 0..2 {
        let report = schema.up().run().await.unwrap();
        let said = "step 2 of 3 (mark m/2): m/2 was to fail".to_owned();
        assert_eq!(report.ending, Ending::Failed { id: "m".to_owned(), error: said.clone() });
        assert_eq!(report.exit_code(), 1);
        assert_eq!(in_effect(&database).await, names(&["m/1"]));
        let entry = entry(&database, "m").await;
        assert_eq!((entry.state, entry.done, entry.begun), (State::Failed, 1, None));
        assert_eq!((entry.error, entry.affected, entry.applied_at), (Some(said), 1, None));
        assert_eq!(states(&database).await[0], ("behind".to_owned(), State::Pending));
        nobody_holds_the_lease(&database).await;
    }
    fail(&trouble, None);
    let report = schema.up().run().await.unwrap();
    assert!(report.is_done(), "{report}");
    assert_eq!(report.migrations[0].steps, 2);
    assert_eq!(report.migrations[0].affected, 2);
    let entry = entry(&database, "m").await;
    assert_eq!((entry.state, entry.done, entry.affected, entry.error), (State::Completed, 3, 3, None));
    assert_eq!(times(&database, "m/1", Direction::Up).await, 1);
}

#[tokio::test]
async fn a_step_that_fails_outside_of_a_transaction_asks_a_person() {
    let database = database().await;
    prepare(&database).await;
    let trouble = Trouble::default();
    let schema = Schema::new(&database).migration(steps(&[Way::InTransaction, Way::Outside], &trouble));
    fail(&trouble, Some("m/2"));
    let report = schema.up().run().await.unwrap();
    let Ending::Failed { error, .. } = report.ending else { panic!("{report}") };
    assert!(
        error.ends_with("what it has done stays done, and to make it again has to be allowed"),
        "{error}"
    );
    // What it has done is there.
    assert_eq!(in_effect(&database).await, names(&["m/1", "m/2"]));
    fail(&trouble, None);
    let asked = schema.up().run().await.unwrap_err();
    assert!(matches!(&asked, SchemaError::CutOff { step: 2, direction: Direction::Up, .. }), "{asked}");
    // Nor is it taken back without being asked for.
    assert!(matches!(schema.down(1).run().await, Err(SchemaError::CutOff { .. })));
    assert_eq!(entry(&database, "m").await.begun, Some(2));
    assert!(schema.up().retry(true).run().await.unwrap().is_done());
    assert_eq!(times(&database, "m/1", Direction::Up).await, 1);
    assert_eq!(entry(&database, "m").await.begun, None);
}

#[tokio::test]
async fn a_repeatable_step_that_fails_is_made_again_unasked() {
    let database = database().await;
    prepare(&database).await;
    let trouble = Trouble::default();
    let schema = Schema::new(&database).migration(steps(&[Way::Repeatable], &trouble));
    fail(&trouble, Some("m/1"));
    assert!(!schema.up().run().await.unwrap().is_done());
    fail(&trouble, None);
    assert!(schema.up().run().await.unwrap().is_done());
    // And on the way back.
    fail(&trouble, Some("m/1"));
    assert!(!schema.down_all().run().await.unwrap().is_done());
    let half = entry(&database, "m").await;
    assert_eq!((half.state, half.direction, half.begun), (State::Failed, Direction::Down, Some(1)));
    fail(&trouble, None);
    // It can go either way from there.
    assert!(schema.up().run().await.unwrap().is_done());
    assert_eq!(in_effect(&database).await, names(&["m/1"]));
    assert!(schema.down_all().run().await.unwrap().is_done());
    assert_eq!(states(&database).await, [("m".to_owned(), State::RolledBack)]);
}

#[tokio::test]
async fn what_failed_half_way_can_be_taken_back() {
    let database = database().await;
    prepare(&database).await;
    let trouble = Trouble::default();
    let schema = Schema::new(&database).migration(steps(&[Way::InTransaction, Way::InTransaction], &trouble));
    fail(&trouble, Some("m/2"));
    schema.up().run().await.unwrap();
    fail(&trouble, None);
    let report = schema.down(1).run().await.unwrap();
    assert_eq!((report.migrations[0].state, report.migrations[0].steps), (State::RolledBack, 1));
    assert_eq!(in_effect(&database).await, names(&[]));
}

#[tokio::test]
async fn a_panic_is_noted_like_any_error() {
    let database = database().await;
    prepare(&database).await;
    let explode = async |context: Context| -> Result<(), StepError> {
        let marks = context.database().collection::<Document>("marks");
        marks.insert_one(doc! { "_id": "panicked" }).session(&mut *context.session().await).await?;
        panic!("no more {}", "paper")
    };
    let schema = Schema::new(&database).migration(Migration::new("m").up(explode));
    let report = schema.up().run().await.unwrap();
    let Ending::Failed { error, .. } = &report.ending else { panic!("{report}") };
    assert_eq!(error, "step 1 of 1 (code): it panicked: no more paper");
    assert_eq!(in_effect(&database).await, names(&[]));
    assert_eq!(entry(&database, "m").await.state, State::Failed);
    nobody_holds_the_lease(&database).await;
}

/// The service's own code that tells the run how it goes is no step.
#[tokio::test]
async fn a_panic_of_the_observer_gives_the_lease_back() {
    let database = database().await;
    prepare(&database).await;
    let schema = super::three(&database);
    let panicked = tokio::spawn({
        let schema = schema.clone();
        async move { schema.up().observer(|_: &RunEvent<'_>| panic!("no more ink")).run().await.map(drop) }
    });
    assert!(panicked.await.unwrap_err().is_panic());
    nobody_holds_the_lease(&database).await;
    assert!(schema.up().run().await.unwrap().is_done());
}

#[tokio::test]
async fn a_validation_that_fails_fails_the_migration_until_it_is_sound() {
    let database = database().await;
    prepare(&database).await;
    let sound = async |context: Context| -> Result<(), StepError> {
        let mended = context.database().collection::<Document>("mended").count_documents(doc! {}).await?;
        if mended == 0 { Err("there is nothing in it".into()) } else { Ok(()) }
    };
    let migration = Migration::new("m").step(Mark::new("m/1", Way::InTransaction)).validate(sound);
    let schema =
        Schema::new(&database).migration(migration).migration(super::marking("n", &[Way::InTransaction]));
    for _ in 0..2 {
        let report = schema.up().run().await.unwrap();
        let said = "it is not what it should be afterwards: there is nothing in it".to_owned();
        assert_eq!(report.ending, Ending::Failed { id: "m".to_owned(), error: said });
        let entry = entry(&database, "m").await;
        assert_eq!((entry.state, entry.done), (State::Failed, 1));
    }
    database.collection("mended").insert_one(doc! {}).await.unwrap();
    let report = schema.up().run().await.unwrap();
    assert!(report.is_done(), "{report}");
    assert_eq!(times(&database, "m/1", Direction::Up).await, 1);

    // And whenever somebody asks.
    let validated = schema.validate().await.unwrap();
    assert_eq!((validated.sound, validated.unasked), (vec!["m".to_owned()], vec!["n".to_owned()]));
    database.collection::<Document>("mended").drop().await.unwrap();
    let validated = schema.validate().await.unwrap();
    assert!(!validated.is_sound());
    assert_eq!(validated.to_string(), "wrong    m: there is nothing in it\nno check n\n");
}

/// What the server aborts by itself cannot be noted either.
#[tokio::test]
async fn a_step_that_hides_an_error_of_its_transaction_fails() {
    let database = database().await;
    prepare(&database).await;
    let hide = async |context: Context| -> Result<(), StepError> {
        let marks = context.database().collection::<Document>("marks");
        let mut session = context.session().await;
        drop(session.abort_transaction().await);
        drop(marks.insert_one(doc! { "_id": "alone" }).session(&mut *session).await);
        Err("done with it".into())
    };
    let schema = Schema::new(&database).migration(Migration::new("m").up(hide));
    assert!(!schema.up().run().await.unwrap().is_done());
    assert_eq!(entry(&database, "m").await.state, State::Failed);
}

#[tokio::test]
async fn what_the_server_does_not_do_in_a_transaction_is_said_with_what_to_write() {
    let database = database().await;
    let rename = |transaction| {
        let code = async |context: Context| -> Result<(), StepError> {
            let (from, to) =
                (format!("{}.old", context.database().name()), format!("{}.new", context.database().name()));
            let mut session = context.session().await;
            let admin = context.client().database("admin");
            admin.run_command(doc! { "renameCollection": from, "to": to }).session(&mut *session).await?;
            Ok(())
        };
        Migration::new("m").up(code).transaction(transaction)
    };
    database.create_collection("old").await.unwrap();
    let report =
        Schema::new(&database).migration(rename(Transaction::WhereAllowed)).up().run().await.unwrap();
    assert!(report.to_string().contains("give the step `transaction(Transaction::Never)`"), "{report}");
    let report = Schema::new(&database).migration(rename(Transaction::Never)).up().run().await.unwrap();
    assert!(report.is_done(), "{report}");
}

#[tokio::test]
async fn a_run_that_is_stopped_goes_on_from_there() {
    let database = database().await;
    prepare(&database).await;
    let migration = || super::marking("m", &[Way::InTransaction, Way::InTransaction, Way::InTransaction]);
    let schema = Schema::new(&database).migration(migration());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stop = Arc::new(std::sync::Mutex::new(Some(stop)));
    let observer = |event: &RunEvent<'_>| {
        if let RunEvent::Step { step: 2, .. } = event {
            drop(stop.lock().unwrap().take());
        }
    };
    let why = async {
        let _ = stopped.await;
        "lunch".to_owned()
    };
    let report = schema.up().observer(observer).stop_when(why).run().await.unwrap();
    assert_eq!(report.ending, Ending::Interrupted { reason: "lunch".to_owned() });
    assert_eq!((report.migrations[0].steps, report.exit_code()), (2, 5));
    let half = entry(&database, "m").await;
    assert_eq!((half.state, half.done), (State::Failed, 2));
    assert_eq!(half.error.as_deref(), Some("stopped between two steps: lunch"));
    nobody_holds_the_lease(&database).await;
    let report = schema.up().run().await.unwrap();
    assert_eq!((report.is_done(), report.migrations[0].steps), (true, 1));
}
