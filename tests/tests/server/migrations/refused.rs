//! What is refused before anything is run.

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{
    Schema,
    ledger::{LEDGER, State},
    migration::{Context, Direction, Migration, StepError},
    runner::Ending,
    schema::{Problem, SchemaError},
};
use schema_tests::marks::{Mark, Trouble, Way, in_effect, prepare};

use super::{entry, marking, nobody_holds_the_lease, states, three};
use crate::support::database;

async fn nothing(_: Context) -> Result<(), StepError> {
    Ok(())
}

#[tokio::test]
async fn all_that_does_not_fit_together_is_said_at_once() {
    let database = database().await;
    let migrations = [
        Migration::new(""),
        Migration::new("twice"),
        Migration::new("twice"),
        Migration::new("lost").after("nowhere"),
        Migration::new("hen").after("egg"),
        Migration::new("egg").after("hen"),
    ];
    let schema = Schema::new(&database).migrations(migrations);
    let SchemaError::Invalid { problems } = schema.check().unwrap_err() else { panic!() };
    let (id, after) = ("lost".to_owned(), "nowhere".to_owned());
    assert_eq!(
        problems,
        [
            Problem::NoId,
            Problem::SameId { id: "twice".to_owned() },
            Problem::UnknownDependency { id, after },
            Problem::Cycle { ids: vec!["hen".to_owned(), "egg".to_owned()] },
        ]
    );
    // Whatever it is asked, and nothing is asked of the server.
    assert!(matches!(schema.up().run().await, Err(SchemaError::Invalid { .. })));
    assert!(matches!(schema.status().await, Err(SchemaError::Invalid { .. })));
    assert!(matches!(schema.baseline("twice").await, Err(SchemaError::Invalid { .. })));
    assert!(database.list_collection_names().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_migration_that_there_is_not_is_refused_with_those_that_there_are() {
    let database = database().await;
    let schema = three(&database);
    let refusals = [
        schema.up_to("x").run().await.map(drop),
        schema.to("x").run().await.map(drop),
        schema.only("x", Direction::Down).run().await.map(drop),
        schema.mark_applied("x").await,
        schema.baseline("x").await.map(drop),
    ];
    for refusal in refusals {
        assert_eq!(refusal.unwrap_err().to_string(), "there is no migration `x`; there are `a`, `b`, `c`");
    }
}

#[tokio::test]
async fn one_that_was_changed_is_refused_until_it_is_marked() {
    let database = database().await;
    let first = |source: &str| {
        Schema::new(&database).migration(Migration::new("a").up(nothing).down(nothing).source(source))
    };
    first("fn up() { one() }").up().run().await.unwrap();
    // As a formatter would leave it.
    assert!(first("fn up() {\n    one()\n}").up().run().await.unwrap().is_done());
    let changed = first("fn up() { two() }");
    // Also where nothing is pending.
    for refused in [changed.up().run().await, changed.down(1).run().await] {
        assert!(matches!(refused, Err(SchemaError::Changed { ids }) if ids == ["a"]));
    }
    let plan = changed.up().plan().await.unwrap();
    assert_eq!((plan.changed.as_slice(), plan.is_empty()), (["a".to_owned()].as_slice(), true));
    let status = changed.status().await.unwrap();
    assert!(status.migrations[0].changed && !status.is_current());
    changed.mark_applied("a").await.unwrap();
    assert!(changed.up().run().await.unwrap().is_done());
    assert!(changed.status().await.unwrap().is_current());
}

/// What is still to be made of a migration may be mended; what is done of it may not.
#[tokio::test]
async fn one_that_is_changed_when_it_is_half_done() {
    let database = database().await;
    prepare(&database).await;
    let trouble = Trouble::default();
    trouble.lock().unwrap().insert("two".to_owned());
    let with = |names: &[&str]| {
        let marks = names.iter().map(|name| Mark::new(*name, Way::InTransaction).failing_in(&trouble));
        Schema::new(&database).migration(marks.fold(Migration::new("a"), Migration::step))
    };
    assert!(!with(&["one", "two", "three"]).up().run().await.unwrap().is_done());
    for steps in [["zero", "one", "two"].as_slice(), &["two"], &[]] {
        let refused = with(steps).up().run().await;
        assert!(matches!(refused, Err(SchemaError::Changed { .. })), "{steps:?}");
        assert!(with(steps).status().await.unwrap().migrations[0].changed);
    }
    let mended = with(&["one", "mended", "three", "four"]);
    let report = mended.up().run().await.unwrap();
    assert!(report.is_done(), "{report}");
    let marks: Vec<String> = in_effect(&database).await.into_iter().collect();
    assert_eq!(marks, ["four", "mended", "one", "three"]);
    assert_eq!(entry(&database, "a").await.steps, 4);
    assert!(mended.up().run().await.unwrap().is_done());
}

#[tokio::test]
async fn what_is_pending_before_something_that_was_run_asks_for_a_flag() {
    let database = database().await;
    prepare(&database).await;
    let schema = three(&database);
    schema.only("b", Direction::Up).run().await.unwrap();
    let refused = schema.up().run().await.unwrap_err();
    let SchemaError::OutOfOrder { ids, before } = &refused else { panic!("{refused}") };
    assert_eq!((ids.as_slice(), before.as_str()), (["a".to_owned()].as_slice(), "b"));
    assert!(schema.up().plan().await.unwrap().refused.is_some_and(|why| why == refused.to_string()));
    nobody_holds_the_lease(&database).await;
    // Also for who goes there from what was run later.
    schema.only("c", Direction::Up).run().await.unwrap();
    assert!(matches!(schema.to("b").run().await, Err(SchemaError::OutOfOrder { .. })));
    // And not where it makes room by that.
    assert!(schema.to("a").run().await.unwrap().is_done());
    assert_eq!(
        states(&database).await.into_iter().map(|(_, state)| state).collect::<Vec<_>>(),
        [State::Completed, State::RolledBack, State::RolledBack]
    );
    schema.only("a", Direction::Down).run().await.unwrap();
    schema.only("c", Direction::Up).run().await.unwrap();
    assert!(schema.up().out_of_order(true).run().await.unwrap().is_done());
    assert_eq!(in_effect(&database).await.len(), 3);
}

#[tokio::test]
async fn dependencies_hold_both_ways() {
    let database = database().await;
    prepare(&database).await;
    // Asked for by one that stands before it.
    let schema = Schema::new(&database)
        .migration(marking("z", &[Way::InTransaction]).after("y"))
        .migration(marking("y", &[Way::InTransaction]));
    let refused = schema.only("z", Direction::Up).run().await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "migration `z` cannot be run: it is to be run behind `y`, which is not in effect"
    );
    let report = schema.up().run().await.unwrap();
    let order: Vec<&str> = report.migrations.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(order, ["y", "z"]);
    let refused = schema.only("y", Direction::Down).run().await.unwrap_err();
    assert!(matches!(&refused, SchemaError::Dependent { others, .. } if others == &["z"]), "{refused}");
    assert_eq!(schema.down_all().run().await.unwrap().migrations.len(), 2);
}

#[tokio::test]
async fn what_has_no_way_back_is_not_begun() {
    let database = database().await;
    prepare(&database).await;
    let schema = Schema::new(&database)
        .migration(Migration::new("a").up(nothing))
        .migration(marking("b", &[Way::InTransaction]));
    schema.up().run().await.unwrap();
    let refused = schema.down(2).run().await.unwrap_err();
    assert!(matches!(&refused, SchemaError::Irreversible { id, .. } if id == "a"), "{refused}");
    assert_eq!(in_effect(&database).await.len(), 1, "nor is the one before it");
    assert!(schema.down(1).run().await.unwrap().is_done());
}

/// The older of two releases, beside the newer one.
#[tokio::test]
async fn an_older_release_leaves_alone_what_it_does_not_know() {
    let database = database().await;
    prepare(&database).await;
    let older = |database: &Database| {
        ["a", "b"]
            .into_iter()
            .fold(Schema::new(database), |schema, id| schema.migration(marking(id, &[Way::InTransaction])))
    };
    older(&database).up().run().await.unwrap();
    three(&database).up().run().await.unwrap();
    let older = older(&database);
    assert_eq!(older.up().run().await.unwrap().ending, Ending::NothingToDo);
    assert_eq!(older.up().plan().await.unwrap().missing, ["c"]);
    let status = older.status().await.unwrap();
    assert!(status.migrations[2].missing && status.is_current());
    let refused = older.down(1).run().await.unwrap_err();
    let SchemaError::Missing { id, others } = &refused else { panic!("{refused}") };
    assert_eq!((id.as_str(), others.as_slice()), ("b", ["c".to_owned()].as_slice()));
    assert!(older.down(1).out_of_order(true).run().await.unwrap().is_done());
    // What was deleted from the code long ago is in nobody's way.
    let late = Schema::new(&database).migration(marking("d", &[Way::InTransaction]));
    late.up().run().await.unwrap();
    assert!(late.down(1).run().await.unwrap().is_done());
    // Nor is it missing what was never run.
    three(&database).down_all().run().await.unwrap();
    let ledger = database.collection::<Document>(LEDGER);
    ledger.update_many(doc! { "_id": "c" }, doc! { "$set": { "state": "pending" } }).await.unwrap();
    assert!(older.up().plan().await.unwrap().missing.is_empty());
}
