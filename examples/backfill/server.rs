//! The server, and the database in it that is the example's own.

use std::time::Duration;

use anyhow::{Context, bail};
use mongodb::{
    Client, Database,
    bson::{Document, doc},
    options::ClientOptions,
};
use schema_runtime::local::{LocalServer, LocalServerError};

const DATABASE: &str = "schema_example_flights";

/// A collection that says who made the database. A name that nobody has by accident.
const MARK: &str = "made_by_the_backfill_example";

/// An example should not keep anybody waiting for a server that is not there.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server to tell the story on.
#[derive(Debug)]
pub(crate) struct Server {
    client: Client,
    private: Option<LocalServer>,
}

impl Server {
    /// The server at `uri`, or a private one.
    pub(crate) async fn connect(uri: Option<&str>) -> anyhow::Result<Self> {
        let Some(uri) = uri else {
            let private = LocalServer::start().await?;
            return Ok(Self { client: private.client().await?, private: Some(private) });
        };
        let mut options = ClientOptions::parse(uri).await.context("the URI cannot be used")?;
        options.server_selection_timeout.get_or_insert(PATIENCE);
        let client = Client::with_options(options)?;
        client
            .database("admin")
            .run_command(doc! { "ping": 1 })
            .await
            .context("the server does not answer")?;
        Ok(Self { client, private: None })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) async fn stop(self) -> Result<(), LocalServerError> {
        match self.private {
            Some(private) => private.stop().await,
            None => Ok(()),
        }
    }
}

/// The example's database, empty but for the mark. What an earlier run left there is dropped; what somebody else
/// made is not touched.
pub(crate) async fn own_database(client: &Client) -> anyhow::Result<Database> {
    let database = client.database(DATABASE);
    let collections = database.list_collection_names().await?;
    if !collections.is_empty() {
        if !collections.iter().any(|name| name == MARK) {
            bail!("there is a database `{DATABASE}` that this example did not make; use another server");
        }
        database.drop().await?;
    }
    database.collection::<Document>(MARK).insert_one(doc! { "_id": "may be dropped" }).await?;
    Ok(database)
}
