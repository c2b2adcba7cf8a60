//! An upgrade and the update behind it, in one command.
//!
//! ```text
//! update: "users", ordered: true, updates: [
//!     <the guarded upgrade>,
//!     { q: <the filter, this _id, the current version>, u: <the update> },
//! ]
//! ```
//!
//! The guard of the first is in its pipeline, so it counts a document that is there in any case, and one more is that of the update.

use bson::{Document, RawDocumentBuf, doc};
use mongodb::{
    ClientSession, Collection,
    error::{Error, ErrorKind, Result, WriteError, WriteFailure},
    options::{UpdateModifications, UpdateOptions},
    results::UpdateResult,
};

use crate::{
    guarded_write::{Change, statement},
    numbers::integer,
};

/// Upgrades a document and updates it then, if it is still what was read. A document that somebody was faster with is not matched, unless
/// what it is now is what the filter finds.
///
/// Nothing of this is repeated where the connection fails: whether the update was made, nobody knows then.
pub(super) async fn upgrade_and_update(
    collection: &Collection<RawDocumentBuf>,
    upgrade: &Change,
    filter: Document,
    update: &UpdateModifications,
    options: &UpdateOptions,
    session: Option<&mut ClientSession>,
) -> Result<UpdateResult> {
    let upgrade = Document::try_from(statement(std::slice::from_ref(upgrade))?)?;
    let mut update = doc! { "q": filter, "u": bson::serialize_to_bson(update)? };
    let UpdateOptions { array_filters, collation, hint, write_concern, let_vars, comment, .. } = options;
    append(&mut update, "arrayFilters", array_filters.as_ref())?;
    append(&mut update, "collation", collation.as_ref())?;
    append(&mut update, "hint", hint.as_ref())?;
    let mut command = doc! { "update": collection.name(), "updates": [upgrade, update], "ordered": true };
    append(&mut command, "let", let_vars.as_ref())?;
    append(&mut command, "comment", comment.as_ref())?;
    append(&mut command, "bypassDocumentValidation", options.bypass_document_validation.as_ref())?;
    // A transaction has its own, for all of it.
    let of_collection = collection.write_concern().filter(|_| session.is_none());
    append(&mut command, "writeConcern", write_concern.as_ref().or(of_collection))?;

    let database = collection.client().database(&collection.namespace().db);
    let mut run = database.run_command(command);
    if let Some(session) = session {
        run = run.session(session);
    }
    result(&run.await?)
}

fn append(to: &mut Document, name: &str, value: Option<&impl serde::Serialize>) -> Result<()> {
    if let Some(value) = value {
        to.insert(name, bson::serialize_to_bson(value)?);
    }
    Ok(())
}

/// What the answer says about the second of the two.
fn result(answer: &Document) -> Result<UpdateResult> {
    let errors = answer.get_array("writeErrors").map(Vec::as_slice).unwrap_or_default();
    if let Some(error) = errors.first() {
        let error: WriteError = bson::deserialize_from_bson(error.clone())?;
        return Err(Error::from(ErrorKind::Write(WriteFailure::WriteError(error))));
    }
    if let Some(error) = answer.get("writeConcernError") {
        let error = bson::deserialize_from_bson(error.clone())?;
        return Err(Error::from(ErrorKind::Write(WriteFailure::WriteConcernError(error))));
    }
    let count = |name| answer.get(name).and_then(integer).unwrap_or_default();
    let mut result = UpdateResult::default();
    if count("n") > 1 {
        result.matched_count = 1;
        // One of the two has changed it, which is what the caller asked for.
        result.modified_count = u64::from(count("nModified") > 0);
    }
    Ok(result)
}
