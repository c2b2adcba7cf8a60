//! Processes of the job for these tests.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use mongodb::{Database, bson::Document, options::WriteConcern};
use schema_tests::faults::{
    account::{COLLECTION, Steps},
    content::Content,
    job::Options,
};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_backfill_faults");

pub(crate) const OPTIONS: Options = Options {
    batch_size: 20,
    workers: 3,
    partition_size: 300,
    lease: Duration::from_millis(700),
    rate: 3_000,
    steps: Steps::Computed,
};

/// Documents of version 1 with these numbers.
pub(crate) async fn insert_old(database: &Database, numbers: impl IntoIterator<Item = u32>) {
    let documents =
        numbers.into_iter().map(|number| Content::new(1, format!("first.{number}"), 1).stored(number));
    let accounts = database.collection::<Document>(COLLECTION);
    accounts.insert_many(documents).write_concern(WriteConcern::majority()).await.unwrap();
}

/// A process of the job. With a file, it notes its conversions there.
pub(crate) fn start(options: Options, uri: &str, database: &Database, conversions: Option<&Path>) -> Child {
    let mut command = Command::new(PROGRAM);
    command.args(options.arguments(uri, database.name())).stdout(Stdio::null());
    if let Some(path) = conversions {
        command.env(schema_tests::faults::conversions::CONVERSIONS, path);
    }
    command.spawn().unwrap()
}
