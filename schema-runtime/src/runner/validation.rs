//! Validation: whether what a migration has done is as it should be.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use tokio::sync::Mutex;

use super::failure::{panicked, text};
use crate::{
    error::During,
    ledger::LEDGER,
    migration::{Context, Migration},
    schema::{Schema, SchemaError},
};

/// Asks a migration whether what it has done is as it should be, if it can be asked.
pub(crate) async fn validated(
    schema: &Schema,
    migration: &Migration,
) -> Result<Option<Result<(), String>>, SchemaError> {
    let database = schema.database();
    let session = database.client().start_session().await.during("begin a session", LEDGER)?;
    let session = Arc::new(Mutex::new(session));
    let context = Context::new(migration.id(), database, schema.environment_said(), session, false);
    // The service's own code, until it has said what it has to say.
    let asked = AssertUnwindSafe(async { Some(migration.validation(context)?.await) }).catch_unwind().await;
    let said = asked.unwrap_or_else(|panic| Some(Err(panicked(panic.as_ref()))));
    Ok(said.map(|said| said.map_err(|error| text(&error))))
}
