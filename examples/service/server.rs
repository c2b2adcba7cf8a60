//! The server, and the database in it.

use std::time::Duration;

use anyhow::Context;
use mongodb::{
    Client, Database,
    bson::{Document, doc},
    options::ClientOptions,
};
use schema_runtime::local::{LocalServer, LocalServerError};

use crate::arguments::Arguments;

const DATABASE: &str = "schema_example_shop";

/// A request should not wait for longer than this for a server that is away.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Server {
    database: Database,
    private: Option<LocalServer>,
}

impl Server {
    /// The server that the arguments name, or a private one.
    pub(crate) async fn connect(arguments: &Arguments) -> anyhow::Result<Self> {
        let name = arguments.database.as_deref();
        let Some(uri) = arguments.uri() else {
            let private = LocalServer::start().await?;
            let database = private.client().await?.database(name.unwrap_or(DATABASE));
            fill(&database).await?;
            return Ok(Self { database, private: Some(private) });
        };
        let mut options = ClientOptions::parse(uri).await.context("the URI cannot be used")?;
        options.server_selection_timeout.get_or_insert(PATIENCE);
        let client = Client::with_options(options)?;
        let database = match name {
            Some(name) => client.database(name),
            None => client.default_database().unwrap_or_else(|| client.database(DATABASE)),
        };
        database.run_command(doc! { "ping": 1 }).await.context("the server does not answer")?;
        Ok(Self { database, private: None })
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) async fn stop(self) -> Result<(), LocalServerError> {
        match self.private {
            Some(private) => private.stop().await,
            None => Ok(()),
        }
    }
}

/// What earlier releases would have left behind.
async fn fill(database: &Database) -> mongodb::error::Result<()> {
    let products = [
        doc! { "_id": "kettle", "name": "Kettle", "category": "kitchen", "price": "24.90", "legacySku": "K-7" },
        doc! { "_id": "lamp", "name": "Lamp", "category": "light", "price": "ask", "legacySku": null },
        doc! { "_id": "desk", "schemaVersion": 2, "title": "Desk", "tags": ["office"], "price": 180.0 },
        doc! { "_id": "chair", "schemaVersion": 3, "title": "Chair", "tags": ["office"], "unitPrice": 95.0, "stock": 4_i64 },
    ];
    database.collection::<Document>("products").insert_many(products).await?;
    let contact = doc! {
        "_id": "ada", "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.org", "city": "London",
    };
    database.collection::<Document>("contacts").insert_one(contact).await?;
    Ok(())
}
