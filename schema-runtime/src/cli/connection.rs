//! Connection: which server and which database, and nothing said of secrets.

use std::{env, fs, path::PathBuf};

use bson::doc;
use clap::Args;
use mongodb::{Client, Database, error::ErrorKind};

use super::{CliError, EVERYWHERE, secret::Secret};

/// Where the URI is if no option says.
const VARIABLE: &str = "MONGODB_URI";

/// Where the database is.
#[derive(Debug, Args)]
pub(super) struct Connection {
    // Not by clap from the environment: an option is to count for more than a variable that happens to be there.
    /// The server, and the database after its slash [env: MONGODB_URI].
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "URI")]
    uri: Option<Secret>,

    /// A file with the URI in its first line, for one that holds a password.
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE", conflicts_with = "uri")]
    uri_file: Option<PathBuf>,

    /// The database, if the URI names none.
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "NAME")]
    database: Option<String>,
}

impl Connection {
    /// The URI, if a server was named at all.
    pub(super) fn uri(&self) -> Result<Option<Secret>, CliError> {
        if let Some(path) = &self.uri_file {
            let text = fs::read_to_string(path)
                .map_err(|source| CliError::UriFile { path: path.clone(), source })?;
            let first = text.lines().next().map(str::trim).filter(|line| !line.is_empty());
            return match first {
                Some(first) => Ok(Some(Secret::new(first))),
                None => Err(CliError::EmptyUriFile { path: path.clone() }),
            };
        }
        let uri = self.uri.clone().or_else(|| env::var(VARIABLE).ok().map(Secret::new));
        Ok(uri.filter(|uri| !uri.is_empty()))
    }

    /// The database, on a server that answers.
    pub(super) async fn database(&self, uri: &Secret) -> Result<Database, CliError> {
        let client = client(uri).await?;
        let database = match &self.database {
            Some(name) => client.database(name),
            None => client.default_database().ok_or(CliError::NoDatabase)?,
        };
        // A job waits for a server that is away; somebody at a terminal is to know at once that there is none.
        database.run_command(doc! { "ping": 1 }).await.map_err(|error| match error.kind.as_ref() {
            ErrorKind::Authentication { .. } => CliError::Login(error),
            _ => CliError::Server(error),
        })?;
        Ok(database)
    }
}

/// A client of the server that is named so.
pub(super) async fn client(uri: &Secret) -> Result<Client, CliError> {
    let client = Client::with_uri_str(uri.reveal()).await;
    client.map_err(|error| {
        let why = match error.kind.as_ref() {
            ErrorKind::InvalidArgument { message, .. } => message.clone(),
            kind => kind.to_string(),
        };
        CliError::Uri { why: uri.hidden_in(&why) }
    })
}

/// A database for what needs the types and no server: nothing is asked of it.
pub(super) async fn nowhere() -> Result<Database, CliError> {
    let uri = Secret::new("mongodb://localhost:1/?serverSelectionTimeoutMS=1");
    Ok(client(&uri).await?.database("nowhere"))
}
