//! Earlier: what the last backfill of the collection has left in its job, above all how fast it was.

use std::{fmt, time::Duration};

use mongodb::Database;
use schema_core::DecodeOwned;
use serde::Serialize;

use crate::{
    backfill::{
        job::{Identity, State, Store},
        preflight::is_unauthorized,
    },
    error::Error,
    numbers::seconds,
};

/// The last backfill of a collection.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Earlier {
    /// The version that it brings documents to.
    pub target_version: u32,
    /// Where it is. One that is running or was aborted is taken up by the next run, if that has the same chain.
    pub state: State,
    /// Whether it has the same chain.
    pub same_chain: bool,
    /// Documents that it has upgraded.
    pub upgraded: u64,
    /// How long it took, waiting included; until it was last worked on, if it has not ended.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

impl Earlier {
    /// `None` if there was none, or the user may not know.
    pub(super) async fn find<T: DecodeOwned>(
        database: &Database,
        collection: &str,
    ) -> Result<Option<Self>, Error> {
        let job = match Store::of(database, collection, false).find().await {
            Err(Error::Database { source, .. }) if is_unauthorized(&source) => None,
            found => found?,
        };
        Ok(job.map(|job| {
            let ended = job.finished_at.unwrap_or(job.updated_at);
            Self {
                target_version: job.target,
                state: job.state,
                same_chain: Identity::of::<T>(collection).is_that_of(&job),
                upgraded: job.tally.upgraded,
                elapsed: ended.checked_duration_since(job.started_at).unwrap_or_default(),
            }
        }))
    }

    /// How long so many documents take at the pace of this one, if it has ended and had anything to do.
    #[must_use]
    pub fn time_for(&self, documents: u64) -> Option<Duration> {
        // The beginning of a job is told by another clock than its end.
        if self.state != State::Finished || self.upgraded == 0 || self.elapsed.is_zero() {
            return None;
        }
        let nanos = self.elapsed.as_nanos() * u128::from(documents) / u128::from(self.upgraded);
        u64::try_from(nanos).ok().map(Duration::from_nanos)
    }
}

impl fmt::Display for Earlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target_version, state, same_chain, upgraded, elapsed } = self;
        let seconds = elapsed.as_secs_f64();
        write!(f, "the last backfill, to schema version {target_version}, ")?;
        match state {
            State::Finished => write!(f, "upgraded {upgraded} documents in {seconds:.1} s"),
            State::Cancelled => f.write_str("was cancelled"),
            State::Running | State::Aborted if *same_chain => {
                f.write_str("is not finished; a run takes it up")
            }
            State::Running | State::Aborted => f.write_str(
                "is not finished and has another chain; a run refuses, unless it is told to `restart`",
            ),
        }
    }
}
