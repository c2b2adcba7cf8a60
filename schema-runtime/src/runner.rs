//! The runner: brings a database to a state of the schema's migrations, one process at a time.
//!
//! `ledger -> moves -> refusals -> lease -> each migration, step by step -> ledger -> report`
//!
//! Nobody takes the lease who has nothing to do. Who has it takes the ledger over and looks again, so of ten processes that start at once
//! one runs what is pending, and nine find that it is done. The lease is renewed while it works, given back on every way out, and lapses if
//! the process dies.

mod consent;
mod failure;
mod moves;
mod observer;
mod perform;
mod plan;
mod refusal;
mod report;
mod run;
mod transaction;
mod validation;
mod waits;

use std::{collections::BTreeMap, fmt, time::Duration};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};

pub(crate) use self::validation::validated;
use self::{consent::Consent, moves::Target, observer::Silent};
pub use self::{
    observer::{Observer, RunEvent},
    plan::{Plan, PlannedMove, PlannedStep},
    report::{Ending, Performed, RunReport, Waiting},
};
use crate::{lease::Leases, ledger::Entry, migration::Direction, schema::Schema};

/// What the lease on the migrations is called.
const LEASE: &str = "migrations";

/// How often it is looked whether another process is done.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// What a process does that finds another at work on the migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wait {
    /// It waits until that one is done, or this long.
    UpTo(Duration),
    /// It goes on, and the report says [`Ending::Busy`].
    No,
}

/// Ready when the run is to end, and says why.
type Stop<'a> = Shared<BoxFuture<'a, String>>;

/// A run of migrations to be configured and run. Made by [`Schema::up`] and its like.
#[must_use = "nothing is run before it is asked to"]
pub struct Run<'a> {
    schema: &'a Schema,
    target: Target,
    consent: Consent,
    out_of_order: bool,
    retry: bool,
    backfills: bool,
    wait: Wait,
    lease: Duration,
    stop: Stop<'a>,
    observer: Box<dyn Observer + 'a>,
}

/// What the ledger says of each migration.
type Entries = BTreeMap<String, Entry>;

impl Schema {
    /// Runs all that is pending.
    pub fn up(&self) -> Run<'_> {
        Run::new(self, Target::Up)
    }

    /// Runs what is pending, up to the migration of this id and with it.
    pub fn up_to(&self, id: impl Into<String>) -> Run<'_> {
        Run::new(self, Target::UpTo(id.into()))
    }

    /// Takes back the last so many that are in effect.
    pub fn down(&self, count: usize) -> Run<'_> {
        Run::new(self, Target::Down(count))
    }

    /// Takes back all that are in effect.
    pub fn down_all(&self) -> Run<'_> {
        Run::new(self, Target::Down(usize::MAX))
    }

    /// Goes to the state behind the migration of this id, whichever way: takes back what comes behind it, and runs what is
    /// pending up to it.
    pub fn to(&self, id: impl Into<String>) -> Run<'_> {
        Run::new(self, Target::To(id.into()))
    }

    /// Takes back the last one, and runs it again.
    pub fn redo(&self) -> Run<'_> {
        Run::new(self, Target::Redo)
    }

    /// Runs this one, or takes it back, and no other.
    pub fn only(&self, id: impl Into<String>, direction: Direction) -> Run<'_> {
        Run::new(self, Target::Only(id.into(), direction))
    }
}

impl<'a> Run<'a> {
    fn new(schema: &'a Schema, target: Target) -> Self {
        Self {
            schema,
            target,
            consent: Consent::default(),
            out_of_order: false,
            retry: false,
            backfills: false,
            wait: Wait::UpTo(Duration::from_secs(600)),
            lease: Duration::from_secs(30),
            stop: futures_util::future::pending().boxed().shared(),
            observer: Box::new(Silent),
        }
    }

    /// Allows what destroys. Default: it is allowed in development only.
    pub fn allow_destructive(mut self, allowed: bool) -> Self {
        self.consent.destructive = allowed;
        self
    }

    /// Says that a backup was made, or that none is wanted: what destroys in production asks for one of the two, and where the
    /// environment was not said.
    pub fn backup_made_or_waived(mut self, said: bool) -> Self {
        self.consent.backup = said;
        self
    }

    /// Runs also what is pending before something that was run. Default: that is refused, because two branches may not have been tried together.
    pub fn out_of_order(mut self, allowed: bool) -> Self {
        self.out_of_order = allowed;
        self
    }

    /// Goes on with a step that was cut off outside of a transaction, and may have been done in part. Default: that is
    /// [refused](crate::schema::SchemaError::CutOff).
    pub fn retry(mut self, retry: bool) -> Self {
        self.retry = retry;
        self
    }

    /// Where a migration waits for a [version](crate::migration::Migration::after_version), brings the documents there. Default: it is left, with
    /// those that ask for it.
    pub fn with_backfills(mut self, backfills: bool) -> Self {
        self.backfills = backfills;
        self
    }

    /// What to do while another process is at work on the migrations. Default: to wait up to ten minutes.
    pub fn wait(mut self, wait: Wait) -> Self {
        self.wait = wait;
        self
    }

    /// How long this process may be silent until another takes its place, at least a second. Default: 30 seconds. It says that it is alive
    /// three times in that time.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.max(Duration::from_secs(1));
        self
    }

    /// Ends the run behind the step in hand when this future is ready, with its output as the reason.
    pub fn stop_when(mut self, stop: impl Future<Output = String> + Send + 'a) -> Self {
        self.stop = stop.boxed().shared();
        self
    }

    /// Who is told how it goes. Default: nobody.
    pub fn observer(mut self, observer: impl Observer + 'a) -> Self {
        self.observer = Box::new(observer);
        self
    }
}

/// The lease on the migrations of a schema.
pub(crate) fn leases(schema: &Schema, length: Duration) -> Leases {
    Leases::of(schema.database(), LEASE, length)
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("schema", self.schema)
            .field("target", &self.target)
            .field("consent", &self.consent)
            .field("wait", &self.wait)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}
