//! The outcome of a backfill in numbers.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{
    failure::{FAILURES, Failure},
    write::Outcome,
};

/// How many failures a report quotes; all of them are recorded.
const QUOTED: usize = 20;

/// What a backfill did.
///
/// Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The collection.
    pub collection: String,
    /// The version that documents were brought to.
    pub target_version: u32,
    /// Whether nothing was written; then `upgraded` counts what would have been.
    pub dry_run: bool,
    /// How often the collection was gone through. More than once when others were writing old documents meanwhile.
    pub passes: u32,
    /// Documents brought to the current version.
    pub upgraded: u64,
    /// Documents that somebody else brought there between read and write.
    pub already_current: u64,
    /// Documents that were deleted between read and write.
    pub gone: u64,
    /// Times that a document was changed by others between read and write, and was read again.
    pub conflicts: u64,
    /// Documents of a newer version than this program knows; left as they are.
    pub newer: u64,
    /// Documents that could not be brought to the current version; left as they are.
    pub failed: u64,
    /// Documents that were left to be upgraded at the end, because others kept writing old ones.
    pub remaining: u64,
    /// The first of the newer and failed documents.
    pub first_failures: Vec<Failure>,
    /// How long it took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

impl Report {
    pub(super) fn new(collection: &str, target_version: u32, dry_run: bool) -> Self {
        Self {
            collection: collection.to_owned(),
            target_version,
            dry_run,
            passes: 0,
            upgraded: 0,
            already_current: 0,
            gone: 0,
            conflicts: 0,
            newer: 0,
            failed: 0,
            remaining: 0,
            first_failures: Vec::new(),
            elapsed: Duration::ZERO,
        }
    }

    /// Whether every document is now at the current version, or newer.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.failed == 0 && self.remaining == 0
    }

    /// Failures are those of the last pass: each pass meets all of them again.
    pub(super) fn start_pass(&mut self) {
        self.passes += 1;
        self.newer = 0;
        self.failed = 0;
        self.first_failures.clear();
    }

    pub(super) fn count_batch(&mut self, outcome: &Outcome) {
        self.upgraded += outcome.upgraded;
        self.already_current += outcome.already_current;
        self.gone += outcome.gone;
        self.conflicts += outcome.conflicts;
    }

    pub(super) fn count_failure(&mut self, failure: &Failure) {
        if failure.is_newer() {
            self.newer += 1;
        } else {
            self.failed += 1;
        }
        if self.first_failures.len() < QUOTED {
            self.first_failures.push(failure.clone());
        }
    }
}

fn seconds<S: serde::Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(elapsed.as_secs_f64())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, note) =
            if self.dry_run { ("would be upgraded", ", nothing was written") } else { ("upgraded", "") };
        writeln!(
            f,
            "`{}` to schema version {} in {:.1} s{note}:",
            self.collection,
            self.target_version,
            self.elapsed.as_secs_f64()
        )?;
        writeln!(f, "  {:>10}  {verb}", self.upgraded)?;
        let lines = [
            (self.already_current, "brought up by somebody else meanwhile"),
            (self.gone, "deleted by somebody else meanwhile"),
            (self.conflicts, "changed by somebody else meanwhile, and read again"),
            (self.newer, "newer than this program knows, left as they are"),
            (self.failed, if self.dry_run { "would fail" } else { "failed, left as they are" }),
            (self.remaining, "were written by old code meanwhile and are left for another run"),
        ];
        for (count, label) in lines.into_iter().filter(|(count, _)| *count > 0) {
            writeln!(f, "  {count:>10}  {label}")?;
        }
        for failure in &self.first_failures {
            writeln!(f, "    {}: {}", failure.kind, failure.error)?;
        }
        if self.failed + self.newer > 0 && !self.dry_run {
            writeln!(f, "  all of them are recorded in `{FAILURES}`")?;
        }
        Ok(())
    }
}
