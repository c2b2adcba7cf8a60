//! What a run has done.

use std::{fmt, time::Duration};

use serde::Serialize;

use crate::{ledger::State, migration::Direction};

/// What a run of migrations has done. Its `Display` is for people; it also serializes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    /// The migrations, in the order in which they were run.
    pub migrations: Vec<Performed>,
    /// How it has ended.
    pub ending: Ending,
}

/// What came of one migration.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Performed {
    /// Its id.
    pub id: String,
    /// Which way it went.
    pub direction: Direction,
    /// Where it is now.
    pub state: State,
    /// How many of its steps were done by this run.
    pub steps: usize,
    /// How many documents they have changed, as far as they count them.
    pub affected: u64,
    /// How long it took.
    #[serde(serialize_with = "seconds")]
    pub duration: Duration,
    /// Why it has failed.
    pub error: Option<String>,
}

/// How a run has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", tag = "ending")]
pub enum Ending {
    /// Everything was done.
    Done,
    /// There was nothing to do.
    NothingToDo,
    /// A migration has failed. Those behind it were not run.
    Failed {
        /// Which.
        id: String,
        /// Why.
        error: String,
    },
    /// Some wait for something, and were not run. All others are done.
    Waiting {
        /// Which, and for what.
        migrations: Vec<Waiting>,
    },
    /// Another process is at work. Nothing was run.
    Busy {
        /// Which.
        owner: String,
    },
    /// It was asked to stop.
    Interrupted {
        /// Why.
        reason: String,
    },
}

/// A migration that was not run, because it waits for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Its id.
    pub id: String,
    /// For what.
    pub waits_for: String,
}

impl RunReport {
    pub(super) fn new(migrations: Vec<Performed>, ending: Ending) -> Self {
        Self { migrations, ending }
    }

    /// Whether nothing is left of what was asked for.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.ending, Ending::Done | Ending::NothingToDo)
    }

    /// How a process should end that has done nothing else: 0 if nothing is left to do, 1 if a migration has failed, waits or is at work
    /// elsewhere, 5 if it was interrupted.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.ending {
            Ending::Done | Ending::NothingToDo => 0,
            Ending::Failed { .. } | Ending::Waiting { .. } | Ending::Busy { .. } => 1,
            Ending::Interrupted { .. } => 5,
        }
    }
}

fn seconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

impl fmt::Display for RunReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for one in &self.migrations {
            writeln!(f, "{one}")?;
        }
        match &self.ending {
            Ending::Done => writeln!(f, "done"),
            Ending::NothingToDo => writeln!(f, "nothing to do"),
            Ending::Failed { id, error } => {
                writeln!(f, "`{id}` has failed: {error}")?;
                writeln!(f, "mend what is wrong and run again: it goes on behind the last step that was done")
            }
            Ending::Waiting { migrations } => migrations.iter().try_for_each(|one| writeln!(f, "{one}")),
            Ending::Busy { owner } => writeln!(f, "`{owner}` is at work on the migrations"),
            Ending::Interrupted { reason } => {
                writeln!(f, "stopped: {reason}; the next run goes on from here")
            }
        }
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` waits until {}", self.id, self.waits_for)
    }
}

impl fmt::Display for Performed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, direction, state, affected, duration, .. } = self;
        write!(
            f,
            "{:<5}{id}  {state}, {affected} documents, {:.1} s",
            direction.to_string(),
            duration.as_secs_f64()
        )
    }
}
