//! Migrations: the ledger, the lease, the runner and startups.

mod at_once;
mod books;
mod commits;
mod cut_off;
mod effects;
mod environments;
mod failing;
mod lease;
mod paused;
mod refused;
mod shown;
mod standalone;
mod startup;
mod waits;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use futures_util::TryStreamExt;
use mongodb::{
    Database,
    bson::{Document, doc},
};
use schema_runtime::{
    Schema,
    ledger::{Entry, LEDGER, State},
    migration::Migration,
};
use schema_tests::marks::{Mark, Way};

use crate::support::uri;

/// A migration of steps that leave marks.
fn marking(id: &str, ways: &[Way]) -> Migration {
    let marks = ways.iter().enumerate().map(|(place, way)| Mark::new(format!("{id}/{}", place + 1), *way));
    marks.fold(Migration::new(id), Migration::step)
}

/// A schema of such migrations, of one step each.
fn three(database: &Database) -> Schema {
    ["a", "b", "c"]
        .into_iter()
        .fold(Schema::new(database), |schema, id| schema.migration(marking(id, &[Way::InTransaction])))
}

/// What the ledger says, by id.
async fn entries(database: &Database) -> Vec<Entry> {
    let ledger = database.collection::<Entry>(LEDGER);
    ledger.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap().try_collect().await.unwrap()
}

async fn entry(database: &Database, id: &str) -> Entry {
    entries(database).await.into_iter().find(|entry| entry.id == id).expect("an entry")
}

async fn states(database: &Database) -> Vec<(String, State)> {
    entries(database).await.into_iter().map(|entry| (entry.id, entry.state)).collect()
}

/// The document of the lease on the migrations, if there ever was one.
async fn lease_document(database: &Database) -> Option<Document> {
    database.collection::<Document>("schema_leases").find_one(doc! {}).await.unwrap()
}

async fn nobody_holds_the_lease(database: &Database) {
    let held = lease_document(database).await.and_then(|lease| lease.get("lease").cloned());
    assert!(held.as_ref().is_none_or(|held| held.as_null().is_some()), "{held:?}");
}

/// A lease that does not lapse because the machine is busy.
const LONG: u32 = 120;
/// One that lapses soon under whoever is killed.
const SHORT: u32 = 3;

/// A process that runs migrations.
struct Process {
    child: Child,
}

/// A line that one of them has said: which, and what.
type Said = (usize, String);

impl Process {
    /// One of several, which tells all of them apart by its number. `lease`: in seconds.
    async fn start(database: &Database, mode: &str, lease: u32, number: usize, lines: &Sender<Said>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_run_migrations"))
            .args([uri().await, database.name(), mode, &lease.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (said, lines) = (BufReader::new(child.stdout.take().unwrap()), lines.clone());
        thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                // The test may have seen enough.
                let _ = lines.send((number, line));
            }
        });
        Self { child }
    }

    async fn start_ten(database: &Database, mode: &str, lease: u32) -> (Vec<Self>, Receiver<Said>) {
        let (sender, lines) = channel();
        let mut processes = Vec::new();
        for number in 0..10 {
            processes.push(Self::start(database, mode, lease, number, &sender).await);
        }
        (processes, lines)
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success(), "{signal}");
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
