//! What is unfinished about a collection, for those who have to be certain that nothing is.

use bson::oid::ObjectId;
use mongodb::Database;
use schema_core::Chain;

use super::{failure::FailureLog, job::Store};
use crate::error::Error;

/// Waits until nobody works on a rollback that has ended.
///
/// # Errors
///
/// [`Error::UnderWay`] if there is one that has not.
pub(crate) async fn rollback_has_ended(database: &Database, collection: &str) -> Result<(), Error> {
    Store::of(database, collection, true).has_ended().await
}

/// "backfill" and "rollback", if they have not ended.
pub(crate) async fn under_way(database: &Database, collection: &str) -> Result<Vec<&'static str>, Error> {
    let mut under_way = Vec::new();
    for is_rollback in [false, true] {
        let job = Store::of(database, collection, is_rollback).find().await?;
        under_way.extend(job.filter(|job| job.state.is_under_way()).map(|job| job.work.name()));
    }
    Ok(under_way)
}

/// The version that a backfill under way brings documents to.
pub(crate) async fn backfill_target(database: &Database, collection: &str) -> Result<Option<u32>, Error> {
    let job = Store::of(database, collection, false).find().await?;
    Ok(job.filter(|job| job.state.is_under_way()).map(|job| job.target))
}

/// How many documents have a record of having failed, but for those of a newer version.
pub(crate) async fn failed(database: &Database, collection: &str, chain: &Chain) -> Result<u64, Error> {
    FailureLog::new(database, collection, chain, ObjectId::new()).count_failed().await
}
