//! A command line over one collection, for a service's own program (feature `cli`).
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use schema_runtime::{VersionedDocument, cli::{Arguments, Parser}};
//!
//! #[derive(VersionedDocument)]
//! #[versioned(version = 1, collection = "users")]
//! struct User {
//!     login: String,
//! }
//!
//! #[tokio::main]
//! async fn main() -> ExitCode {
//!     Arguments::parse().run::<User>().await
//! }
//! ```
//!
//! | command | does |
//! | --- | --- |
//! | `census` | counts the documents of each version |
//! | `plan`, `backfill`, `verify`, `rollback` | what the methods of [`VersionedCollection`] of these names do |
//! | `list-failed`, `retry-failed` | shows what could not be upgraded, and tries it again |
//! | `status`, `pause`, `resume`, `adjust`, `cancel` | looks at a running job from anywhere, and steers it ([`JobHandle`]) |
//!
//! Answers go to standard output, for people or with `--json` as one line of JSON; progress and errors go to standard error.
//!
//! | exit code | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | finished, and documents failed, were changed since or are left over; a verification or a plan found something |
//! | 2 | wrong usage |
//! | 3 | no server, or it lets nobody in |
//! | 4 | anything else that went wrong |
//! | 5, 6, 7 | interrupted, cancelled, aborted: [`Report::exit_code`](crate::backfill::Report::exit_code) |
//!
//! The URI may hold a password; it is printed nowhere.

mod command;
mod exit;
mod options;
mod tuning;

use std::{convert::Infallible, error::Error, io::Write, process::ExitCode};

use bson::doc;
pub use clap::Parser;
use mongodb::{Client, Database};
use schema_core::DecodeOwned;

use self::{command::Answer, exit::exit_code};
pub use self::{
    command::Command,
    exit::{is_away, sentence},
    options::{Adjustment, OfBackfill, OfRollback, Which},
};
use crate::{VersionedCollection, backfill::JobHandle};

/// What the user wants, and where.
#[derive(Debug, Parser)]
#[command(version, about = "Looks at the documents of a collection and brings them to their current version")]
pub struct Arguments {
    /// The server, and the database after its slash.
    #[arg(long, global = true, env = "MONGODB_URI", value_name = "URI", hide_env_values = true)]
    uri: Option<String>,

    /// The database, if the URI names none.
    #[arg(long, global = true, value_name = "NAME")]
    database: Option<String>,

    /// Answer in JSON, and tell the progress as JSON lines.
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

/// Why a command has no answer.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error("say which server: `--uri`, or MONGODB_URI in the environment")]
    NoUri,
    #[error("say which database: `--database`, or a URI that ends with `/name`")]
    NoDatabase,
    #[error("the URI cannot be used")]
    Uri(#[source] mongodb::error::Error),
    #[error("the server does not answer")]
    Server(#[source] mongodb::error::Error),
    #[error(transparent)]
    Runtime(#[from] crate::Error),
    #[error("the answer could not be written")]
    Output(#[from] std::io::Error),
    #[error("the collection could not be made ready")]
    Collection(#[source] Box<dyn Error + Send + Sync>),
    #[error("the answer could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl Arguments {
    /// Does it to the collection that the chain of `T` names, writes the answer or the error, and says how to end.
    pub async fn run<T: DecodeOwned + Send + Sync>(self) -> ExitCode {
        self.run_on(async |database| Ok::<_, Infallible>(VersionedCollection::<T>::new(database))).await
    }

    /// The same to a collection of the service's own making: one of another name, or one with
    /// [contexts](VersionedCollection::with_context), which are loaded first.
    ///
    /// ```no_run
    /// # use std::process::ExitCode;
    /// # use schema_runtime::{VersionedDocument, mongodb::{Database, error::Error}};
    /// use schema_runtime::{VersionedCollection, cli::{Arguments, Parser}};
    ///
    /// # #[derive(VersionedDocument)]
    /// # #[versioned(version = 1, collection = "users")]
    /// # struct User { login: String }
    /// # struct Cities;
    /// # impl Cities {
    /// #     async fn load(_: &Database) -> Result<Self, Error> { Ok(Self) }
    /// # }
    /// #[tokio::main]
    /// async fn main() -> ExitCode {
    ///     Arguments::parse()
    ///         .run_on(async |database| {
    ///             let cities = Cities::load(database).await?;
    ///             Ok::<_, Error>(VersionedCollection::<User>::new(database).with_context(cities))
    ///         })
    ///         .await
    /// }
    /// ```
    pub async fn run_on<T: DecodeOwned + Send + Sync, E: Into<Box<dyn Error + Send + Sync>>>(
        self,
        collection: impl AsyncFnOnce(&Database) -> Result<VersionedCollection<T>, E>,
    ) -> ExitCode {
        let code = match self.answer(collection).await {
            Ok(code) => code,
            Err(error) => {
                // Nothing can be done about a standard error that is gone.
                let _ = writeln!(std::io::stderr(), "error: {}", sentence(&error));
                exit_code(&error)
            }
        };
        code.into()
    }

    async fn answer<T: DecodeOwned + Send + Sync, E: Into<Box<dyn Error + Send + Sync>>>(
        self,
        collection: impl AsyncFnOnce(&Database) -> Result<VersionedCollection<T>, E>,
    ) -> Result<u8, CliError> {
        let database = self.database().await?;
        let documents = collection(&database).await.map_err(|error| CliError::Collection(error.into()))?;
        let name = documents.name();
        let jobs = |rollback| {
            if rollback { JobHandle::rollback(&database, name) } else { JobHandle::new(&database, name) }
        };
        let Answer { text, json, code } = self.command.run(&documents, jobs, self.json).await?;
        let text = if self.json { json.to_string() } else { text };
        writeln!(std::io::stdout(), "{}", text.trim_end())?;
        Ok(code)
    }

    async fn database(&self) -> Result<Database, CliError> {
        let uri = self.uri.as_deref().filter(|uri| !uri.is_empty()).ok_or(CliError::NoUri)?;
        let client = Client::with_uri_str(uri).await.map_err(CliError::Uri)?;
        let database = match &self.database {
            Some(name) => client.database(name),
            None => client.default_database().ok_or(CliError::NoDatabase)?,
        };
        // A job waits for a server that is away; somebody at a terminal is to know at once that there is none.
        database.run_command(doc! { "ping": 1 }).await.map_err(CliError::Server)?;
        Ok(database)
    }
}
