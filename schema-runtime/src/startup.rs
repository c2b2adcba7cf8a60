//! Startup: what a service does about its database before it serves, or while it does.
//!
//! ```no_run
//! # use schema_runtime::{Schema, schema::SchemaError};
//! use schema_runtime::startup::{Phase, Startup};
//!
//! # fn serve_probes(phase: tokio::sync::watch::Receiver<Phase>) {}
//! # async fn serve() {}
//! # async fn example(schema: Schema) -> Result<(), SchemaError> {
//! let starting = schema.startup(Startup::UpgradeUpTo(100_000));
//! // Alive from now on, and ready when the phase says so.
//! serve_probes(starting.phase());
//! let started = starting.run().await?;
//! serve().await;
//! started.stop().await;
//! # Ok(()) }
//! ```
//!
//! However many processes start at once, each migration is run once; the others wait for it, alive. Backfills are shared by all of them.

mod background;

use std::{fmt, time::Duration};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use tokio::sync::watch;

use self::background::bring;
pub use self::background::{Brought, Started};
use crate::{
    backfill::{self, Report},
    runner::{Ending, RunEvent, RunReport, Wait},
    schema::{Schema, SchemaError},
};

/// What a service does about its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Startup {
    /// It changes nothing, and refuses to serve while a migration is pending or an older document is stored.
    Validate,
    /// It runs the migrations and brings the documents to their current versions, and serves then. Collections with more older documents
    /// than this are left as they are: they are read in any version, and `backfill` brings them up at any time.
    UpgradeUpTo(u64),
    /// It runs the migrations, serves, and brings the documents to their current versions meanwhile.
    Background,
}

/// How far a startup is, for probes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// It has not begun, or waits for another process that is at work on the migrations.
    Waiting,
    /// It runs a migration.
    Migrating {
        /// Which.
        id: String,
        /// What it does just now.
        step: Option<String>,
    },
    /// It brings documents to their current version before it serves.
    Upgrading {
        /// Their [name](crate::VersionedCollection::name).
        name: String,
    },
    /// It is ready to serve.
    Ready,
    /// It does not serve.
    Refused {
        /// Why.
        reason: String,
    },
}

/// Ready when the process is to end, and says why.
type Stop = Shared<BoxFuture<'static, String>>;

/// A startup to be configured and run. Made by [`Schema::startup`].
#[must_use = "nothing happens before it is run"]
pub struct Starting {
    schema: Schema,
    startup: Startup,
    out_of_order: bool,
    wait: Duration,
    max_rate: Option<f64>,
    stop: Stop,
    phase: watch::Sender<Phase>,
}

impl Schema {
    /// What a service does about its database before it serves; nothing happens before it is [run](Starting::run).
    pub fn startup(&self, startup: Startup) -> Starting {
        Starting {
            schema: self.clone(),
            startup,
            out_of_order: false,
            wait: Duration::from_secs(600),
            max_rate: None,
            stop: futures_util::future::pending().boxed().shared(),
            phase: watch::Sender::new(Phase::Waiting),
        }
    }
}

impl Starting {
    /// How far it is: now, and whenever that changes.
    #[must_use]
    pub fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Runs also migrations that are pending before others that were run. Default: the service does not serve then.
    pub fn out_of_order(mut self, allowed: bool) -> Self {
        self.out_of_order = allowed;
        self
    }

    /// How long to wait for another process that is at work on the migrations. Default: ten minutes.
    pub fn wait(mut self, at_most: Duration) -> Self {
        self.wait = at_most;
        self
    }

    /// The most documents of a collection that this process looks at in a second. Default: no limit.
    pub fn max_rate(mut self, documents_per_second: f64) -> Self {
        self.max_rate = Some(documents_per_second);
        self
    }

    /// Ends the startup, and what goes on in the background, behind the step or batch in hand when this future is ready.
    pub fn stop_when(mut self, stop: impl Future<Output = String> + Send + 'static) -> Self {
        self.stop = stop.boxed().shared();
        self
    }

    /// Makes the database ready. An error is a reason not to serve.
    ///
    /// # Errors
    ///
    /// [`SchemaError::NotReady`] with all reasons; those of a [run](crate::runner::Run::run), and what destroys is not allowed here outside of
    /// development: such migrations are for the command line.
    pub async fn run(self) -> Result<Started, SchemaError> {
        let outcome = match self.startup {
            Startup::Validate => self.validate().await.map(|()| Started::done()),
            Startup::UpgradeUpTo(limit) => self.upgrade(limit).await,
            Startup::Background => self.background().await,
        };
        self.phase.send_replace(match &outcome {
            Ok(_) => Phase::Ready,
            Err(error) => Phase::Refused { reason: error.to_string() },
        });
        outcome
    }

    async fn validate(&self) -> Result<(), SchemaError> {
        let plan = self.schema.up().out_of_order(self.out_of_order).plan().await?;
        let mut reasons: Vec<String> = Vec::new();
        reasons.extend(plan.moves.iter().map(|one| format!("migration `{}` is pending", one.id)));
        reasons
            .extend(plan.changed.iter().map(|id| format!("migration `{id}` was changed since it was run")));
        for documents in self.schema.documents() {
            let old = documents.census().await?.upgradable();
            if old > 0 {
                reasons.push(format!("{old} documents of `{}` are of older versions", documents.name()));
            }
        }
        if reasons.is_empty() { Ok(()) } else { Err(SchemaError::NotReady { reasons }) }
    }

    async fn upgrade(&self, limit: u64) -> Result<Started, SchemaError> {
        self.migrate().await?;
        let mut brought = Vec::new();
        for documents in self.schema.documents() {
            let old = documents.census().await?.upgradable();
            if old == 0 {
                continue;
            }
            let name = documents.name().to_owned();
            if old > limit {
                tracing::warn!(
                    collection = name,
                    old,
                    limit,
                    "too many older documents to be upgraded before serving"
                );
                brought.push(Brought::Left { name, old });
                continue;
            }
            self.phase.send_replace(Phase::Upgrading { name });
            let report = bring(documents.as_ref(), self.max_rate, self.stop.clone()).await?;
            if let Some(reason) = not_finished(&report) {
                return Err(SchemaError::NotReady { reasons: vec![reason] });
            }
            brought.push(Brought::Upgraded(Box::new(report)));
        }
        Ok(Started::with(brought))
    }

    async fn background(&self) -> Result<Started, SchemaError> {
        self.migrate().await?;
        Ok(Started::meanwhile(self.schema.documents().to_vec(), self.max_rate, self.stop.clone()))
    }

    /// Runs what is pending. A migration that waits for documents has them brought up.
    async fn migrate(&self) -> Result<RunReport, SchemaError> {
        let observer = |event: &RunEvent<'_>| {
            let (id, step) = match event {
                RunEvent::Started { id, .. } => (id, None),
                RunEvent::Step { id, what, .. } => (id, Some((*what).to_owned())),
                _ => return,
            };
            self.phase.send_replace(Phase::Migrating { id: (*id).to_owned(), step });
        };
        let run = self.schema.up().out_of_order(self.out_of_order).with_backfills(true);
        let run = run.wait(Wait::UpTo(self.wait)).stop_when(self.stop.clone()).observer(observer);
        let report = run.run().await?;
        let reason = match &report.ending {
            Ending::Done | Ending::NothingToDo => return Ok(report),
            Ending::Failed { id, error } => format!("migration `{id}` has failed: {error}"),
            Ending::Waiting { id, waits_for } => format!("migration `{id}` waits until {waits_for}"),
            Ending::Busy { owner } => format!("`{owner}` is still at work on the migrations"),
            Ending::Interrupted { reason } => format!("it was stopped: {reason}"),
        };
        Err(SchemaError::NotReady { reasons: vec![reason] })
    }
}

/// Why an upgrade has not come to its end.
fn not_finished(report: &Report) -> Option<String> {
    let (ended, why) = match &report.ending {
        backfill::Ending::Finished => return None,
        backfill::Ending::Interrupted(why) => ("stopped", why),
        backfill::Ending::Cancelled(why) => ("cancelled", why),
        backfill::Ending::Aborted(why) => ("given up", why),
    };
    Some(format!("the upgrade of `{}` was {ended}: {why}", report.collection))
}

impl fmt::Debug for Starting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Starting")
            .field("schema", &self.schema)
            .field("startup", &self.startup)
            .field("phase", &*self.phase.borrow())
            .finish_non_exhaustive()
    }
}
