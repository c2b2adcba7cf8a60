//! A server for the process and a database for each test.

use std::{
    ops::Deref,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use mongodb::{Client, Database};
use schema_runtime::local::{Deployment, LocalServer};
use tokio::sync::OnceCell;

static SERVER: OnceCell<Deployment> = OnceCell::const_new();
static TESTS: AtomicU32 = AtomicU32::new(0);

/// Where the server is, for clients of one's own.
pub async fn uri() -> &'static str {
    let server = SERVER
        .get_or_init(|| async {
            LocalServer::builder().replica_set(1).from_env_or_start().await.expect("a server for the tests")
        })
        .await;
    server.uri()
}

/// A database of one test. It is dropped with this, unless the test has failed and somebody may want to look.
pub struct TestDatabase {
    database: Database,
    uri: &'static str,
}

impl Deref for TestDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        let (uri, name) = (self.uri, self.database.name().to_owned());
        // On a thread of its own: the test's runtime cannot be waited for from within.
        let dropped = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async { Client::with_uri_str(uri).await?.database(&name).drop().await })
        });
        dropped.join().expect("no panic").expect("the database to be dropped");
    }
}

/// An empty database with a name that no other test of this run has.
///
/// The client is new as well: it belongs to the test's own tokio runtime.
pub async fn database() -> TestDatabase {
    let uri = uri().await;
    let client = Client::with_uri_str(uri).await.expect("a client for the server");
    let number = TESTS.fetch_add(1, Ordering::Relaxed);
    let database = client.database(&format!("schema_test_{}_{number}", std::process::id()));
    database.drop().await.expect("an empty database");
    TestDatabase { database, uri }
}
