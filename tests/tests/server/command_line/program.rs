//! The program of a shop, started with arguments, and what it makes of them.

use std::{
    process::{Output, Stdio},
    time::Duration,
};

use mongodb::{
    Database,
    bson::{Document, doc, oid::ObjectId},
};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::{
    state::state,
    support::{TestDatabase, database, uri},
};

pub const SHOP: &str = env!("CARGO_BIN_EXE_shop");

pub const MIGRATIONS: [&str; 5] = [
    "20260101-price-list",
    "20260201-close-orders",
    "20260301-drop-carts",
    "20260401-count-titles",
    "20260501-samples",
];

/// The variables that would say something to it.
const VARIABLES: [&str; 4] = ["MONGODB_URI", "SCHEMA_ENVIRONMENT", "SCHEMA_WEBHOOK", "SCHEMA_COPY_TO"];

/// How a process has ended, and what it has said.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The one line of an error, of a process that has ended with this code.
    #[track_caller]
    pub fn error(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:?}");
        let errors: Vec<&str> = self.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        let [error] = errors.as_slice() else { panic!("not one error: {self:?}") };
        assert!(self.stdout.is_empty(), "{self:?}");
        error
    }

    /// The answer, of a process that has ended with this code.
    #[track_caller]
    pub fn text(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(!self.stdout.is_empty() && !self.stderr.contains("error:"), "{self:?}");
        &self.stdout
    }

    /// The answer in JSON, which is one line.
    #[track_caller]
    pub fn json(&self, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).expect("JSON")
    }

    /// The lines of JSON on standard error.
    #[track_caller]
    pub fn events(&self) -> Vec<Value> {
        self.stderr.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

/// The program, on no server and in no environment.
pub fn bare() -> Command {
    let mut command = Command::new(SHOP);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    // Where there is no file of ours.
    command.current_dir(std::env::temp_dir());
    command.env("USER", "ada").stdin(Stdio::null()).kill_on_drop(true);
    command
}

pub async fn run(arguments: &[&str]) -> Ended {
    Ended::of(bare().args(arguments).output().await.expect("the program to run"))
}

/// A database of the shop's, and its program.
pub struct Shop {
    pub database: TestDatabase,
}

impl Shop {
    /// An empty one.
    pub async fn open() -> Self {
        Self { database: database().await }
    }

    /// With products of every version, one of which cannot be upgraded, a notice, something else in its collection, and carts.
    pub async fn stocked() -> Self {
        let shop = Self::open().await;
        let old = (0..20)
            .map(|id| doc! { "_id": id, "name": format!("Kettle {id}"), "price": (id * 2).to_string() });
        let newer = (20..25).map(|id| doc! { "_id": id, "schemaVersion": 2, "title": "Pot", "price": "7" });
        let current =
            (25..30).map(|id| doc! { "_id": id, "schemaVersion": 3, "title": "Pan", "price": 9_i64 });
        let bad = doc! { "_id": 30, "name": "Bad", "price": "cheap" };
        shop.insert("products", old.chain(newer).chain(current).chain([bad])).await;
        let notice =
            doc! { "_id": ObjectId::from_bytes([7; 12]), "type": "notice", "text": "Closed on Monday" };
        shop.insert("messages", [notice, doc! { "_id": 1, "type": "reply" }]).await;
        shop.insert("carts", [doc! { "_id": 1 }]).await;
        shop
    }

    pub async fn insert(&self, collection: &str, documents: impl IntoIterator<Item = Document>) {
        self.database.collection::<Document>(collection).insert_many(documents).await.expect("documents");
    }

    /// Has a migration wait or fail.
    pub async fn mark(&self, marker: &str, why: &str) {
        self.insert("markers", [doc! { "_id": marker, "why": why }]).await;
    }

    pub async fn unmark(&self, marker: &str) {
        let markers = self.database.collection::<Document>("markers");
        markers.delete_one(doc! { "_id": marker }).await.expect("a deletion");
    }

    pub async fn count(&self, collection: &str) -> u64 {
        self.database.collection::<Document>(collection).count_documents(doc! {}).await.expect("a count")
    }

    /// Mends the product that cannot be upgraded.
    pub async fn mend(&self) {
        let products = self.database.collection::<Document>("products");
        let update = doc! { "$set": { "price": "60" } };
        products.update_one(doc! { "_id": 30 }, update).await.expect("an update");
    }

    pub async fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare();
        command.args(["--uri", uri().await, "--database", self.database.name()]).args(arguments);
        command
    }

    pub async fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).await.output().await.expect("the program to run"))
    }

    /// The answer of a command that ends with this code.
    pub async fn text(&self, code: i32, arguments: &[&str]) -> String {
        let ended = self.run(arguments).await;
        ended.text(code).to_owned()
    }

    /// The same in JSON.
    pub async fn json(&self, code: i32, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--json"]].concat()).await.json(code)
    }

    /// Runs all migrations but the one that destroys, in development all.
    pub async fn migrated(&self) {
        let ended = self.run(&["up", "--environment", "development", "--with-backfills"]).await;
        ended.text(0);
    }

    /// Starts it, and leaves it at work.
    pub async fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments).await;
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program to run")
    }
}

/// What a started process has said by its end.
pub async fn ended(child: Child) -> Ended {
    Ended::of(child.wait_with_output().await.expect("an end"))
}

/// Sends a signal to a process.
pub async fn signal(child: &Child, signal: &str) {
    let id = child.id().expect("a process").to_string();
    let sent = Command::new("kill").args([signal, &id]).status().await.expect("kill to run");
    assert!(sent.success());
}

/// Waits until it is so.
pub async fn until<F: Future<Output = bool>>(mut is_so: impl FnMut() -> F) {
    while !is_so().await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What is another in every run: names of databases, machines and processes, times and durations. Tables are as wide as those.
const OTHERS: [(&str, &str); 8] = [
    (r"schema_test_\d+_\d+", "<database>"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "<time>"),
    (r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
    (r"ada@[\w.-]+", "<ada>"),
    (r"[\w.-]+:\d+:[0-9a-f]{24}", "<process>"),
    (r"\d+\.\d s\b", "<seconds>"),
    (r"\d+ compressed", "<bytes> compressed"),
    (r"(\S) {2,}", "$1  "),
];

/// Compares a text with its snapshot, but for what is another in every run.
#[track_caller]
pub fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    for (what, name) in OTHERS {
        settings.add_filter(what, name);
    }
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// All that a write would change, but for the lease that a run takes before it looks whether it may go on.
pub async fn picture(database: &Database) -> Vec<Document> {
    const LEASES: &str = "schema_leases";
    let mut state = state(database).await;
    for part in &mut state {
        part.remove(LEASES);
        if let Ok(listed) = part.get_array_mut("firstBatch") {
            listed.retain(|one| one.as_document().is_none_or(|one| one.get_str("name").ok() != Some(LEASES)));
            listed.sort_by_key(|one| {
                one.as_document().map(|one| one.get_str("name").unwrap_or_default().to_owned())
            });
        }
    }
    state
}
