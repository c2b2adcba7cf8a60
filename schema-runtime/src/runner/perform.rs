//! Performing one migration: its steps one after the other, each noted in the ledger.

use std::{fmt, sync::Arc};

use futures_util::FutureExt;
use mongodb::ClientSession;
use tokio::{sync::Mutex, time::Instant};

use super::{Performed, Run, RunEvent, consent::has_transactions, moves::Move, transaction::hint};
use crate::{
    convert::with_causes,
    error::During,
    ledger::{Done, Entry, LEDGER, State, Store},
    migration::{Context, Direction, Migration, Step, StepError, Transaction},
    schema::{Schema, SchemaError},
};

/// A migration at work.
pub(super) struct Performer<'p, 'r> {
    run: &'p Run<'r>,
    ledger: &'p Store,
    token: i64,
    one: Move<'p>,
    entry: Entry,
    transactions: bool,
    /// Documents changed by the steps that are done.
    affected: u64,
}

/// Why a step was not made.
#[derive(Debug)]
pub(super) enum Failure {
    /// By its own fault: that is noted.
    Step(StepError),
    /// Nothing can be noted any more.
    Schema(SchemaError),
}

impl<'p, 'r> Performer<'p, 'r> {
    /// Notes that the migration is being run.
    pub(super) async fn new(
        run: &'p Run<'r>,
        ledger: &'p Store,
        token: i64,
        one: Move<'p>,
    ) -> Result<Self, SchemaError> {
        let begun = ledger.begin(one.migration, one.direction, token).await?;
        let entry = begun.ok_or(SchemaError::LeaseLost)?;
        let transactions = has_transactions(run).await?;
        Ok(Self { run, ledger, token, one, entry, transactions, affected: 0 })
    }

    /// Makes the steps that are left. With a reason if it was asked to stop between two.
    pub(super) async fn perform(mut self) -> Result<(Performed, Option<String>), SchemaError> {
        let started = Instant::now();
        let migration = self.one.migration;
        let (id, facts) = (migration.id(), migration.facts());
        let description = facts.description.as_deref();
        self.run.observer.on(&RunEvent::Started { id, description, direction: self.one.direction });
        tracing::info!(migration = id, direction = %self.one.direction, "a migration is run");
        let mut left: Vec<usize> = self.one.left(Some(&self.entry)).collect();
        if self.one.direction == Direction::Down {
            left.reverse();
        }
        let (mut made, mut failure, mut reason) = (0, None, None);
        for place in left {
            if made > 0 {
                reason = self.run.stop.clone().now_or_never();
            }
            if reason.is_some() {
                break;
            }
            match self.make(place).await {
                Ok(affected) => {
                    self.affected += affected;
                    made += 1;
                }
                Err(Failure::Step(error)) => {
                    failure = Some(self.said(place, &error));
                    break;
                }
                Err(Failure::Schema(error)) => return Err(error),
            }
        }
        if failure.is_none() && reason.is_none() && self.one.direction == Direction::Up {
            failure = self.validate().await?;
        }
        let state = match (self.one.direction, &failure, &reason) {
            (_, Some(_), _) => State::Failed,
            // Noted as failed, and not as running: nobody is at work on it.
            (_, None, Some(_)) => State::Failed,
            (Direction::Up, ..) => State::Completed,
            (Direction::Down, ..) => State::RolledBack,
        };
        let error = failure
            .clone()
            .or_else(|| reason.as_ref().map(|reason| format!("stopped between two steps: {reason}")));
        if !self.ledger.end(id, self.token, state, error.as_deref()).await? {
            return Err(SchemaError::LeaseLost);
        }
        let performed = Performed {
            id: id.to_owned(),
            direction: self.one.direction,
            state,
            steps: made,
            affected: self.affected,
            duration: started.elapsed(),
            error: failure,
        };
        match &performed.error {
            None => tracing::info!(migration = id, %state, affected = self.affected, "a migration has ended"),
            Some(error) => tracing::error!(migration = id, error, "a migration has failed"),
        }
        Ok((performed, reason))
    }

    /// Makes one step and notes it. How many documents it has changed.
    async fn make(&self, place: usize) -> Result<u64, Failure> {
        let Some(step) = self.one.migration.steps().nth(place) else { return Ok(0) };
        let in_effect = match self.one.direction {
            Direction::Up => place + 1,
            Direction::Down => place,
        };
        let of = self.one.migration.steps().count();
        let what = step.describe();
        self.run.observer.on(&RunEvent::Step {
            id: self.one.migration.id(),
            step: place + 1,
            of,
            what: &what,
        });
        let client = self.run.schema.database().client();
        let session = client.start_session().await.during("begin a session", LEDGER)?;
        let session = Arc::new(Mutex::new(session));
        if self.transactions && step.transaction() != Transaction::Never {
            return self.in_transaction(step, in_effect, &session).await;
        }
        if !self.ledger.enter(self.one.migration.id(), self.token, place + 1).await? {
            return Err(SchemaError::LeaseLost.into());
        }
        let context = self.context(session, false);
        self.work(step, &context).await.map_err(Failure::Step)?;
        let affected = self.affected + context.counted();
        self.noted(Done { steps: in_effect, affected }, None).await?;
        Ok(context.counted())
    }

    pub(super) async fn work(&self, step: &dyn Step, context: &Context) -> Result<(), StepError> {
        match self.one.direction {
            Direction::Up => step.up(context).await,
            Direction::Down => step.down(context).await,
        }
    }

    pub(super) fn context(&self, session: Arc<Mutex<ClientSession>>, in_transaction: bool) -> Context {
        let schema = self.run.schema;
        let (id, environment) = (self.one.migration.id(), schema.environment_said());
        Context::new(id, schema.database(), environment, session, in_transaction)
    }

    pub(super) fn affected_before(&self) -> u64 {
        self.affected
    }

    pub(super) async fn noted(&self, done: Done, session: Option<&mut ClientSession>) -> Result<(), Failure> {
        let noted = self.ledger.step_done(self.one.migration.id(), self.token, done, session).await?;
        if noted { Ok(()) } else { Err(SchemaError::LeaseLost.into()) }
    }

    /// What is wrong with what the migration has done.
    async fn validate(&self) -> Result<Option<String>, SchemaError> {
        let outcome = validated(self.run.schema, self.one.migration).await?;
        let why = outcome.and_then(Result::err);
        Ok(why.map(|why| format!("it is not what it should be afterwards: {why}")))
    }

    fn said(&self, place: usize, error: &StepError) -> String {
        let steps = self.one.migration.steps();
        let (of, what) = (steps.count(), self.one.migration.steps().nth(place).map(Step::describe));
        let what = what.unwrap_or_default();
        let mut said = format!("step {} of {of} ({what}): {}", place + 1, text(error));
        if let Some(hint) = hint(error) {
            said.push_str("; ");
            said.push_str(hint);
        }
        said
    }
}

/// Asks a migration whether what it has done is as it should be, if it can be asked.
pub(crate) async fn validated(
    schema: &Schema,
    migration: &Migration,
) -> Result<Option<Result<(), String>>, SchemaError> {
    let database = schema.database();
    let session = database.client().start_session().await.during("begin a session", LEDGER)?;
    let session = Arc::new(Mutex::new(session));
    let context = Context::new(migration.id(), database, schema.environment_said(), session, false);
    let Some(validation) = migration.validation(context) else { return Ok(None) };
    Ok(Some(validation.await.map_err(|error| text(&error))))
}

/// An error with its causes, and of the driver's only the first.
pub(super) fn text(error: &StepError) -> String {
    match error.downcast_ref::<mongodb::error::Error>() {
        Some(error) => error.kind.to_string(),
        None => with_causes(error.to_string(), error.source()),
    }
}

impl Failure {
    pub(super) fn contains_label(&self, label: &str) -> bool {
        match self {
            Self::Step(error) => {
                let driver = error.downcast_ref::<mongodb::error::Error>();
                let ours = error.downcast_ref::<crate::Error>();
                driver.is_some_and(|error| error.contains_label(label))
                    || ours.is_some_and(|error| error.contains_label(label))
            }
            Self::Schema(SchemaError::Runtime(error)) => error.contains_label(label),
            Self::Schema(_) => false,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(error) => f.write_str(&text(error)),
            Self::Schema(error) => error.fmt(f),
        }
    }
}

impl From<SchemaError> for Failure {
    fn from(error: SchemaError) -> Self {
        Self::Schema(error)
    }
}

impl From<crate::Error> for Failure {
    fn from(error: crate::Error) -> Self {
        Self::Schema(error.into())
    }
}
