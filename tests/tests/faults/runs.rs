//! A few of the runs that the program does by the hundred.

use std::path::Path;

use schema_tests::faults::{cluster::Cluster, plan::Plan, run::run};

use crate::support::PROGRAM;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost() {
    let mut cluster = Cluster::start(3).await.unwrap();
    for number in 0..5 {
        let plan = Plan::new(1, number);
        let verdict = run(&mut cluster, Path::new(PROGRAM), &plan).await.unwrap();
        assert!(verdict.violations.is_empty(), "run {number}:\n{plan}\n{}", verdict.violations.join("\n"));
    }
    cluster.stop().await.unwrap();
}
