//! A command line for a service's own program (feature `cli`): over its documents and its migrations.
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use schema_runtime::{Schema, VersionedDocument, cli};
//!
//! #[derive(VersionedDocument)]
//! #[versioned(version = 1, collection = "users")]
//! struct User {
//!     login: String,
//! }
//!
//! #[tokio::main]
//! async fn main() -> ExitCode {
//!     cli::run(|database| Schema::new(database).document::<User>()).await
//! }
//! ```
//!
//! | command | does |
//! | --- | --- |
//! | `status`, `plan` | shows where everything is, and what is to be done |
//! | `up`, `down`, `to`, `redo`, `only` | runs migrations ([`Schema::up`] and its like) |
//! | `check` | for hooks and pipelines: released versions, golden documents, pending migrations |
//! | `history` | every version of every type, and all migrations, as Markdown or HTML |
//! | `new version`, `new migration` | writes the next version of a type, or a migration, into the source ([`scaffold`](crate::scaffold)) |
//! | `completion` | what a shell needs to complete these |
//! | `validate`, `mark-applied`, `baseline`, `reset` | looks after the ledger |
//! | `census`, `plan-backfill`, `backfill`, `verify`, `rollback` | what the methods of [`VersionedCollection`](crate::VersionedCollection) of these names do |
//! | `indexes` | compares the declared [indexes](crate::indexes) with those that are there, and changes them |
//! | `backup`, `restore`, `copy` | keeps the database, brings it back, takes it elsewhere ([`backup`](crate::backup)) |
//! | `list-failed`, `retry-failed` | shows what could not be upgraded, and tries it again |
//! | `job`, `pause`, `resume`, `adjust`, `cancel` | looks at a running job from anywhere, and steers it ([`JobHandle`](crate::backfill::JobHandle)) |
//! | `floor`, `members`, `retire` | notes below which version nothing is stored, shows who is alive, and says which types can be deleted |
//!
//! A schema of several document types needs the name of one for these, as in `backfill products`, or `--all`.
//!
//! Answers go to standard output, for people or with `--json` as one line of JSON; progress and errors go to standard error.
//!
//! | exit code | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | finished, and something is left: documents failed, were changed since or are left over, a migration has failed or waits; a verification or a plan found something |
//! | 2 | wrong usage |
//! | 3 | no server, or it lets nobody in |
//! | 4 | anything else that went wrong |
//! | 5, 6, 7 | interrupted, cancelled, aborted: [`Report::exit_code`](crate::backfill::Report::exit_code) |
//! | 8 | refused, and nothing was done: a person has to decide ([`SchemaError::is_refusal`](crate::schema::SchemaError::is_refusal)) |
//!
//! The URI may hold a password; it is printed nowhere.

mod answer;
mod backup;
mod check;
mod connection;
mod consent;
mod documents;
mod error;
mod exit;
mod history;
mod migrations;
mod new;
mod on;
mod options;
mod page;
mod status;
mod table;
mod telling;
mod tuning;

use std::{convert::Infallible, io::Write, path::PathBuf, process::ExitCode, sync::Arc};

pub use clap::Parser;
use clap::{CommandFactory, Subcommand};
use clap_complete::Shell;
use mongodb::Database;

pub(crate) use self::{answer::Answer, error::CliError, telling::Telling};
pub use self::{
    backup::{OfBackup, There},
    check::OfCheck,
    documents::OfDocuments,
    exit::{is_away, sentence},
    history::Format,
    migrations::{OfMigrations, OfRun},
    new::New,
    on::{Nothing, On, OnEach},
    options::{
        OfAdjustment, OfBackfill, OfFailures, OfIndexes, OfPlan, OfRetirement, OfRollback, OfVerification,
        Which,
    },
};
use self::{
    connection::{Connection, nowhere},
    exit::exit_code,
};
use crate::{
    environment::Environment,
    schema::{Documents, Schema},
    webhook::Webhook,
};

/// What the user wants, and where.
#[derive(Debug, Parser)]
#[command(version, about = "Looks after the documents and the migrations of a database")]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,

    /// Where this is: development, staging or production. What destroys is allowed accordingly; if it is not said, as in production.
    #[arg(long, global = true, env = "SCHEMA_ENVIRONMENT", value_name = "NAME")]
    environment: Option<Environment>,

    /// Tell this URL when migrations and backfills start, finish and fail: a JSON body that Slack and Discord show.
    #[arg(long, global = true, env = "SCHEMA_WEBHOOK", value_name = "URL", hide_env_values = true)]
    webhook: Option<String>,

    /// Answer in JSON, and tell the progress as JSON lines.
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

/// What can be asked.
#[derive(Debug, Clone, Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Show where the documents and the migrations are.
    Status {
        /// Also write it to this file, as a page that needs nothing else.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Say what is to be done, and do nothing.
    Plan,
    /// Look whether anything keeps a change from going on: released versions, golden documents, pending migrations.
    Check(OfCheck),
    /// Write down every version of every document type, and all migrations.
    History {
        /// In which form.
        #[arg(long, value_enum, default_value_t = Format::Markdown)]
        format: Format,
    },
    /// Write the next version of a type, or a new migration, into the source.
    #[command(subcommand)]
    New(New),
    /// Write what a shell needs to complete these commands.
    Completion {
        /// Which shell.
        shell: Shell,
    },
    /// About migrations.
    #[command(flatten)]
    Migrations(OfMigrations),
    /// About the database as a whole.
    #[command(flatten)]
    Database(OfBackup),
    /// About documents.
    #[command(flatten)]
    Documents(OfDocuments),
}

/// The command line of a program: reads its arguments, does what they say to the schema, writes the answer or the error, and says how to end.
pub async fn run(schema: impl FnOnce(&Database) -> Schema) -> ExitCode {
    Arguments::parse().run(async |database| Ok::<_, Infallible>(schema(database))).await
}

impl Arguments {
    /// The same for arguments that were read by the caller, and for a schema that takes some work to make: with
    /// [contexts](crate::VersionedCollection::with_context) that are loaded first, for one.
    ///
    /// ```no_run
    /// # use std::process::ExitCode;
    /// # use schema_runtime::{VersionedDocument, mongodb::{Database, error::Error}};
    /// use schema_runtime::{Schema, VersionedCollection, cli::{Arguments, Parser}};
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
    ///         .run(async |database| {
    ///             let cities = Cities::load(database).await?;
    ///             let users = VersionedCollection::<User>::new(database).with_context(cities);
    ///             Ok::<_, Error>(Schema::new(database).collection(users))
    ///         })
    ///         .await
    /// }
    /// ```
    pub async fn run<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        self,
        schema: impl AsyncFnOnce(&Database) -> Result<Schema, E>,
    ) -> ExitCode {
        let code = match self.answer(schema).await {
            Ok(code) => code,
            Err(error) => {
                // Nothing can be done about a standard error that is gone.
                let _ = writeln!(std::io::stderr(), "error: {}", sentence(&error));
                exit_code(&error)
            }
        };
        code.into()
    }

    async fn answer<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        self,
        schema: impl AsyncFnOnce(&Database) -> Result<Schema, E>,
    ) -> Result<u8, CliError> {
        if let Command::Completion { shell } = self.command {
            let mut command = Self::command();
            let name = std::env::args_os().next().map(PathBuf::from);
            let name = name.as_deref().and_then(|path| path.file_stem()).and_then(|name| name.to_str());
            clap_complete::generate(shell, &mut command, name.unwrap_or("schema"), &mut std::io::stdout());
            return Ok(0);
        }
        if let Command::New(new) = self.command {
            return said(&new.answer()?, self.json);
        }
        let on_server = self.command.needs_server() || self.connection.is_said();
        let database = if on_server { self.connection.database().await? } else { nowhere().await? };
        let schema = schema(&database).await.map_err(|error| CliError::Preparation(error.into()))?;
        schema.check()?;
        let schema = match self.environment {
            Some(environment) => schema.environment(environment),
            None => schema,
        };
        let subject = match self.environment {
            Some(environment) => format!("{}, {environment}", database.name()),
            None => database.name().to_owned(),
        };
        let webhook = self.webhook.filter(|url| !url.is_empty()).map(|url| Webhook::new(url, subject));
        let telling = Telling { json: self.json, webhook };
        said(&self.command.run(&schema, &telling, on_server).await?, self.json)
    }
}

/// Writes an answer. The code to end with.
fn said(answer: &Answer, json: bool) -> Result<u8, CliError> {
    let text = if json { answer.json.to_string() } else { answer.text.clone() };
    writeln!(std::io::stdout(), "{}", text.trim_end())?;
    Ok(answer.code)
}

impl Command {
    /// Whether it has nothing to say without one.
    fn needs_server(&self) -> bool {
        !matches!(self, Self::Check(_) | Self::History { .. } | Self::New(_) | Self::Completion { .. })
    }

    async fn run(self, schema: &Schema, telling: &Telling, on_server: bool) -> Result<Answer, CliError> {
        match self {
            Self::Status { html } => status::answer(schema, html.as_deref()).await,
            Self::Plan => status::plan(schema).await,
            Self::Check(options) => options.answer(schema, on_server).await,
            Self::History { format } => history::answer(schema, format),
            // Answered before: they need neither schema nor server.
            Self::New(_) | Self::Completion { .. } => {
                Ok(Answer { text: String::new(), json: serde_json::Value::Null, code: 0 })
            }
            Self::Migrations(command) => command.run(schema, telling).await,
            Self::Database(command) => command.run(schema, telling).await,
            Self::Documents(command) => of_documents(schema, command, telling).await,
        }
    }
}

async fn of_documents(schema: &Schema, command: OfDocuments, telling: &Telling) -> Result<Answer, CliError> {
    let chosen = match (command.names(), schema.documents()) {
        ((Some(asked), _), _) => schema.documents_of(asked)?,
        (_, []) => return Err(CliError::NoDocuments),
        ((None, true), all) => {
            let mut answers = Vec::new();
            for documents in all {
                answers
                    .push((documents.name().to_owned(), documents.answer(command.clone(), telling).await?));
            }
            return Ok(Answer::of_each(answers));
        }
        (_, [only]) => only,
        _ => return Err(CliError::WhichDocuments { known: schema.names() }),
    };
    chosen.answer(command, telling).await
}

impl Schema {
    fn names(&self) -> Vec<String> {
        self.documents().iter().map(|documents| documents.name().to_owned()).collect()
    }

    /// The documents that the user names.
    fn documents_of(&self, asked: &str) -> Result<&Arc<dyn Documents>, CliError> {
        let unknown = || CliError::UnknownDocuments { asked: asked.to_owned(), known: self.names() };
        self.find(asked).ok_or_else(unknown)
    }
}
