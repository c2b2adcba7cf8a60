//! A backfill that is killed in the middle: every document is as it was or upgraded, and another run does the rest.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{VersionedCollection, backfill::JOBS};
use schema_tests::orders::{Order, insert_old, stored, upgraded};

use crate::support::{database, uri};

const ORDERS: i32 = 2_000;

/// Starts a job and waits until it has written so many batches.
async fn started(database: &Database, batches: usize) -> Child {
    let mut job = Command::new(env!("CARGO_BIN_EXE_backfill_orders"))
        .args([uri().await, database.name()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(job.stdout.take().unwrap()).lines();
    assert_eq!(lines.take(batches).count(), batches, "the job ended by itself");
    job
}

#[tokio::test]
async fn a_killed_job_loses_nothing() {
    let database = database().await;
    insert_old(&database, ORDERS).await.unwrap();
    let orders = VersionedCollection::<Order>::new(&database);

    for batches in [1, 7, 20] {
        let mut job = started(&database, batches).await;
        job.kill().unwrap();
        job.wait().unwrap();

        let census = orders.census().await.unwrap();
        assert_eq!(census.total(), 2_000);
        assert!(census.current() > 0 && census.upgradable() > 0, "{census}");
        for (stored, upgraded) in stored(&database).await.unwrap().iter().zip(&upgraded(ORDERS)) {
            assert!(stored == upgraded || !stored.contains_key("schemaVersion"), "{stored}");
        }
    }

    let left = orders.census().await.unwrap().upgradable();
    let report = orders.backfill().lease(Duration::from_secs(1)).run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.upgraded, left);
    assert_eq!(stored(&database).await.unwrap(), upgraded(ORDERS));
}

/// What an orchestrator sends first: the batches in flight are finished, and the next process need not wait for a lease.
#[cfg(unix)]
#[tokio::test]
async fn a_job_that_is_asked_to_end_says_so_with_its_exit_code() {
    for (signal, name) in [("-TERM", "SIGTERM"), ("-INT", "SIGINT")] {
        let database = database().await;
        insert_old(&database, ORDERS).await.unwrap();
        let job = started(&database, 3).await;
        let sent = Command::new("kill").args([signal, &job.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let output = job.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{name}: {output:?}");

        let jobs = database.collection::<Document>(JOBS);
        let held = doc! { "lease": { "$type": "object" } };
        assert_eq!(jobs.count_documents(held).await.unwrap(), 0, "{name}");
        let report = VersionedCollection::<Order>::new(&database).backfill().run().await.unwrap();
        assert!(report.is_clean() && report.upgraded_by_others >= 60, "{report}");
        assert_eq!(stored(&database).await.unwrap(), upgraded(ORDERS));
    }
}
