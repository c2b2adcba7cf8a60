//! Performing one migration: its steps one after the other, each noted in the ledger.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use mongodb::ClientSession;
use tokio::{sync::Mutex, time::Instant};

use super::{
    Performed, Run, RunEvent,
    failure::{Failure, panicked},
    moves::Move,
    validation::validated,
};
use crate::{
    error::During,
    lease::Lease,
    ledger::{Done, LEDGER, State, Store},
    migration::{Context, Direction, Step, StepError, Transaction},
    schema::SchemaError,
};

/// What migrations are performed with.
pub(super) struct Performer<'p, 'r> {
    pub(super) run: &'p Run<'r>,
    pub(super) ledger: &'p Store,
    pub(super) lease: &'p Lease,
    /// Whether the server has transactions.
    pub(super) transactions: bool,
}

/// How far a migration has come.
pub(super) struct Progress {
    /// Steps made by this run.
    made: usize,
    /// Documents changed by this run.
    affected: u64,
    /// The same, with those of earlier runs that went the same way.
    affected_in_all: u64,
    failure: Option<String>,
    /// Why it has stopped between two steps.
    stopped: Option<String>,
}

/// A step in its place.
#[derive(Clone, Copy)]
pub(super) struct Placed<'m> {
    pub(super) step: &'m dyn Step,
    /// Counted from 1.
    pub(super) number: usize,
    pub(super) of: usize,
}

impl Performer<'_, '_> {
    /// Makes the steps that are left. With a reason if it was asked to stop between two.
    pub(super) async fn perform(&self, one: &Move<'_>) -> Result<(Performed, Option<String>), SchemaError> {
        let started = Instant::now();
        let (id, direction, facts) = (one.id(), one.direction, one.migration.facts());
        let begun = self.ledger.begin(one.migration, direction, one.in_effect(), self.lease.token());
        self.still(begun.await?)?;
        let description = facts.description.as_deref();
        self.run.observer.on(&RunEvent::Started { id, description, direction });
        tracing::info!(migration = id, %direction, "a migration is run");
        let mut progress = Progress::new(one.affected);
        self.make_all(one, &mut progress).await?;
        let ended_well = progress.failure.is_none() && progress.stopped.is_none();
        if ended_well && direction == Direction::Up {
            let said = validated(self.run.schema, one.migration).await?;
            let why = said.and_then(Result::err);
            progress.failure = why.map(|why| format!("it is not what it should be afterwards: {why}"));
        }
        let state = match direction {
            // Also what was stopped is noted as failed, and not as running: nobody is at work on it.
            _ if progress.failure.is_some() || progress.stopped.is_some() => State::Failed,
            Direction::Up => State::Completed,
            Direction::Down => State::RolledBack,
        };
        let stopped = progress.stopped.as_ref().map(|reason| format!("stopped between two steps: {reason}"));
        let error = progress.failure.clone().or(stopped);
        self.still(self.ledger.end(id, self.lease.token(), state, error.as_deref()).await?)?;
        let Progress { made: steps, affected, failure: error, stopped, .. } = progress;
        match &error {
            None => tracing::info!(migration = id, %state, affected, "a migration has ended"),
            Some(error) => tracing::error!(migration = id, error, "a migration has failed"),
        }
        let duration = started.elapsed();
        Ok((Performed { id: id.to_owned(), direction, state, steps, affected, duration, error }, stopped))
    }

    async fn make_all(&self, one: &Move<'_>, progress: &mut Progress) -> Result<(), SchemaError> {
        let of = one.migration.steps().count();
        for (place, step) in one.steps() {
            if progress.made > 0 {
                progress.stopped = self.run.stop.clone().now_or_never();
            }
            if progress.stopped.is_some() {
                return Ok(());
            }
            self.lease.is_held()?;
            let placed = Placed { step, number: place + 1, of };
            match self.make(one, placed, progress).await {
                Ok(affected) => {
                    progress.affected += affected;
                    progress.affected_in_all += affected;
                    progress.made += 1;
                }
                Err(Failure::Schema(lost @ SchemaError::LeaseLost)) => return Err(lost),
                Err(failure) => {
                    let half_done = !self.in_one(step) && !step.is_repeatable(one.direction);
                    progress.failure = Some(placed.said(&failure, half_done));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Makes one step and notes it. How many documents it has changed.
    async fn make(&self, one: &Move<'_>, placed: Placed<'_>, progress: &Progress) -> Result<u64, Failure> {
        let Placed { step, number, of } = placed;
        let (id, what) = (one.id(), step.describe());
        self.run.observer.on(&RunEvent::Step { id, step: number, of, what: &what });
        let client = self.run.schema.database().client();
        let session = client.start_session().await.during("begin a session", LEDGER)?;
        let session = Arc::new(Mutex::new(session));
        if self.in_one(step) {
            return self.in_transaction(one, placed, progress, &session).await;
        }
        self.still(self.ledger.enter(id, self.lease.token(), number).await?)?;
        let context = self.context(one, session, false);
        work(one.direction, step, &context).await.map_err(Failure::Step)?;
        let done = placed.done(one.direction, progress, &context);
        self.still(self.ledger.step_done(one.migration, self.lease.token(), done).await?)?;
        Ok(context.counted())
    }

    /// Whether the step runs in a transaction.
    fn in_one(&self, step: &dyn Step) -> bool {
        self.transactions && step.transaction() != Transaction::Never
    }

    pub(super) fn context(
        &self,
        one: &Move<'_>,
        session: Arc<Mutex<ClientSession>>,
        in_transaction: bool,
    ) -> Context {
        let schema = self.run.schema;
        Context::new(one.id(), schema.database(), schema.environment_said(), session, in_transaction)
    }

    /// What could not be noted is another's by now.
    pub(super) fn still(&self, noted: bool) -> Result<(), SchemaError> {
        if noted { Ok(()) } else { Err(SchemaError::LeaseLost) }
    }
}

/// The service's own code at work.
pub(super) async fn work(direction: Direction, step: &dyn Step, context: &Context) -> Result<(), StepError> {
    let work = AssertUnwindSafe(async {
        match direction {
            Direction::Up => step.up(context).await,
            Direction::Down => step.down(context).await,
        }
    });
    work.catch_unwind().await.unwrap_or_else(|panic| Err(panicked(panic.as_ref())))
}

impl Progress {
    fn new(affected_in_all: u64) -> Self {
        Self { made: 0, affected: 0, affected_in_all, failure: None, stopped: None }
    }
}

impl Placed<'_> {
    /// What is to be noted when it is done.
    pub(super) fn done(self, direction: Direction, progress: &Progress, context: &Context) -> Done {
        let (before, steps) = match direction {
            Direction::Up => (self.number - 1, self.number),
            Direction::Down => (self.number, self.number - 1),
        };
        Done { before, steps, affected: progress.affected_in_all + context.counted() }
    }

    /// What is said when it has failed. `half_done`: perhaps, and not to be done again before somebody has looked.
    fn said(self, failure: &Failure, half_done: bool) -> String {
        let Self { step, number, of } = self;
        let mut said = format!("step {number} of {of} ({}): {failure}", step.describe());
        if let Some(hint) = failure.hint() {
            said.extend(["; ", hint]);
        }
        if half_done {
            said.push_str("; it ran outside of a transaction: what it has done stays done, and to make it again has to be allowed");
        }
        said
    }
}
