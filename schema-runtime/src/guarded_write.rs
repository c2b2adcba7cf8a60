//! The guarded write: change document X from what was read to what was computed, if and only if nobody has
//! changed it in between.
//!
//! The guard is the whole document as it was read, not its version: code of the previous release updates a
//! version-1 document and leaves it version 1. The server decides about each statement atomically, and a
//! statement is safe to repeat: a change that was made already misses its guard.

use bson::{Bson, RawBson, RawDocument, RawDocumentBuf, raw::cstr, rawdoc};

use crate::difference::Update;

/// The largest command a server takes is 16 MiB and a little; a statement holds the document it guards, and this
/// leaves room for its framing (<https://www.mongodb.com/docs/manual/reference/limits/>).
pub(crate) const MAX_STATEMENT_BYTES: usize = 16 * 1024 * 1024 - 64 * 1024;

/// One guarded change, as a statement of the `update` command.
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
        update: Update,
        collation: Option<&RawDocument>,
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
            "u": RawDocumentBuf::try_from(update.into_document())?,
        };
        if let Some(collation) = collation {
            command.append(cstr!("collation"), collation.to_owned());
        }
        Ok(Self { id, stored_version, command })
    }

    pub(crate) fn id(&self) -> &Bson {
        &self.id
    }

    pub(crate) fn command(&self) -> &RawDocument {
        &self.command
    }

    pub(crate) fn bytes(&self) -> usize {
        self.command.as_bytes().len()
    }
}
