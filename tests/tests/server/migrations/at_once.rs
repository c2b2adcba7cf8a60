//! Ten processes that start at once, some of which are killed in the middle: each effect exactly once, and a ledger that is true.

use std::collections::BTreeSet;

use mongodb::Database;
use schema_runtime::{ledger::State, migration::Direction};
use schema_tests::marks::{in_effect, prepare, times};

use super::{LONG, Process, SHORT, entries, nobody_holds_the_lease};
use crate::support::database;

/// The steps of the processes' migrations, and whether each runs in a transaction.
const STEPS: [(&str, bool); 6] = [
    ("first/1", true),
    ("first/2", false),
    ("second/1", false),
    ("second/2", true),
    ("second/3", true),
    ("third/1", true),
];

/// Everything is done. A step outside of a transaction may have been made once more for each process that was killed in it.
pub(super) async fn done_once(database: &Database, direction: Direction, killed_in: &[&str]) {
    let all: BTreeSet<String> = STEPS.iter().map(|(step, _)| (*step).to_owned()).collect();
    let (marks, state) = match direction {
        Direction::Up => (all, State::Completed),
        Direction::Down => (BTreeSet::new(), State::RolledBack),
    };
    assert_eq!(in_effect(database).await, marks);
    for (step, transaction) in STEPS {
        let again = if transaction { 0 } else { killed_in.iter().filter(|killed| **killed == step).count() };
        let made = times(database, step, direction).await;
        assert!((1..=1 + again as u64).contains(&made), "{step} was made {made} times");
    }
    let entries = entries(database).await;
    assert_eq!(entries.len(), 3);
    for entry in entries {
        assert_eq!((entry.state, entry.direction), (state, direction), "{entry:?}");
        assert_eq!(entry.done, if direction == Direction::Up { entry.steps } else { 0 });
        assert_eq!((entry.begun, entry.error.as_deref()), (None, None));
        assert!(entry.duration().is_some() && entry.started_at.is_some());
        assert_eq!(entry.applied_at.is_some(), direction == Direction::Up);
        assert_eq!(entry.affected, u64::from(entry.steps));
    }
    nobody_holds_the_lease(database).await;
}

#[tokio::test]
async fn ten_processes_run_each_step_once() {
    let database = database().await;
    prepare(&database).await;
    for (mode, direction) in [("up", Direction::Up), ("down", Direction::Down)] {
        let (mut processes, lines) = Process::start_ten(&database, mode, LONG).await;
        assert!(processes.iter_mut().all(|process| process.wait().success()));
        let steps = lines.iter().filter(|(_, line)| !line.starts_with("ended")).count();
        assert_eq!(steps, STEPS.len(), "each step was begun by one process");
        done_once(&database, direction, &[]).await;
    }
}

/// Whoever begins one of these steps is killed in it.
async fn killed_in(steps: &[&str], direction: Direction) {
    let database = database().await;
    prepare(&database).await;
    if direction == Direction::Down {
        let (mut processes, _lines) = Process::start_ten(&database, "up", LONG).await;
        assert!(processes.iter_mut().all(|process| process.wait().success()));
    }
    let (mut processes, lines) = Process::start_ten(&database, &direction.to_string(), SHORT).await;
    let mut left = steps.to_vec();
    let mut killed = BTreeSet::new();
    while !left.is_empty() {
        let (number, line) = lines.recv().expect("the steps are begun by somebody");
        if let Some(place) = left.iter().position(|step| *step == line) {
            // In the middle of it: its mark is there, and it goes on.
            tokio::time::sleep(std::time::Duration::from_millis(110)).await;
            processes[number].kill();
            killed.insert(number);
            left.remove(place);
        }
    }
    assert_eq!(killed.len(), steps.len());
    let ended: Vec<bool> = processes.iter_mut().map(|process| process.wait().success()).collect();
    // On a machine that is busy enough, the lease lapses under one that lives, and it says so.
    let said =
        lines.iter().filter(|(_, line)| line.starts_with("error the lease on the migrations was lost"));
    let lost: BTreeSet<usize> = said.map(|(number, _)| number).collect();
    for (number, ended_well) in ended.into_iter().enumerate() {
        assert_eq!(ended_well, !killed.contains(&number) && !lost.contains(&number), "process {number}");
    }
    let again: Vec<&str> =
        STEPS.iter().flat_map(|(step, _)| lost.iter().map(|_| *step)).chain(steps.iter().copied()).collect();
    done_once(&database, direction, &again).await;
}

#[tokio::test]
async fn one_that_is_killed_in_a_transaction_is_replaced() {
    killed_in(&["first/1"], Direction::Up).await;
}

#[tokio::test]
async fn one_that_is_killed_outside_of_a_transaction_is_replaced() {
    killed_in(&["second/1"], Direction::Up).await;
}

#[tokio::test]
async fn one_after_the_other_is_killed() {
    killed_in(&["first/2", "second/1", "second/3", "third/1"], Direction::Up).await;
}

#[tokio::test]
async fn one_after_the_other_is_killed_in_the_same_step() {
    killed_in(&["second/2", "second/2", "second/2"], Direction::Up).await;
}

#[tokio::test]
async fn one_after_the_other_is_killed_on_the_way_back() {
    killed_in(&["third/1", "second/2", "second/1", "first/2"], Direction::Down).await;
}
