//! Where partitions come from: a job that processes share, or a list in memory for a dry run, which writes nothing.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use super::{
    job::{Held, Job, Turn},
    tally::Tally,
};
use crate::{
    error::Error,
    id_scan::{At, Range},
};

#[derive(Debug)]
pub(super) enum Source<'j> {
    Job { job: &'j Job, pass: u32, attempt: i64 },
    List(Mutex<VecDeque<Range>>),
}

/// A partition that nobody else works on.
#[derive(Debug)]
pub(super) enum Leased {
    Held(Box<Held>),
    Listed(Box<Range>),
}

impl Source<'_> {
    pub(super) fn list(ranges: Vec<Range>) -> Self {
        Self::List(Mutex::new(ranges.into()))
    }

    pub(super) async fn next(&self) -> Result<Option<Leased>, Error> {
        match self {
            Self::Job { job, pass, attempt } => {
                Ok(job.lease(*pass, *attempt).await?.map(|held| Leased::Held(Box::new(held))))
            }
            Self::List(ranges) => {
                let mut ranges = ranges.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(ranges.pop_front().map(|range| Leased::Listed(Box::new(range))))
            }
        }
    }

    /// Notes what is settled. `false` if the partition is another's by now.
    pub(super) async fn checkpoint(
        &self,
        leased: &mut Leased,
        position: Option<At>,
        tally: Tally,
        done: bool,
    ) -> Result<bool, Error> {
        match (self, leased) {
            (Self::Job { job, .. }, Leased::Held(held)) => {
                let noted = job.checkpoint(held, position, tally, done).await?;
                if !noted {
                    tracing::warn!(partition = held.number(), "the lease has lapsed and is another's now");
                }
                Ok(noted)
            }
            _ => Ok(true),
        }
    }

    pub(super) async fn release(&self, leased: &Leased) -> Result<(), Error> {
        match (self, leased) {
            (Self::Job { job, .. }, Leased::Held(held)) => job.release(held).await,
            _ => Ok(()),
        }
    }
}

impl Leased {
    pub(super) fn range(&self) -> Range {
        match self {
            Self::Held(held) => held.range(),
            Self::Listed(range) => Range::clone(range),
        }
    }

    pub(super) fn position(&self) -> Option<At> {
        match self {
            Self::Held(held) => held.position(),
            Self::Listed(_) => None,
        }
    }

    pub(super) fn turn(&self) -> Option<Turn> {
        match self {
            Self::Held(held) => Some(held.turn()),
            Self::Listed(_) => None,
        }
    }

    pub(super) fn tally(&self) -> Tally {
        match self {
            Self::Held(held) => held.tally(),
            Self::Listed(_) => Tally::default(),
        }
    }
}
