//! Why a command has no answer.

use std::{error::Error, io, path::PathBuf};

use crate::{backup::BackupError, scaffold::ScaffoldError, schema::SchemaError};

/// Why a command has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error("say which server: `--uri`, `--uri-file`, or MONGODB_URI in the environment")]
    NoUri,
    #[error("the URI cannot be read from `{}`", .path.display())]
    UriFile { path: PathBuf, source: io::Error },
    #[error("the first line of `{}` is to be the URI, and is empty", .path.display())]
    EmptyUriFile { path: PathBuf },
    #[error("say which database: `--database`, or a URI that ends with `/name`")]
    NoDatabase,
    #[error("the URI cannot be used")]
    Uri(#[source] mongodb::error::Error),
    #[error("the server does not answer")]
    Server(#[source] mongodb::error::Error),
    #[error(transparent)]
    Runtime(#[from] crate::Error),
    #[error(transparent)]
    Backup(Box<BackupError>),
    #[error(transparent)]
    Scaffold(Box<ScaffoldError>),
    #[error(transparent)]
    Schema(#[from] SchemaError),
    #[error("the answer could not be written")]
    Output(#[from] io::Error),
    #[error("the schema could not be made ready")]
    Preparation(#[source] Box<dyn Error + Send + Sync>),
    #[error("the answer could not be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error(
        "this needs an answer from a person, and there is no terminal; `--help` says which option gives it"
    )]
    NobodyToAsk,
    #[error("say which documents: {}", .known.join(", "))]
    WhichDocuments { known: Vec<String> },
    #[error("the schema has no documents of the name `{asked}`; it has {}", .known.join(", "))]
    UnknownDocuments { asked: String, known: Vec<String> },
    #[error("`{}` could not be written", .path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the schema has no document types")]
    NoDocuments,
}

impl From<BackupError> for CliError {
    fn from(error: BackupError) -> Self {
        Self::Backup(Box::new(error))
    }
}

impl From<ScaffoldError> for CliError {
    fn from(error: ScaffoldError) -> Self {
        Self::Scaffold(Box::new(error))
    }
}
