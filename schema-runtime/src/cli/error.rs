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
    /// Without the driver's error: that one may quote a password.
    #[error("the URI cannot be used: {why}")]
    Uri { why: String },
    #[error("the server does not answer")]
    Server(#[source] mongodb::error::Error),
    #[error("the server does not let this user in")]
    Login(#[source] mongodb::error::Error),
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
    #[error("this needs an answer from a person, and there is no terminal; give it with `{option}`")]
    NobodyToAsk { option: &'static str },
    #[error("say which documents: {}{}", quoted(.known), if *.or_all { "; or `--all`" } else { "" })]
    WhichDocuments { known: Vec<String>, or_all: bool },
    #[error("the schema has no documents of the name `{asked}`; it has {}", quoted(.known))]
    UnknownDocuments { asked: String, known: Vec<String> },
    #[error("`{}` could not be written", .path.display())]
    File { path: PathBuf, source: io::Error },
    #[error(
        "index `{asked}` cannot be dropped: it is declared, or not there; what can be are: {}",
        if .droppable.is_empty() { "none".to_owned() } else { quoted(.droppable) }
    )]
    NotDroppable { asked: String, droppable: Vec<String> },
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

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
