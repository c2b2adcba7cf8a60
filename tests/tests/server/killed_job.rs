//! A backfill that is killed in the middle: every document is as it was or upgraded, and another run does the rest.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use schema_runtime::VersionedCollection;
use schema_tests::orders::{Order, insert_old, stored, upgraded};

use crate::support::{database, uri};

const ORDERS: i32 = 2_000;

#[tokio::test]
async fn a_killed_job_loses_nothing() {
    let database = database().await;
    insert_old(&database, ORDERS).await.unwrap();
    let orders = VersionedCollection::<Order>::new(&database);

    for batches in [1, 7, 20] {
        let mut job = Command::new(env!("CARGO_BIN_EXE_backfill_orders"))
            .args([uri().await, database.name()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(job.stdout.take().unwrap()).lines();
        assert_eq!(lines.take(batches).count(), batches, "the job ended by itself");
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
