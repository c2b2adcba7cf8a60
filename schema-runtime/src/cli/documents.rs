//! The commands about the documents of one type, and what each of them answers.

use clap::Subcommand;
use schema_core::DecodeOwned;
use serde_json::Value;

use super::{
    CliError,
    answer::Answer,
    on::{Nothing, On, OnEach},
    options::{
        OfAdjustment, OfBackfill, OfFailures, OfIndexes, OfPlan, OfRetirement, OfRollback, OfVerification,
        Which,
    },
    telling::Telling,
};
use crate::{
    VersionedCollection,
    backfill::{JobHandle, termination},
    whoami,
};

/// What can be asked of the documents of one type.
#[derive(Debug, Clone, Subcommand)]
#[non_exhaustive]
pub enum OfDocuments {
    /// Count the documents of each version.
    Census(OnEach<Nothing>),
    /// Say what a backfill would do, and write nothing.
    PlanBackfill(OnEach<OfPlan>),
    /// Bring every document to the current version.
    Backfill(OnEach<OfBackfill>),
    /// Look whether every document is what its type says, and write nothing.
    Verify(OnEach<OfVerification>),
    /// Compare the indexes that are there with those that are declared, and change them if asked to.
    Indexes(OnEach<OfIndexes>),
    /// Take documents back to what they were before a backfill.
    Rollback(On<OfRollback>),
    /// Show the documents that could not be upgraded.
    ListFailed(OnEach<OfFailures>),
    /// Try the documents that could not be upgraded again, and no others.
    RetryFailed(OnEach<Nothing>),
    /// Show what a job is doing, or has done last.
    Job(On<Which>),
    /// Have a running job wait.
    Pause(On<Which>),
    /// Have a paused job go on.
    Resume(On<Which>),
    /// Change how a job is run, while it runs.
    Adjust(On<OfAdjustment>),
    /// End a job. What is done stays done.
    Cancel(On<Which>),
    /// Look below which version nothing is stored, and note it.
    Floor(OnEach<Nothing>),
    /// Show the services that have joined and are alive.
    Members(OnEach<Nothing>),
    /// Say which types of old versions can be deleted from the code, or why they cannot.
    Retire(On<OfRetirement>),
}

impl OfDocuments {
    /// Which documents are meant: those of this name if one is given, and of all if that is said.
    pub(super) fn names(&self) -> (Option<&str>, bool) {
        match self {
            Self::Census(OnEach { names, .. })
            | Self::RetryFailed(OnEach { names, .. })
            | Self::Floor(OnEach { names, .. })
            | Self::Members(OnEach { names, .. }) => names.get(),
            Self::PlanBackfill(OnEach { names, .. }) => names.get(),
            Self::Backfill(OnEach { names, .. }) => names.get(),
            Self::Verify(OnEach { names, .. }) => names.get(),
            Self::Indexes(OnEach { names, .. }) => names.get(),
            Self::ListFailed(OnEach { names, .. }) => names.get(),
            Self::Rollback(On { collection, .. }) => (collection.as_deref(), false),
            Self::Job(On { collection, .. })
            | Self::Pause(On { collection, .. })
            | Self::Resume(On { collection, .. })
            | Self::Cancel(On { collection, .. }) => (collection.as_deref(), false),
            Self::Adjust(On { collection, .. }) => (collection.as_deref(), false),
            Self::Retire(On { collection, .. }) => (collection.as_deref(), false),
        }
    }

    /// Whether all can be meant.
    pub(super) fn takes_all(&self) -> bool {
        !matches!(
            self,
            Self::Rollback(_)
                | Self::Job(_)
                | Self::Pause(_)
                | Self::Resume(_)
                | Self::Adjust(_)
                | Self::Cancel(_)
                | Self::Retire(_)
        )
    }

    pub(crate) async fn run<T: DecodeOwned + Send + Sync>(
        self,
        documents: &VersionedCollection<T>,
        telling: &Telling,
    ) -> Result<Answer, CliError> {
        let by = whoami::user();
        let job = |which: &Which| {
            let (database, name) = (documents.database(), documents.name());
            if which.rollback {
                JobHandle::rollback(&database, name)
            } else {
                JobHandle::new(&database, name)
            }
        };
        match self {
            Self::Census(_) => Answer::of(&documents.census().await?, 0),
            Self::PlanBackfill(OnEach { options, .. }) => {
                let plan = documents.backfill().plan();
                let plan = if options.each { plan.all() } else { plan }.await?;
                Answer::of(&plan, u8::from(!plan.can_run()))
            }
            Self::Backfill(OnEach { options, .. }) => {
                let backfill = options.of(documents).progress(telling.progress()).stop_when(termination());
                Answer::of_report(&backfill.run().await?)
            }
            Self::Verify(OnEach { options, .. }) => {
                let verification = options.of(documents).run().await?;
                Answer::of(&verification, u8::from(!verification.is_clean()))
            }
            Self::Indexes(OnEach { options, .. }) => {
                let report = options.of(documents).await?;
                Answer::of(&report, u8::from(!report.is_clean()))
            }
            Self::Rollback(On { options, .. }) => {
                let rollback = options.of(documents).progress(telling.progress()).stop_when(termination());
                Answer::of_report(&rollback.run().await?)
            }
            Self::ListFailed(OnEach { options, .. }) => {
                Answer::of_list(&documents.failures(options.limit).await?, "none")
            }
            Self::RetryFailed(_) => {
                let again = documents.backfill().progress(telling.progress()).stop_when(termination());
                Answer::of_report(&again.retry_failed().await?)
            }
            Self::Job(On { options, .. }) => match job(&options).status().await? {
                Some(status) => Answer::of(&status, 0),
                None => Ok(Answer { text: "there never was a job".to_owned(), json: Value::Null, code: 0 }),
            },
            Self::Pause(On { options, .. }) => Answer::done(job(&options).pause(&by).await, "paused"),
            Self::Resume(On { options, .. }) => Answer::done(job(&options).resume(&by).await, "resumed"),
            Self::Adjust(On { options, .. }) => {
                let adjusted = job(&options.which).adjust(&by, |control| options.to.apply(control)).await;
                Answer::done(adjusted, "adjusted; the processes look once a second")
            }
            Self::Cancel(On { options, .. }) => Answer::done(job(&options).cancel(&by).await, "cancelled"),
            Self::Floor(_) => Answer::of(&documents.verify_floor().await?, 0),
            Self::Members(_) => Answer::of_list(&documents.live_members().await?, "none has joined"),
            Self::Retire(On { options, .. }) => Answer::of(&options.of(documents).run().await?, 0),
        }
    }
}
