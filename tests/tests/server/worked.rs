//! The histories that the example `histories` tells: from an empty server, from what old programs have stored and from halfway to the
//! newest version, by the command line and at startup, and back.

mod catalogue;
mod conversations;
mod each;
mod results;
mod story;
mod videos;
mod workflow;

use std::{collections::BTreeMap, process::Output, time::Duration};

use mongodb::{
    Database,
    bson::{Document, RawDocument, RawDocumentBuf},
};
use schema_examples::histories::History;
use schema_runtime::{
    Environment, Schema,
    backfill::{self, Status},
    ledger::State,
    schema::{SchemaError, SchemaStatus},
    startup::{Brought, Startup},
};
use schema_tests::stored::all;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::process::Command;

use crate::{
    examples::program,
    support::{TestDatabase, database, uri},
};

/// A way to the newest version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Commands,
    Before,
    Background,
}

const WAYS: [Way; 3] = [Way::Commands, Way::Before, Way::Background];

const POLL: Duration = Duration::from_millis(20);

/// In development, so that a startup may do everything.
const HERE: [&str; 2] = ["--environment", "development"];

fn schema(history: &History, database: &Database) -> Schema {
    (history.schema)(database).environment(Environment::Development)
}

/// A database with what old programs have stored.
async fn begun(history: &History) -> TestDatabase {
    let database = database().await;
    history.begin(&database).await.unwrap();
    database
}

/// A database where all that can be done is done, what was found to be wrong repaired, and the rest done.
async fn arrived(history: &History, way: Way) -> TestDatabase {
    let database = begun(history).await;
    go(history, &database, way).await;
    history.repair(&database).await.unwrap();
    go(history, &database, way).await;
    database
}

/// Does all that can be done, whatever is in the way of the rest.
async fn go(history: &History, database: &TestDatabase, way: Way) {
    match way {
        Way::Commands => {
            run(history, database, &[&["up", "--with-backfills"], &HERE[..]].concat()).await;
            if has_documents(history) {
                run(history, database, &["backfill", "--all"]).await;
                run(history, database, &["indexes", "--all", "--create"]).await;
            }
        }
        Way::Before => {
            drop(start(history, database, Startup::UpgradeUpTo(u64::MAX)).await);
        }
        Way::Background => in_background(&schema(history, database)).await,
    }
}

/// Starts a service, and ends it when there is nothing left that it can do.
async fn in_background(schema: &Schema) {
    let before = schema.status().await.unwrap();
    let Ok(started) = schema.startup(Startup::Background).run().await else { return };
    if started.waiting().is_empty() {
        drop(started.finished().await);
        return;
    }
    // What waits for a document that cannot be converted waits for as long as the service runs.
    while !is_settled(&before, &schema.status().await.unwrap()) {
        tokio::time::sleep(POLL).await;
    }
    drop(started.stop().await);
}

/// Whether all documents are brought up and all migrations run, or a backfill has come to its end and left some.
fn is_settled(before: &SchemaStatus, now: &SchemaStatus) -> bool {
    let of = |status: &SchemaStatus| -> Vec<Option<Status>> {
        status.documents.iter().map(|documents| documents.backfill.clone()).collect()
    };
    let left = now.documents.iter().map(|documents| documents.census.upgradable());
    let mut jobs = left.zip(of(before).into_iter().zip(of(now))).filter(|(left, _)| *left > 0).peekable();
    if jobs.peek().is_none() {
        return now.migrations.iter().all(|migration| migration.state == State::Completed);
    }
    jobs.all(|(_, (before, now))| {
        let begun = |job: &Option<Status>| job.as_ref().map(|job| job.started_at);
        begun(&before) != begun(&now) && now.is_some_and(|job| job.state == backfill::State::Finished)
    })
}

/// Starts a service, and waits for what it does in the background.
async fn start(
    history: &History,
    database: &Database,
    startup: Startup,
) -> Result<Vec<Brought>, SchemaError> {
    Ok(schema(history, database).startup(startup).run().await?.finished().await)
}

/// Whether it has types of documents, for the commands about these.
fn has_documents(history: &History) -> bool {
    history.name != "results"
}

/// A command of the history's command line.
async fn run(history: &History, database: &Database, arguments: &[&str]) -> Output {
    let place = ["--uri", uri().await, "--database", database.name()];
    let mut command = Command::new(program("histories"));
    command.env_remove("MONGODB_URI").env_remove("SCHEMA_ENVIRONMENT").env_remove("SCHEMA_WEBHOOK");
    // Where there is no lock file of others.
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.arg(history.name).args(arguments).args(place).output().await.expect("the program to run")
}

/// The answer in JSON of a command that ends with this code.
async fn answer(history: &History, database: &Database, code: i32, arguments: &[&str]) -> Value {
    let output = run(history, database, &[arguments, &["--json"]].concat()).await;
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).expect("one line of JSON")
}

/// What a command says that is refused.
async fn refused(history: &History, database: &Database, arguments: &[&str]) -> String {
    let output = run(history, database, arguments).await;
    assert_eq!(output.status.code(), Some(8), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// All documents of the service, by collection. The crate's own books are not among them, and neither are collections without any.
async fn stored<T: DeserializeOwned + Send + Sync>(database: &Database) -> BTreeMap<String, Vec<T>> {
    let mut stored = BTreeMap::new();
    for name in database.list_collection_names().await.unwrap() {
        if !name.starts_with("schema_") && !name.starts_with("system.") {
            let documents = all(&database.collection::<T>(&name)).await.unwrap();
            stored.insert(name, documents);
        }
    }
    stored.retain(|_, documents| !documents.is_empty());
    stored
}

/// The same, byte for byte.
async fn bytes(database: &Database) -> BTreeMap<String, Vec<RawDocumentBuf>> {
    stored(database).await
}

/// What a history has begun with, byte for byte.
fn old(history: &History) -> BTreeMap<String, Vec<RawDocumentBuf>> {
    let raw = |document: Document| RawDocumentBuf::try_from(&document).unwrap();
    let all = (history.old)().into_iter();
    all.map(|(name, documents)| (name.to_owned(), by_id(documents).into_iter().map(raw).collect())).collect()
}

/// Expected documents, by collection.
fn expected<const N: usize>(collections: [(&str, Vec<Document>); N]) -> BTreeMap<String, Vec<Document>> {
    collections.into_iter().map(|(name, documents)| (name.to_owned(), by_id(documents))).collect()
}

fn id(document: &RawDocument) -> &str {
    document.get_str("_id").unwrap()
}

fn by_id(mut documents: Vec<Document>) -> Vec<Document> {
    documents.sort_by_key(|document| document.get_str("_id").unwrap().to_owned());
    documents
}

/// A document as it is stored.
async fn one(database: &Database, collection: &str, id: &str) -> RawDocumentBuf {
    let documents = database.collection::<RawDocumentBuf>(collection);
    documents.find_one(mongodb::bson::doc! { "_id": id }).await.unwrap().expect("the document")
}
