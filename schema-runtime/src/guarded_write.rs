//! The guarded write: change document X from what was read to what was computed, if and only if nobody has
//! changed it in between.
//!
//! The guard is the whole document as it was read, not its version: code of the previous release updates a
//! version-1 document and leaves it version 1. Statements go to the server in one `update` command, each
//! standing for itself; the server decides about each atomically.

use bson::{Bson, Document, RawArrayBuf, RawBson, RawDocumentBuf, raw::cstr, rawdoc};
use mongodb::{Database, options::WriteConcern};

use crate::{
    difference::Difference,
    error::{During, Error},
    retry::with_retries,
};

/// The largest command a server takes is 16 MiB and a little; a statement holds the document it guards, and this
/// leaves room for its framing (<https://www.mongodb.com/docs/manual/reference/limits/>).
pub(crate) const MAX_STATEMENT_BYTES: usize = 16 * 1024 * 1024 - 64 * 1024;

/// One guarded change.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    id: Bson,
    /// The version the document was read at.
    pub(crate) stored_version: u32,
    command: RawDocumentBuf,
}

impl Statement {
    /// # Errors
    ///
    /// A statement that has no BSON form.
    pub(crate) fn new(
        id: Bson,
        stored_version: u32,
        read: &RawDocumentBuf,
        difference: Difference,
        collation: Option<&Document>,
    ) -> Result<Self, bson::error::Error> {
        let size = i64::try_from(read.as_bytes().len()).unwrap_or(i64::MAX);
        let mut command = rawdoc! {
            "q": {
                "_id": { "$eq": RawBson::try_from(id.clone())? },
                "$expr": { "$and": [
                    { "$eq": ["$$ROOT", { "$literal": read.clone() }] },
                    // Equality takes 1 for 1.0; most changes of a number's type show in the size.
                    { "$eq": [{ "$bsonSize": "$$ROOT" }, size] },
                ] },
            },
            "u": RawDocumentBuf::try_from(difference.into_update())?,
        };
        if let Some(collation) = collation {
            command.append(cstr!("collation"), RawDocumentBuf::try_from(collation)?);
        }
        Ok(Self { id, stored_version, command })
    }

    pub(crate) fn id(&self) -> &Bson {
        &self.id
    }

    pub(crate) fn bytes(&self) -> usize {
        self.command.as_bytes().len()
    }
}

/// What the server said to a batch of statements.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// How many statements found their document as it was read, and changed it.
    pub(crate) changed: u64,
    /// Which statements the server refused, by position, and why.
    pub(crate) refused: Vec<Refusal>,
}

/// A statement that the server refused: a unique index, a validator, a document grown too large.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) position: usize,
    pub(crate) code: i32,
    pub(crate) message: String,
}

/// Sends guarded writes to one collection.
#[derive(Debug, Clone)]
pub(crate) struct GuardedWriter {
    database: Database,
    collection: String,
    write_concern: RawDocumentBuf,
}

impl GuardedWriter {
    /// With the collection's own write concern, else that of the majority: a checkpoint may only cover what
    /// cannot be rolled back.
    pub(crate) fn new(database: Database, collection: String, concern: Option<&WriteConcern>) -> Self {
        let write_concern = concern
            .and_then(|concern| bson::serialize_to_raw_document_buf(concern).ok())
            .filter(|concern| !concern.is_empty())
            .unwrap_or_else(|| rawdoc! { "w": "majority" });
        Self { database, collection, write_concern }
    }

    /// Sends the statements; safe to repeat, because a change that was made already misses its guard.
    pub(crate) async fn write(&self, statements: &[Statement]) -> Result<Written, Error> {
        if statements.is_empty() {
            return Ok(Written::default());
        }
        let updates: RawArrayBuf = statements.iter().map(|statement| statement.command.clone()).collect();
        let command = rawdoc! {
            "update": self.collection.as_str(),
            "updates": updates,
            "ordered": false,
            "writeConcern": self.write_concern.clone(),
            // So that a profiler, `currentOp` and change streams can tell these writes from the service's.
            "comment": "schema backfill",
        };
        let answer = with_retries(|| self.database.run_raw_command(command.clone()))
            .await
            .during("write a batch", &self.collection)?;
        read_answer(&answer).ok_or_else(|| Error::Answer {
            command: "update",
            collection: self.collection.clone(),
            answer: answer.to_string(),
        })
    }
}

/// `None` for an answer that is not one to go on with, such as writes that were not replicated.
fn read_answer(answer: &Document) -> Option<Written> {
    if answer.contains_key("writeConcernError") {
        return None;
    }
    let changed = u64::try_from(crate::numbers::integer(answer.get("n")?)?).ok()?;
    let errors = match answer.get("writeErrors") {
        Some(errors) => errors.as_array()?.as_slice(),
        None => &[],
    };
    let refused = errors
        .iter()
        .map(|error| {
            let error = error.as_document()?;
            Some(Refusal {
                position: usize::try_from(crate::numbers::integer(error.get("index")?)?).ok()?,
                code: i32::try_from(crate::numbers::integer(error.get("code")?)?).ok()?,
                message: error.get_str("errmsg").unwrap_or("no message").to_owned(),
            })
        })
        .collect::<Option<_>>()?;
    Some(Written { changed, refused })
}
