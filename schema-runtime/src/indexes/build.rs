//! The commands that change indexes.

use std::{
    future::IntoFuture,
    time::{Duration, Instant},
};

use bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::{
    Collection,
    error::{ErrorKind, Result},
};

use super::{existing::database, report::Difference};
use crate::{
    error::{During, Error},
    retry::{Patience, passes, with_retries},
};

/// The server's code for an index that is not there.
const INDEX_NOT_FOUND: i32 = 27;

/// A command that was answered later than this was at work until then.
const AT_WORK: Duration = Duration::from_secs(15);

/// Builds all of them, or none.
pub(super) async fn create(collection: &Collection<RawDocumentBuf>, indexes: &[Document]) -> Result<()> {
    let database = database(collection);
    let command = doc! {
        "createIndexes": collection.name(),
        "indexes": indexes,
        "writeConcern": { "w": "majority" },
    };
    // What has been built meanwhile, or is being built, is not built again.
    while_it_takes(|| database.run_command(command.clone())).await?;
    Ok(())
}

/// Patience is for the time in which the database is away, and a build may take hours before that and after it.
async fn while_it_takes<T, A>(mut attempt: impl FnMut() -> A) -> Result<T>
where
    A: IntoFuture<Output = Result<T>>,
{
    let mut away: Option<Patience> = None;
    loop {
        let begun = Instant::now();
        let error = match attempt().await {
            Err(error) if passes(&error) => error,
            result => return result,
        };
        // Without a server to send it to, the driver waits as well.
        let was_sent = !matches!(error.kind.as_ref(), ErrorKind::ServerSelection { .. });
        let patience = match &mut away {
            Some(patience) if !was_sent || begun.elapsed() < AT_WORK => patience,
            away => away.insert(Patience::new()),
        };
        if !patience.wait(&error).await {
            return Err(error);
        }
    }
}

/// Changes an index in place.
pub(super) async fn modify(
    collection: &Collection<RawDocumentBuf>,
    name: &str,
    differences: &[Difference],
) -> std::result::Result<(), Error> {
    let mut index = doc! { "name": name };
    for Difference { option, declared, .. } in differences {
        index.insert(*option, declared.clone().unwrap_or(Bson::Boolean(false)));
    }
    let command = doc! {
        "collMod": collection.name(),
        "index": index,
        "writeConcern": { "w": "majority" },
    };
    let database = database(collection);
    with_retries(|| database.run_command(command.clone()))
        .await
        .during("change an index", collection.name())?;
    Ok(())
}

/// Drops an index, unless somebody was faster.
pub(super) async fn drop(
    collection: &Collection<RawDocumentBuf>,
    name: &str,
) -> std::result::Result<(), Error> {
    let command = doc! {
        "dropIndexes": collection.name(),
        "index": name,
        "writeConcern": { "w": "majority" },
    };
    let database = database(collection);
    match with_retries(|| database.run_command(command.clone())).await {
        Err(error) if is_gone(&error) => Ok(()),
        dropped => dropped.during("drop an index", collection.name()).map(|_| ()),
    }
}

fn is_gone(error: &mongodb::error::Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(refusal) if refusal.code == INDEX_NOT_FOUND)
}
