//! The commands, and what each of them answers.

use std::fmt::Display;

use clap::Subcommand;
use schema_core::DecodeOwned;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    CliError,
    options::{Adjustment, OfBackfill, OfRollback, Which},
};
use crate::{
    VersionedCollection,
    backfill::{JobHandle, Progress, Report, termination},
    terminal::{JsonLines, Terminal},
    whoami,
};

/// What can be asked of a collection.
#[derive(Debug, Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Count the documents of each version.
    Census,
    /// Say what a backfill would do, and write nothing.
    Plan {
        /// Convert all documents on trial, and not a sample.
        #[arg(long)]
        all: bool,
    },
    /// Bring every document to the current version.
    Backfill(OfBackfill),
    /// Look whether every document is what its type says, and write nothing.
    Verify {
        /// Look only at so many documents.
        #[arg(long, value_name = "N")]
        sample: Option<u32>,
        /// Also upgrade so many pre-images again, and compare.
        #[arg(long, value_name = "N", default_value_t = 0)]
        preimages: u32,
    },
    /// Take documents back to what they were before a backfill.
    Rollback(OfRollback),
    /// Show the documents that could not be upgraded.
    ListFailed {
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
    /// Try those documents again, and no others.
    RetryFailed,
    /// Show what the job is doing.
    Status(Which),
    /// Have the job wait.
    Pause(Which),
    /// Have it go on.
    Resume(Which),
    /// Change how it is run, while it runs.
    Adjust {
        /// Which job.
        #[command(flatten)]
        which: Which,
        /// What it is to be run like.
        #[command(flatten)]
        to: Adjustment,
    },
    /// End it. What is done stays done.
    Cancel(Which),
}

/// What a command has to say.
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) json: Value,
    pub(super) code: u8,
}

impl Command {
    pub(super) async fn run<T: DecodeOwned + Send + Sync>(
        self,
        documents: &VersionedCollection<T>,
        job: impl Fn(bool) -> JobHandle,
        json: bool,
    ) -> Result<Answer, CliError> {
        let by = whoami::user();
        match self {
            Self::Census => Answer::of(&documents.census().await?, 0),
            Self::Plan { all } => {
                let plan = documents.backfill().plan();
                let plan = if all { plan.all() } else { plan }.await?;
                Answer::of(&plan, u8::from(!plan.can_run()))
            }
            Self::Backfill(options) => {
                let backfill = options.of(documents).progress(progress(json)).stop_when(termination());
                Answer::of_report(&backfill.run().await?)
            }
            Self::Verify { sample, preimages } => {
                let verify = documents.verify().preimages(preimages);
                let verify = if let Some(sample) = sample { verify.sample(sample) } else { verify };
                let verification = verify.run().await?;
                Answer::of(&verification, u8::from(!verification.is_clean()))
            }
            Self::Rollback(options) => {
                let rollback = options.of(documents).progress(progress(json)).stop_when(termination());
                Answer::of_report(&rollback.run().await?)
            }
            Self::ListFailed { limit } => {
                let failures = documents.failures(limit).await?;
                let lines: Vec<String> = failures.iter().map(ToString::to_string).collect();
                let text = if lines.is_empty() { "none".to_owned() } else { lines.join("\n") };
                Ok(Answer { text, json: serde_json::to_value(&failures)?, code: 0 })
            }
            Self::RetryFailed => {
                Answer::of_report(&documents.backfill().progress(progress(json)).retry_failed().await?)
            }
            Self::Status(Which { rollback }) => match job(rollback).status().await? {
                Some(status) => Answer::of(&status, 0),
                None => Ok(Answer { text: "there never was a job".to_owned(), json: Value::Null, code: 0 }),
            },
            Self::Pause(Which { rollback }) => Answer::done(job(rollback).pause(&by).await, "paused"),
            Self::Resume(Which { rollback }) => Answer::done(job(rollback).resume(&by).await, "resumed"),
            Self::Adjust { which, to } => {
                let adjusted = job(which.rollback).adjust(&by, |control| to.apply(control)).await;
                Answer::done(adjusted, "adjusted; the processes look once a second")
            }
            Self::Cancel(Which { rollback }) => Answer::done(job(rollback).cancel(&by).await, "cancelled"),
        }
    }
}

impl Answer {
    fn of(facts: &(impl Display + Serialize), code: u8) -> Result<Self, CliError> {
        Ok(Self { text: facts.to_string(), json: serde_json::to_value(facts)?, code })
    }

    fn of_report(report: &Report) -> Result<Self, CliError> {
        Self::of(report, report.exit_code())
    }

    fn done(outcome: Result<(), crate::Error>, text: &str) -> Result<Self, CliError> {
        outcome?;
        Ok(Self { text: text.to_owned(), json: json!({ "done": text }), code: 0 })
    }
}

fn progress(json: bool) -> Box<dyn Progress> {
    if json { Box::new(JsonLines::new(std::io::stderr())) } else { Box::new(Terminal::new()) }
}
