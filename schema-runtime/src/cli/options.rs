//! The options of single commands.

use std::time::Duration;

use bson::oid::ObjectId;
use clap::Args;
use schema_core::DecodeOwned;

use super::{
    CliError,
    tuning::{Tuning, positive, seconds},
};
use crate::{
    VersionedCollection,
    backfill::{Backfill, Control, rollback::Rollback},
    indexes::IndexReport,
    verify::Verify,
    versions::{Retire, Validator},
};

/// Of a backfill.
#[derive(Debug, Clone, Args)]
pub struct OfBackfill {
    #[command(flatten)]
    tuning: Tuning,
    /// Keep what documents were for so many days.
    #[arg(long, value_name = "DAYS", value_parser = days)]
    keep_preimages: Option<Duration>,
    /// Give up when a larger share than this fails: 0.01 is one in a hundred.
    #[arg(long, value_name = "SHARE", value_parser = positive)]
    max_failure_share: Option<f64>,
    /// Give up an unfinished job that other types began.
    #[arg(long)]
    restart: bool,
    /// Write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Of a backfill's plan.
#[derive(Debug, Clone, Args)]
pub struct OfPlan {
    /// Convert each document on trial, and not a sample.
    #[arg(long)]
    pub(super) each: bool,
}

/// Of a verification.
#[derive(Debug, Clone, Args)]
pub struct OfVerification {
    /// Look only at so many documents.
    #[arg(long, value_name = "N")]
    sample: Option<u32>,
    /// Also upgrade so many pre-images again, and compare.
    #[arg(long, value_name = "N", default_value_t = 0)]
    preimages: u32,
}

/// Of a list of failures.
#[derive(Debug, Clone, Args)]
pub struct OfFailures {
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(super) limit: u32,
}

/// Of a retirement.
#[derive(Debug, Clone, Args)]
pub struct OfRetirement {
    /// Only the versions below this one [default: all below the current one].
    #[arg(long, value_name = "VERSION")]
    below: Option<u32>,
    /// Have the server refuse documents of those versions from then on: by their stamp, or by the whole shape of the type.
    #[arg(long, value_enum)]
    validator: Option<Rule>,
}

/// What the server holds documents to.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Rule {
    /// The version.
    Stamp,
    /// The version and the shape.
    Shape,
}

/// Of declared indexes.
#[derive(Debug, Clone, Args)]
pub struct OfIndexes {
    /// Create those that are missing.
    #[arg(long)]
    create: bool,
    /// And change those that are not as declared.
    #[arg(long, requires = "create")]
    replace_changed: bool,
    /// Drop those that only older versions declare, as far as nothing older than the current version is stored or read.
    #[arg(long)]
    drop_retired: bool,
    /// Drop these, which the current version does not declare.
    #[arg(long = "drop", value_name = "NAME")]
    drop: Vec<String>,
}

/// Of a rollback.
#[derive(Debug, Clone, Args)]
pub struct OfRollback {
    #[command(flatten)]
    tuning: Tuning,
    /// By the pre-images of this run [default: the last one].
    #[arg(long, value_name = "RUN", conflicts_with = "to_version")]
    of: Option<ObjectId>,
    /// By the steps of the chain, back to this version.
    #[arg(long, value_name = "VERSION")]
    to_version: Option<u32>,
    /// Give up an unfinished rollback to somewhere else.
    #[arg(long)]
    restart: bool,
    /// Write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Which job of the collection.
#[derive(Debug, Clone, Args)]
pub struct Which {
    /// The rollback, and not the backfill.
    #[arg(long)]
    pub(super) rollback: bool,
}

/// Which job is changed while it runs, and to what.
#[derive(Debug, Clone, Args)]
pub struct OfAdjustment {
    #[command(flatten)]
    pub(super) which: Which,
    #[command(flatten)]
    pub(super) to: Adjustment,
}

/// What is changed in a running job.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = true)]
pub(super) struct Adjustment {
    /// Batches at a time in each process.
    #[arg(long, value_name = "N")]
    workers: Option<u32>,
    /// The most documents in a batch.
    #[arg(long, value_name = "N")]
    batch_size: Option<u32>,
    /// The most documents a second in each process.
    #[arg(long, value_name = "N", value_parser = positive)]
    max_rate: Option<f64>,
    /// Wait while the secondaries are behind by more than this.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    max_lag: Option<Duration>,
}

impl OfBackfill {
    pub(super) fn of<T: DecodeOwned + Send + Sync>(
        self,
        documents: &VersionedCollection<T>,
    ) -> Backfill<'_, T> {
        let Self { tuning, keep_preimages, max_failure_share, restart, dry_run } = self;
        let mut backfill = documents.backfill().restart(restart).dry_run(dry_run);
        tuning.apply(backfill.settings());
        if let Some(retention) = keep_preimages {
            backfill = backfill.keep_preimages(retention);
        }
        if let Some(share) = max_failure_share {
            backfill = backfill.max_failure_share(share);
        }
        backfill
    }
}

impl OfVerification {
    pub(super) fn of<T: DecodeOwned + Send + Sync>(
        self,
        documents: &VersionedCollection<T>,
    ) -> Verify<'_, T> {
        let verify = documents.verify().preimages(self.preimages);
        if let Some(sample) = self.sample { verify.sample(sample) } else { verify }
    }
}

impl OfIndexes {
    pub(super) async fn of<T: DecodeOwned + Send + Sync>(
        self,
        documents: &VersionedCollection<T>,
    ) -> Result<IndexReport, CliError> {
        let indexes = documents.indexes().replace_changed(self.replace_changed);
        let found = indexes.compare().await?;
        let undeclared = found.undeclared.iter().map(|index| &index.name);
        let droppable: Vec<String> =
            undeclared.chain(found.retired.iter().map(|index| &index.name)).cloned().collect();
        if let Some(asked) = self.drop.iter().find(|asked| !droppable.contains(asked)) {
            return Err(CliError::NotDroppable { asked: asked.clone(), droppable });
        }
        let mut changes = Vec::new();
        if self.create {
            changes.extend(indexes.create().await?.changes);
        }
        if self.drop_retired {
            changes.extend(indexes.drop_retired().await?.changes);
        }
        if !self.drop.is_empty() {
            changes.extend(indexes.drop_undeclared(self.drop).await?.changes);
        }
        let found = indexes.compare().await?;
        Ok(IndexReport { changes, ..found })
    }
}

impl OfRetirement {
    pub(super) fn of<T: DecodeOwned + Send + Sync>(
        self,
        documents: &VersionedCollection<T>,
    ) -> Retire<'_, T> {
        let retire = documents.retire();
        let retire = if let Some(version) = self.below { retire.below(version) } else { retire };
        match self.validator {
            Some(Rule::Stamp) => retire.validator(Validator::Stamp),
            Some(Rule::Shape) => retire.validator(Validator::Shape),
            None => retire,
        }
    }
}

impl OfRollback {
    pub(super) fn of<T: DecodeOwned + Send + Sync>(
        self,
        documents: &VersionedCollection<T>,
    ) -> Rollback<'_, T> {
        let Self { tuning, of, to_version, restart, dry_run } = self;
        let mut rollback = documents.rollback().restart(restart).dry_run(dry_run);
        tuning.apply(rollback.settings());
        match (of, to_version) {
            (Some(run), _) => rollback.of(run),
            (None, Some(version)) => rollback.to_version(version),
            (None, None) => rollback,
        }
    }
}

impl Adjustment {
    pub(super) fn apply(&self, control: &mut Control) {
        control.workers = self.workers.or(control.workers);
        control.batch_size = self.batch_size.or(control.batch_size);
        control.rate = self.max_rate.or(control.rate);
        control.max_lag = self.max_lag.map(|lag| lag.as_secs_f64()).or(control.max_lag);
    }
}

fn days(text: &str) -> Result<Duration, String> {
    Duration::try_from_secs_f64(positive(text)? * 86_400.0).map_err(|error| error.to_string())
}
