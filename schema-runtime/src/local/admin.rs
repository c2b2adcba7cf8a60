//! One admin command to one server.

use std::time::Duration;

use bson::Document;
use mongodb::Client;
use mongodb::error::{Error, ErrorKind, Result};
use mongodb::options::{ClientOptions, ServerAddress};

const UNAUTHORIZED: i32 = 13;

/// Runs `command` on the server behind `port`, whatever its part in a replica set.
pub(super) async fn command(port: u16, limit: Duration, command: Document) -> Result<Document> {
    let options = ClientOptions::builder()
        .hosts(vec![ServerAddress::Tcp { host: "127.0.0.1".to_owned(), port: Some(port) }])
        .direct_connection(true)
        .server_selection_timeout(limit)
        .connect_timeout(limit)
        .build();
    run(options, command).await
}

/// Runs `command` on the primary behind `uri`, and waits up to `limit` for there to be one.
pub(super) async fn command_to_primary(uri: &str, limit: Duration, command: Document) -> Result<Document> {
    let mut options = ClientOptions::parse(uri).await?;
    options.server_selection_timeout = Some(limit);
    run(options, command).await
}

/// Whether the server demands a login.
pub(super) fn is_refused(error: &Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(refusal) if refusal.code == UNAUTHORIZED)
}

async fn run(options: ClientOptions, command: Document) -> Result<Document> {
    let client = Client::with_options(options)?;
    let answer = client.database("admin").run_command(command).await;
    // Left alone, the client's monitors would go on to call at a server that may be gone.
    client.shutdown().immediate(true).await;
    answer
}
