//! A server for an example: one of the user's, or a private one.

use std::time::Duration;

use anyhow::Context;
use mongodb::{Client, bson::doc, options::ClientOptions};
use schema_runtime::local::{LocalServer, LocalServerError};

/// Nobody should wait for longer than this for a server that is not there.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server that answers.
#[derive(Debug)]
pub struct Server {
    client: Client,
    private: Option<LocalServer>,
}

impl Server {
    /// The server at `uri`, or a private one, which is removed at the end.
    ///
    /// # Errors
    ///
    /// [`LocalServerError`] when none can be started, and the driver's error for a URI that is none or a server that does not
    /// answer.
    pub async fn connect(uri: Option<&str>) -> anyhow::Result<Self> {
        let Some(uri) = uri else {
            let private = LocalServer::start().await?;
            return Ok(Self { client: private.client().await?, private: Some(private) });
        };
        let mut options = ClientOptions::parse(uri).await.context("the URI cannot be used")?;
        options.server_selection_timeout.get_or_insert(PATIENCE);
        let client = Client::with_options(options)?;
        let admin = client.database("admin");
        admin.run_command(doc! { "ping": 1 }).await.context("the server does not answer")?;
        Ok(Self { client, private: None })
    }

    /// A client for it.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether it is a private one, with nothing in it yet.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// Ends it, if it is a private one.
    ///
    /// # Errors
    ///
    /// [`LocalServerError`] when it cannot be stopped or removed.
    pub async fn stop(self) -> Result<(), LocalServerError> {
        match self.private {
            Some(private) => private.stop().await,
            None => Ok(()),
        }
    }
}
