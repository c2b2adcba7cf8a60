//! What steps ask of the server. It asks the primary, and a write counts when a majority has it: what the ledger says is done must not be
//! rolled back behind it.

use std::time::Duration;

use bson::{Bson, Document, RawDocument, doc};
use mongodb::{
    Collection, Database,
    error::{
        Error as DriverError, ErrorKind, Result, TRANSIENT_TRANSACTION_ERROR,
        UNKNOWN_TRANSACTION_COMMIT_RESULT, WriteFailure,
    },
    options::{CollectionOptions, ReadPreference, SelectionCriteria, UpdateModifications, WriteConcern},
};
use tokio::time::Instant;

use super::super::Context;
use crate::{
    error::{During, Error},
    numbers::integer,
    retry::{Patience, passes},
};

pub(super) const NAMESPACE_NOT_FOUND: i32 = 26;
pub(super) const INDEX_NOT_FOUND: i32 = 27;
pub(super) const NAMESPACE_EXISTS: i32 = 48;
pub(super) const DUPLICATE_KEY: i32 = 11000;

/// An attempt that has worked for so long has not failed to reach the server: patience begins anew.
const AT_WORK: Duration = Duration::from_secs(30);

/// How many documents a filter finds, and one of them.
pub(super) struct Found {
    pub(super) documents: u64,
    pub(super) example: Box<Bson>,
}

/// Whether something is to be tried again.
pub(super) struct Attempts {
    /// None in a transaction: who began that repeats all of it.
    patience: Option<Patience>,
    begun: Instant,
}

impl Attempts {
    pub(super) fn of(context: &Context) -> Self {
        let patience = (!context.in_transaction()).then(Patience::new);
        Self { patience, begun: Instant::now() }
    }

    /// Waits until it is time for another attempt; `false` when there is to be none.
    pub(super) async fn again(&mut self, error: &DriverError) -> bool {
        let Some(patience) = &mut self.patience else { return false };
        let in_a_transaction = [TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT];
        if !passes(error) && !in_a_transaction.iter().any(|label| error.contains_label(label)) {
            return false;
        }
        if self.begun.elapsed() >= AT_WORK {
            *patience = Patience::new();
        }
        let again = patience.wait(error).await;
        self.begun = Instant::now();
        again
    }
}

pub(super) fn collection<T: Send + Sync>(context: &Context, name: &str) -> Collection<T> {
    let mut options = CollectionOptions::default();
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    options.write_concern = Some(WriteConcern::majority());
    context.database().collection_with_options(name, options)
}

/// A command about collections or indexes, which comes to the same when it is given twice.
pub(super) async fn command(context: &Context, command: Document) -> Result<Document> {
    by_majority(context, context.database(), command).await
}

/// One that is given to the server as a whole.
pub(super) async fn admin_command(context: &Context, command: Document) -> Result<Document> {
    by_majority(context, &context.client().database("admin"), command).await
}

async fn by_majority(context: &Context, database: &Database, command: Document) -> Result<Document> {
    let mut command = command;
    command.insert("writeConcern", doc! { "w": "majority" });
    run(context, database, command).await
}

/// A command that writes nothing.
async fn ask(context: &Context, command: Document) -> Result<Document> {
    run(context, context.database(), command).await
}

async fn run(context: &Context, database: &Database, command: Document) -> Result<Document> {
    let mut attempts = Attempts::of(context);
    loop {
        match database.run_command(command.clone()).await {
            Err(error) if attempts.again(&error).await => {}
            answer => return answer,
        }
    }
}

/// The server's code for what has gone wrong with a command.
pub(super) fn code(error: &DriverError) -> Option<i32> {
    match error.kind.as_ref() {
        ErrorKind::Command(error) => Some(error.code),
        _ => None,
    }
}

/// Whether a unique index has refused a document.
pub(super) fn is_duplicate_key(error: &DriverError) -> bool {
    match error.kind.as_ref() {
        ErrorKind::Write(WriteFailure::WriteError(error)) => error.code == DUPLICATE_KEY,
        _ => code(error) == Some(DUPLICATE_KEY),
    }
}

/// A filter that finds a document as long as it is what was read.
pub(super) fn still(read: &RawDocument) -> bson::error::Result<Document> {
    let read = Document::try_from(read)?;
    let id = read.get("_id").cloned().unwrap_or(Bson::Null);
    Ok(doc! { "_id": { "$eq": id }, "$expr": { "$eq": ["$$ROOT", { "$literal": read }] } })
}

/// Whether the server has transactions.
pub(super) async fn has_transactions(context: &Context) -> Result<bool> {
    let hello = ask(context, doc! { "hello": 1 }).await?;
    Ok(hello.contains_key("setName") || hello.get_str("msg").is_ok_and(|kind| kind == "isdbgrid"))
}

/// What the server knows of a collection or view; `None` if there is none.
pub(super) async fn specification(
    context: &Context,
    name: &str,
) -> std::result::Result<Option<Document>, Error> {
    let list = doc! { "listCollections": 1, "filter": { "name": name } };
    let listed = ask(context, list).await.during("look it up", name)?;
    Ok(first_batch(&listed).next())
}

/// The indexes of a collection; none if there is no collection.
pub(super) async fn indexes(context: &Context, name: &str) -> std::result::Result<Vec<Document>, Error> {
    // A collection has at most 64, which are in the first answer.
    match ask(context, doc! { "listIndexes": name }).await {
        Err(error) if code(&error) == Some(NAMESPACE_NOT_FOUND) => Ok(Vec::new()),
        listed => Ok(first_batch(&listed.during("list its indexes", name)?).collect()),
    }
}

fn first_batch(answer: &Document) -> impl Iterator<Item = Document> {
    let cursor = answer.get_document("cursor").ok();
    let batch = cursor.and_then(|cursor| cursor.get_array("firstBatch").ok());
    batch.into_iter().flatten().filter_map(Bson::as_document).cloned()
}

/// Creates a collection, if it is not there.
pub(super) async fn ensure_collection(context: &Context, name: &str) -> std::result::Result<(), Error> {
    match command(context, doc! { "create": name }).await {
        Err(error) if code(&error) == Some(NAMESPACE_EXISTS) => Ok(()),
        created => created.during("create it", name).map(drop),
    }
}

/// Drops a collection or a view, if it is there.
pub(super) async fn drop_collection(context: &Context, name: &str) -> std::result::Result<(), Error> {
    match command(context, doc! { "drop": name }).await {
        Err(error) if code(&error) == Some(NAMESPACE_NOT_FOUND) => Ok(()),
        dropped => dropped.during("drop it", name).map(drop),
    }
}

/// Updates what a filter finds. The filter is to find only what is not yet done, so that this can be repeated. How many were changed.
pub(super) async fn update(
    context: &Context,
    name: &str,
    filter: Document,
    update: impl Into<UpdateModifications>,
) -> std::result::Result<u64, Error> {
    let (documents, update) = (collection::<Document>(context, name), update.into());
    let mut attempts = Attempts::of(context);
    loop {
        let mut session = context.session().await;
        let updated = documents.update_many(filter.clone(), update.clone()).session(&mut *session).await;
        drop(session);
        match updated {
            Err(error) if attempts.again(&error).await => {}
            updated => return Ok(updated.during("update documents", name)?.modified_count),
        }
    }
}

/// Updates what a filter finds, once: for what would come to something else if it were done twice. How many were changed.
pub(super) async fn update_once(
    context: &Context,
    name: &str,
    filter: Document,
    update: impl Into<UpdateModifications>,
) -> std::result::Result<u64, Error> {
    let documents = collection::<Document>(context, name);
    let mut session = context.session().await;
    let updated = documents.update_many(filter, update).session(&mut *session).await;
    Ok(updated.during("update documents", name)?.modified_count)
}

/// Deletes what a filter finds. How many there were.
pub(super) async fn delete(
    context: &Context,
    name: &str,
    filter: Document,
) -> std::result::Result<u64, Error> {
    let documents = collection::<Document>(context, name);
    let mut attempts = Attempts::of(context);
    loop {
        let mut session = context.session().await;
        let deleted = documents.delete_many(filter.clone()).session(&mut *session).await;
        drop(session);
        match deleted {
            Err(error) if attempts.again(&error).await => {}
            deleted => return Ok(deleted.during("delete documents", name)?.deleted_count),
        }
    }
}

/// How many documents a filter finds; `None` if it finds none.
pub(super) async fn find(
    context: &Context,
    name: &str,
    filter: Document,
) -> std::result::Result<Option<Found>, Error> {
    aggregate(context, name, vec![doc! { "$match": filter }]).await
}

/// How many documents come out of these stages, and the `_id` of one.
pub(super) async fn aggregate(
    context: &Context,
    name: &str,
    stages: Vec<Document>,
) -> std::result::Result<Option<Found>, Error> {
    let mut stages = stages;
    let count = doc! { "_id": null, "documents": { "$sum": 1_i64 }, "example": { "$first": "$_id" } };
    stages.push(doc! { "$group": count });
    let documents = collection::<Document>(context, name);
    let mut attempts = Attempts::of(context);
    loop {
        let counted = async {
            let mut session = context.session().await;
            let cursor = documents.aggregate(stages.clone()).allow_disk_use(true).session(&mut *session);
            cursor.await?.next(&mut session).await.transpose()
        };
        match counted.await {
            Err(error) if attempts.again(&error).await => {}
            counted => {
                let counted = counted.during("count documents", name)?;
                return Ok(counted.map(|mut counted| Found {
                    documents: number(counted.get("documents")),
                    example: Box::new(counted.remove("example").unwrap_or(Bson::Null)),
                }));
            }
        }
    }
}

/// Whether a collection has no documents.
pub(super) async fn is_empty(context: &Context, name: &str) -> std::result::Result<bool, Error> {
    Ok(aggregate(context, name, vec![doc! { "$limit": 1 }]).await?.is_none())
}

/// How many documents a collection has.
pub(super) async fn count(context: &Context, name: &str) -> std::result::Result<u64, Error> {
    Ok(find(context, name, doc! {}).await?.map_or(0, |found| found.documents))
}

fn number(value: Option<&Bson>) -> u64 {
    value.and_then(integer).and_then(|number| u64::try_from(number).ok()).unwrap_or_default()
}
