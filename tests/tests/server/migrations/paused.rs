//! A process that is stopped for longer than its lease, and goes on; and one that is asked to end.

use std::{sync::mpsc::channel, time::Duration};

use schema_runtime::migration::Direction;
use schema_tests::marks::{in_effect, prepare, times};

use super::{LONG, Process, SHORT, at_once::done_once, entries, entry, nobody_holds_the_lease};
use crate::support::database;

/// A process is stopped in this step, the others do the rest, and it goes on.
async fn stopped_in(step: &str) {
    let database = database().await;
    prepare(&database).await;
    let (sender, lines) = channel();
    let mut first = Process::start(&database, "up", SHORT, 0, &sender).await;
    while lines.recv().unwrap().1 != step {}
    tokio::time::sleep(Duration::from_millis(30)).await;
    first.signal("-STOP");
    let mut second = Process::start(&database, "up", SHORT, 1, &sender).await;
    assert!(second.wait().success());
    let before = entries(&database).await;

    first.signal("-CONT");
    // It has lost the lease, and says so.
    assert_eq!(first.wait().code(), Some(4));
    drop(sender);
    let last = lines.iter().filter(|(number, _)| *number == 0).last().unwrap().1;
    assert!(last.starts_with("error the lease on the migrations was lost"), "{last}");
    assert_eq!(entries(&database).await, before, "it has written to the ledger");
    done_once(&database, Direction::Up, &[step]).await;
}

#[tokio::test]
async fn one_that_was_stopped_in_a_transaction_does_nothing_twice() {
    stopped_in("first/1").await;
    stopped_in("second/3").await;
}

#[tokio::test]
async fn one_that_was_stopped_outside_of_a_transaction_notes_nothing() {
    stopped_in("first/2").await;
}

#[tokio::test]
async fn one_that_is_asked_to_end_gives_the_lease_back() {
    for signal in ["-TERM", "-INT"] {
        let database = database().await;
        prepare(&database).await;
        let (sender, lines) = channel();
        let mut first = Process::start(&database, "up", LONG, 0, &sender).await;
        while lines.recv().unwrap().1 != "second/1" {}
        first.signal(signal);
        assert_eq!(first.wait().code(), Some(5));

        nobody_holds_the_lease(&database).await;
        // Behind the step in hand.
        assert_eq!(entry(&database, "second").await.done, 1);
        assert!(in_effect(&database).await.contains("second/1"));
        assert_eq!(times(&database, "second/2", Direction::Up).await, 0);
        let mut second = Process::start(&database, "up", LONG, 1, &sender).await;
        assert!(second.wait().success());
        done_once(&database, Direction::Up, &[]).await;
    }
}
