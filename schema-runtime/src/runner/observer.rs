//! Who is told how a run goes.

use super::{Performed, RunReport};
use crate::migration::Direction;

/// What happens in a run.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunEvent<'e> {
    /// A migration is being run.
    Started {
        /// Its id.
        id: &'e str,
        /// What it is for.
        description: Option<&'e str>,
        /// Which way it goes.
        direction: Direction,
    },
    /// A step of it is being done.
    Step {
        /// The migration's id.
        id: &'e str,
        /// Which, counted from 1.
        step: usize,
        /// Of how many.
        of: usize,
        /// What it does.
        what: &'e str,
    },
    /// A migration is done, or has failed.
    Finished(&'e Performed),
    /// The run is over.
    Ended(&'e RunReport),
}

/// Who is told how a run goes.
pub trait Observer: Send + Sync {
    /// Something has happened.
    fn on(&self, event: &RunEvent<'_>);
}

impl<F: Fn(&RunEvent<'_>) + Send + Sync> Observer for F {
    fn on(&self, event: &RunEvent<'_>) {
        self(event);
    }
}

pub(super) struct Silent;

impl Observer for Silent {
    fn on(&self, _: &RunEvent<'_>) {}
}
