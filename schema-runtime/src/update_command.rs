//! The `update` command: many statements in one round trip, each standing for itself, and what the server says
//! to them.

use bson::{Bson, Document, RawArrayBuf, RawDocumentBuf, rawdoc};
use mongodb::{Database, options::WriteConcern};
use schema_core::DecodeOwned;

use crate::{
    collection::VersionedCollection,
    error::{During, Error},
    numbers::integer,
    retry::{Patience, passes_by_code, with_retries},
};

/// Sends updates to one collection.
#[derive(Debug, Clone)]
pub(crate) struct UpdateCommand {
    database: Database,
    collection: String,
    /// What messages call it.
    name: String,
    write_concern: RawDocumentBuf,
}

/// What the server said to a batch of statements.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// How many documents have become others.
    pub(crate) modified: u64,
    /// Which statements the server refused, and why.
    pub(crate) refused: Vec<Refusal>,
    /// How often the command was sent before; one of those may have done what this one found done.
    pub(crate) repeats: u32,
}

/// A statement that the server refused: a unique index, a validator, a document grown too large.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// The statement's place in the batch.
    pub(crate) position: usize,
    pub(crate) code: i32,
    pub(crate) message: String,
}

impl UpdateCommand {
    /// With the given write concern, else that of the majority: a checkpoint may only cover what cannot be
    /// rolled back.
    pub(crate) fn new(database: Database, collection: &str, concern: Option<&WriteConcern>) -> Self {
        let write_concern = concern
            .and_then(|concern| bson::serialize_to_raw_document_buf(concern).ok())
            .filter(|concern| !concern.is_empty())
            .unwrap_or_else(|| rawdoc! { "w": "majority" });
        let (collection, name) = (collection.to_owned(), collection.to_owned());
        Self { database, collection, name, write_concern }
    }

    /// For these documents, with the collection's write concern if it has one.
    pub(crate) fn of<T: DecodeOwned + Send + Sync>(versioned: &VersionedCollection<T>) -> Self {
        let collection = versioned.collection();
        let command = Self::new(versioned.database(), collection.name(), collection.write_concern());
        Self { name: versioned.name().to_owned(), ..command }
    }

    /// Sends the statements, again if the database was not available; so each must be safe to repeat.
    pub(crate) async fn send(
        &self,
        action: &'static str,
        statements: impl IntoIterator<Item = RawDocumentBuf>,
    ) -> Result<Written, Error> {
        let statements: RawArrayBuf = statements.into_iter().collect();
        if statements.is_empty() {
            return Ok(Written::default());
        }
        let command = rawdoc! {
            "update": self.collection.as_str(),
            "updates": statements,
            "ordered": false,
            "writeConcern": self.write_concern.clone(),
            // So that a profiler, `currentOp` and change streams can tell these writes from the service's.
            "comment": "schema backfill",
        };
        let (mut patience, mut sent) = (Patience::new(), 0_u32);
        loop {
            let attempt = || {
                sent += 1;
                self.database.run_raw_command(command.clone())
            };
            let answer = with_retries(attempt).await.during(action, &self.name)?;
            // A primary that steps down in the middle may say so only about the statements that were left.
            match passing_trouble(&answer) {
                Some(trouble) if patience.wait(&trouble).await => {}
                _ => {
                    let written = read(&answer).ok_or_else(|| self.unexpected(&answer))?;
                    return Ok(Written { repeats: sent.saturating_sub(1), ..written });
                }
            }
        }
    }

    /// The error for an answer that is not one to go on with.
    pub(crate) fn unexpected(&self, answer: &dyn std::fmt::Display) -> Error {
        Error::Answer { command: "update", collection: self.name.clone(), answer: answer.to_string() }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "code {}: {}", self.code, self.message)
    }
}

/// The first error within an answer after which the same command may succeed.
pub(crate) fn passing_trouble(answer: &Document) -> Option<String> {
    let statements = answer.get_array("writeErrors").map(Vec::as_slice).unwrap_or_default();
    let mut errors = statements.iter().chain(answer.get("writeConcernError")).filter_map(Bson::as_document);
    let passes = |error: &&Document| {
        let code = error.get("code").and_then(integer).and_then(|code| i32::try_from(code).ok());
        code.is_some_and(passes_by_code)
    };
    errors.find(passes).map(|error| error.get_str("errmsg").unwrap_or("no message").to_owned())
}

/// `None` for an answer that is not one to go on with, such as writes that were not replicated.
fn read(answer: &Document) -> Option<Written> {
    if answer.contains_key("writeConcernError") {
        return None;
    }
    let modified = u64::try_from(integer(answer.get("nModified")?)?).ok()?;
    let errors = match answer.get("writeErrors") {
        Some(errors) => errors.as_array()?.as_slice(),
        None => &[],
    };
    let refused = errors
        .iter()
        .map(|error| {
            let error = error.as_document()?;
            Some(Refusal {
                position: usize::try_from(integer(error.get("index")?)?).ok()?,
                code: i32::try_from(integer(error.get("code")?)?).ok()?,
                message: error.get_str("errmsg").unwrap_or("no message").to_owned(),
            })
        })
        .collect::<Option<_>>()?;
    Some(Written { modified, refused, repeats: 0 })
}
