//! What is left: documents that a pass has passed by, because they were stored behind it.

use bson::{Bson, DateTime, RawDocument};

use super::{failure::FailureLog, tally::Tally};
use crate::{error::Error, id_scan::IdScan, numbers::count};

/// How many documents are read at a time.
const BATCH: u32 = 1000;

/// What a closing pass says about its failures.
pub(super) struct Closing<'p> {
    pub(super) pass: &'p Tally,
    pub(super) log: &'p FailureLog,
    /// When it began.
    pub(super) began: Option<DateTime>,
}

impl Closing<'_> {
    /// How many of the documents that are still to be done the pass has not met. Those that it has met have a record.
    ///
    /// Where there are more than have failed, the difference is at least one, and another pass will tell. Otherwise each is looked
    /// up: one that failed may have been repaired since, and another have come in its place.
    pub(super) async fn passed_by(
        &self,
        due: u64,
        mut all: IdScan,
        is_due: impl Fn(&RawDocument) -> bool,
    ) -> Result<u64, Error> {
        let failed = self.pass.failed_in_chain;
        let began = match self.began {
            Some(began) if (1..=failed).contains(&due) => began,
            _ => return Ok(due.saturating_sub(failed)),
        };
        let mut passed_by = 0;
        while let Some(batch) = all.next_batch(BATCH).await? {
            let due = batch.documents.iter().filter(|document| is_due(document));
            let ids: Vec<Bson> =
                due.filter_map(|document| Bson::try_from(document.get("_id").ok()??).ok()).collect();
            let met = self.log.count_since(&ids, began).await?;
            passed_by += count(&ids).saturating_sub(met);
        }
        Ok(passed_by)
    }
}
