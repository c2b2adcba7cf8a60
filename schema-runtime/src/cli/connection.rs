//! Connection: which server and which database, and nothing said of secrets.

use std::{fs, path::PathBuf};

use bson::doc;
use clap::Args;
use mongodb::{Client, Database};

use super::CliError;

/// Where the database is.
#[derive(Debug, Args)]
pub(super) struct Connection {
    /// The server, and the database after its slash.
    #[arg(long, global = true, env = "MONGODB_URI", value_name = "URI", hide_env_values = true)]
    uri: Option<String>,

    /// A file with the URI in its first line, for one that holds a password.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "uri")]
    uri_file: Option<PathBuf>,

    /// The database, if the URI names none.
    #[arg(long, global = true, value_name = "NAME")]
    database: Option<String>,
}

impl Connection {
    /// Whether a server was named at all.
    pub(super) fn is_said(&self) -> bool {
        self.uri_file.is_some() || self.uri.as_deref().is_some_and(|uri| !uri.is_empty())
    }

    /// The database, on a server that answers.
    pub(super) async fn database(&self) -> Result<Database, CliError> {
        let client = Client::with_uri_str(self.uri()?).await.map_err(CliError::Uri)?;
        let database = match &self.database {
            Some(name) => client.database(name),
            None => client.default_database().ok_or(CliError::NoDatabase)?,
        };
        // A job waits for a server that is away; somebody at a terminal is to know at once that there is none.
        database.run_command(doc! { "ping": 1 }).await.map_err(CliError::Server)?;
        Ok(database)
    }

    fn uri(&self) -> Result<String, CliError> {
        if let Some(path) = &self.uri_file {
            let text = fs::read_to_string(path)
                .map_err(|source| CliError::UriFile { path: path.clone(), source })?;
            let first = text.lines().next().map(str::trim).filter(|line| !line.is_empty());
            return first.map(str::to_owned).ok_or_else(|| CliError::EmptyUriFile { path: path.clone() });
        }
        self.uri.clone().filter(|uri| !uri.is_empty()).ok_or(CliError::NoUri)
    }
}

/// A database for what needs the types and no server: nothing is asked of it.
pub(super) async fn nowhere() -> Result<Database, CliError> {
    let client = Client::with_uri_str("mongodb://localhost:1/?serverSelectionTimeoutMS=1").await;
    Ok(client.map_err(CliError::Uri)?.database("nowhere"))
}
