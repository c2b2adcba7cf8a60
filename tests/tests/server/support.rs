//! A server for the process and a database for each test.

use std::sync::atomic::{AtomicU32, Ordering};

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

/// An empty database with a name that no other test of this run has.
///
/// The client is new as well: it belongs to the test's own tokio runtime.
pub async fn database() -> Database {
    let client = Client::with_uri_str(uri().await).await.expect("a client for the server");
    let number = TESTS.fetch_add(1, Ordering::Relaxed);
    let database = client.database(&format!("schema_test_{}_{number}", std::process::id()));
    database.drop().await.expect("an empty database");
    database
}
