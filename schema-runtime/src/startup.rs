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
//!
//! A deploy is not held up by what has to wait for the end of it: documents that live services of the older release could not read any
//! more stay as they are, and migrations that [wait](crate::migration::Migration::after_readers) for such services, or for such documents, stay pending. In the background
//! they are brought there when those services are gone; else by the next start, or from the command line.

mod background;
mod ready;

use std::{fmt, time::Duration};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use tokio::sync::watch;

pub use self::background::{Brought, Started};
use crate::schema::{Schema, SchemaError};

/// What a service does about its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Startup {
    /// It changes nothing, and refuses to serve while a migration is pending or an older document is stored, other than for live services
    /// of an older release.
    Validate,
    /// It runs the migrations and brings the documents to their current versions, and serves then. Collections with more older documents
    /// than this are left as they are: they are read in any version, and `backfill` brings them up at any time.
    UpgradeUpTo(u64),
    /// It runs the migrations, serves, and brings the documents to their current versions meanwhile; then it runs the migrations that have waited
    /// for that.
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
