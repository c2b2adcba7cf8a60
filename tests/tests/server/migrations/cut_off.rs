//! Runs that are dropped at any moment: what is in effect is what the ledger says, and the next run does the rest.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use mongodb::{
    Database,
    bson::{Document, doc},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use schema_runtime::{
    Schema,
    ledger::{Entry, State},
    migration::{Direction, Migration},
    runner::{RunReport, Wait},
    schema::SchemaError,
};
use schema_tests::marks::{MADE, MARKS, Mark, Way, in_effect, prepare, times};

use super::entries;
use crate::support::database;

/// A future that is dropped when it has been woken so often.
struct Dropped<'f, T> {
    future: Option<Pin<Box<dyn Future<Output = T> + 'f>>>,
    left: usize,
}

impl<T> Future for Dropped<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            self.future = None;
        }
        self.left = self.left.saturating_sub(1);
        match &mut self.future {
            Some(future) => future.as_mut().poll(context).map(Some),
            None => Poll::Ready(None),
        }
    }
}

#[derive(Debug, Clone)]
struct Crash {
    direction: Direction,
    polls: usize,
    /// Whether another process begins at the same time.
    beside: bool,
}

fn crashes() -> impl Strategy<Value = Vec<Crash>> {
    let one = (any::<bool>(), 1_usize..90, any::<bool>()).prop_map(|(up, polls, beside)| Crash {
        direction: if up { Direction::Up } else { Direction::Down },
        polls,
        beside,
    });
    prop::collection::vec(one, 1..5)
}

fn ways() -> impl Strategy<Value = Vec<Vec<Way>>> {
    let way = prop_oneof![Just(Way::InTransaction), Just(Way::Repeatable), Just(Way::Outside)];
    prop::collection::vec(prop::collection::vec(way, 0..4), 1..4)
}

fn name(migration: usize, step: usize) -> String {
    format!("m{migration}/{step}")
}

fn schema(database: &Database, ways: &[Vec<Way>]) -> Schema {
    let migrations = ways.iter().enumerate().map(|(number, ways)| {
        let marks = ways.iter().enumerate().map(|(place, way)| Mark::new(name(number, place + 1), *way));
        marks.fold(Migration::new(format!("m{number}")), Migration::step)
    });
    Schema::new(database).migrations(migrations)
}

async fn run(schema: &Schema, direction: Direction, wait: Wait) -> Result<RunReport, SchemaError> {
    let run = match direction {
        Direction::Up => schema.up(),
        Direction::Down => schema.down_all(),
    };
    run.retry(true).wait(wait).run().await
}

/// Every step but the one that was begun outside of a transaction is in effect, or not, as the ledger says.
async fn is_true(database: &Database, ways: &[Vec<Way>]) {
    let (entries, marks) = (entries(database).await, in_effect(database).await);
    for (number, ways) in ways.iter().enumerate() {
        let entry = entries.iter().find(|entry| entry.id == format!("m{number}"));
        let begun = entry.and_then(|entry| entry.begun).map(|begun| begun as usize);
        for (place, way) in ways.iter().enumerate().filter(|(place, _)| begun != Some(place + 1)) {
            let noted = entry.is_some_and(|entry| place < entry.done as usize);
            let name = name(number, place + 1);
            assert_eq!(marks.contains(&name), noted, "{name} ({way:?}): {entry:?}");
            if *way == Way::InTransaction {
                let up = times(database, &name, Direction::Up).await;
                let down = times(database, &name, Direction::Down).await;
                assert_eq!(up - down, u64::from(noted), "{name} went up {up} times and down {down} times");
            }
        }
    }
}

fn all_are(entries: &[Entry], state: State) -> bool {
    entries.iter().all(|entry| {
        let done = if state == State::Completed { entry.steps } else { 0 };
        // One of which nothing was ever in effect need not be taken back.
        let never = state == State::RolledBack && entry.state != State::Completed;
        (entry.state == state || never) && entry.done == done && entry.begun.is_none()
    })
}

#[test]
fn whatever_is_dropped_is_done_once_in_the_end() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let database = runtime.block_on(async {
        let database = database().await;
        prepare(&database).await;
        database
    });
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let check = |(ways, crashes): (Vec<Vec<Way>>, Vec<Crash>)| {
        runtime.block_on(async {
            for of_ours in [MARKS, MADE, "schema_migrations"] {
                database.collection::<Document>(of_ours).delete_many(doc! {}).await.unwrap();
            }
            let schema = schema(&database, &ways);
            let wait = Wait::UpTo(std::time::Duration::from_secs(60));
            for Crash { direction, polls, beside } in &crashes {
                let dropped =
                    Dropped { future: Some(Box::pin(run(&schema, *direction, wait))), left: *polls };
                if *beside {
                    let other = run(&schema, *direction, wait);
                    let (ended, other) = tokio::join!(dropped, other);
                    prop_assert!(ended.is_none_or(|ended| ended.is_ok()));
                    prop_assert!(other.is_ok_and(|report| report.is_done()));
                } else if let Some(ended) = dropped.await {
                    prop_assert!(ended.is_ok_and(|report| report.is_done()));
                }
                // Whoever comes next finds the lease free: it was given back behind what was dropped.
                if !beside {
                    run(&schema, Direction::Up, wait).await.unwrap();
                    prop_assert!(all_are(&entries(&database).await, State::Completed));
                }
                is_true(&database, &ways).await;
            }
            for (direction, state) in
                [(Direction::Up, State::Completed), (Direction::Down, State::RolledBack)]
            {
                prop_assert!(run(&schema, direction, wait).await.unwrap().is_done());
                prop_assert!(all_are(&entries(&database).await, state), "{:?}", entries(&database).await);
                is_true(&database, &ways).await;
            }
            Ok(())
        })
    };
    runner.run(&(ways(), crashes()), check).unwrap();
}
