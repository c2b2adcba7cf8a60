//! A server of our own or somebody else's.

use mongodb::Client;

use super::{LocalServer, LocalServerError};

/// A server to work with: somebody else's, or one of our own.
///
/// Dropping it ends a server of our own and leaves somebody else's alone.
#[derive(Debug)]
#[non_exhaustive]
pub enum Deployment {
    /// The server that `MONGODB_URI` names.
    #[non_exhaustive]
    Given {
        /// The value of `MONGODB_URI`.
        uri: String,
    },
    /// A server started for this program.
    Local(LocalServer),
}

impl Deployment {
    /// The connection string.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = schema_runtime::local::server_from_env().await?;
    /// println!("connect to {}", server.uri());
    /// # Ok(())
    /// # }
    /// ```
    pub fn uri(&self) -> &str {
        match self {
            Self::Given { uri } => uri,
            Self::Local(server) => server.uri(),
        }
    }

    /// A new client of the server.
    ///
    /// # Errors
    ///
    /// [`LocalServerError::Driver`] if the driver does not accept [`uri`](Self::uri).
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = schema_runtime::local::server_from_env().await?;
    /// let people = server.client().await?.database("test").collection::<bson::Document>("people");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn client(&self) -> Result<Client, LocalServerError> {
        super::connect(self.uri()).await
    }

    /// Stops a server of our own; does nothing to somebody else's.
    ///
    /// # Errors
    ///
    /// As [`LocalServer::stop`].
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = schema_runtime::local::server_from_env().await?;
    /// server.stop().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn stop(self) -> Result<(), LocalServerError> {
        match self {
            Self::Given { .. } => Ok(()),
            Self::Local(server) => server.stop().await,
        }
    }
}
