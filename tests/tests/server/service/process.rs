//! A process of the service.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use serde_json::Value;
use tokio::time::sleep;

use super::http::Http;
use crate::{
    examples::program,
    support::{TestDatabase, uri},
};

const POLL: Duration = Duration::from_millis(20);

/// Nothing in these tests takes that long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running service; it is killed when this is dropped.
pub struct Service {
    child: Child,
    said: File,
    pub http: Http,
}

impl Service {
    /// On the database of a test.
    pub async fn start(database: &TestDatabase, arguments: &[&str]) -> Self {
        let place = ["--uri", uri().await, "--database", database.name()];
        Self::start_with(&[&place, arguments].concat())
    }

    /// With these arguments alone, on a free port.
    pub fn start_with(arguments: &[&str]) -> Self {
        let (mut child, said) = spawn(arguments);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.trim().strip_prefix("listening on ").expect("the address of the service").to_owned();
        Self { child, said, http: Http::new(address) }
    }

    /// Until it serves.
    pub async fn ready(&self) {
        self.until("/readyz", |answer| answer["ready"] == true).await;
    }

    /// Until the upgrades of both collections are in this state.
    pub async fn upgrades(&self, state: &str) {
        let both =
            |answer: &Value| ["products", "contacts"].iter().all(|name| answer[name]["state"] == state);
        self.until("/upgrades", both).await;
    }

    /// Until the upgrade of this collection is under way.
    pub async fn running(&self, collection: &str) {
        self.until("/upgrades", |answer| answer[collection]["state"] == "running").await;
    }

    /// Until it answers so.
    pub async fn until(&self, path: &str, mut is_so: impl FnMut(&Value) -> bool) {
        let wait = async {
            while !serde_json::from_str(&self.http.get(path).text).is_ok_and(|answer| is_so(&answer)) {
                sleep(POLL).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, wait).await;
        waited.unwrap_or_else(|_| panic!("still {:?}", self.http.get(path)));
    }

    /// The sum of the counters whose lines hold all of this.
    pub fn counted(&self, parts: &[&str]) -> u64 {
        let metrics = self.http.get("/metrics").text;
        let lines = metrics.lines().filter(|line| parts.iter().all(|part| line.contains(part)));
        lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
    }

    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end: how it ended, and what it has said.
    pub fn wait(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, text(&mut self.said))
    }

    /// Asks it to end, and expects it to.
    pub fn terminate(self) -> String {
        self.signal("-TERM");
        let (status, said) = self.wait();
        assert_eq!(status.code(), Some(0), "{said}");
        said
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The exit code of a service that ends by itself, and what it says.
pub async fn ends(database: &TestDatabase, arguments: &[&str]) -> (Option<i32>, String) {
    let place = ["--uri", uri().await, "--database", database.name()];
    ends_with(&[&place, arguments].concat())
}

/// The same with these arguments alone.
pub fn ends_with(arguments: &[&str]) -> (Option<i32>, String) {
    let (mut child, mut said) = spawn(arguments);
    let status = child.wait().unwrap();
    (status.code(), text(&mut said))
}

fn spawn(arguments: &[&str]) -> (Child, File) {
    // A file, because nobody reads while it runs.
    let said = tempfile::tempfile().unwrap();
    let child = Command::new(program("service"))
        .args(["--listen", "127.0.0.1:0"])
        .args(arguments)
        .env_remove("MONGODB_URI")
        .stdout(Stdio::piped())
        .stderr(said.try_clone().unwrap())
        .spawn()
        .unwrap();
    (child, said)
}

fn text(said: &mut File) -> String {
    let mut text = String::new();
    said.rewind().unwrap();
    said.read_to_string(&mut text).unwrap();
    text
}
