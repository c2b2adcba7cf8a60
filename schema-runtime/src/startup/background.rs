//! Background: documents that are brought to their current version while the service serves, and migrations that have waited for that.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::{sync::oneshot, task::JoinHandle};

use super::{Stop, ready::has_older_readers};
use crate::{
    backfill::Report,
    error::Error,
    runner::{Ending, RunReport, Waiting},
    schema::{Documents, Schema, SchemaError},
};

/// How soon it is looked again whether live services read the current version by now, and how seldom in the end.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// A service whose database is ready.
#[derive(Debug)]
#[must_use = "what goes on in the background ends when this is dropped"]
pub struct Started {
    before: Vec<Brought>,
    waiting: Vec<Waiting>,
    background: Option<(oneshot::Sender<()>, JoinHandle<Vec<Brought>>)>,
}

/// What became of the documents of one type that had older versions, or of the migrations that have waited for them.
#[derive(Debug)]
#[non_exhaustive]
pub enum Brought {
    /// They were brought up, as far as the report says.
    Upgraded(Box<Report>),
    /// There were too many to be brought up before serving.
    Left {
        /// Their [name](crate::VersionedCollection::name).
        name: String,
        /// How many.
        old: u64,
    },
    /// They could not be brought up. They can be read all the same.
    Failed {
        /// Their [name](crate::VersionedCollection::name).
        name: String,
        /// Why not.
        error: Error,
    },
    /// Migrations that had waited were run in the background, as far as the report says.
    Migrated(Box<RunReport>),
    /// They could not be run.
    NotMigrated(Box<SchemaError>),
}

/// What is left to be done behind a startup.
pub(super) struct Behind {
    pub(super) schema: Schema,
    pub(super) out_of_order: bool,
    pub(super) max_rate: Option<f64>,
    /// Whether there are migrations that wait.
    pub(super) migrations: bool,
}

impl Started {
    pub(super) fn done() -> Self {
        Self::with(Vec::new(), Vec::new())
    }

    pub(super) fn with(before: Vec<Brought>, waiting: Vec<Waiting>) -> Self {
        Self { before, waiting, background: None }
    }

    /// Goes on behind the startup.
    pub(super) fn meanwhile(behind: Behind, waiting: Vec<Waiting>, stop: Stop) -> Self {
        let (stop_now, stopped) = oneshot::channel::<()>();
        let stop = async move {
            tokio::select! {
                reason = stop => reason,
                _ = stopped => "the service ends".to_owned(),
            }
        };
        let task = tokio::spawn(behind.bring_all(stop.boxed().shared()));
        Self { before: Vec::new(), waiting, background: Some((stop_now, task)) }
    }

    /// What was brought up before serving, or left.
    #[must_use]
    pub fn before(&self) -> &[Brought] {
        &self.before
    }

    /// The migrations that were still waiting for something when this began to serve.
    #[must_use]
    pub fn waiting(&self) -> &[Waiting] {
        &self.waiting
    }

    /// Waits until nothing goes on in the background. What has become of it. That is never where a migration waits for a document that cannot be
    /// upgraded: [`stop`](Self::stop) ends it, and the next start tries again.
    pub async fn finished(self) -> Vec<Brought> {
        let Self { before, background, .. } = self;
        match background {
            // Dropped only afterwards: that would stop it.
            Some((_stop_now, task)) => task.await.unwrap_or_else(resume),
            None => before,
        }
    }

    /// Ends what goes on in the background behind the batch in hand. The next process goes on from there.
    pub async fn stop(self) -> Vec<Brought> {
        let Self { before, background, .. } = self;
        match background {
            Some((stop_now, task)) => {
                drop(stop_now);
                task.await.unwrap_or_else(resume)
            }
            None => before,
        }
    }
}

/// A panic in a step of the service's goes on where it is waited for.
fn resume(error: tokio::task::JoinError) -> Vec<Brought> {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        // Its runtime has ended.
        Err(_) => Vec::new(),
    }
}

impl Behind {
    /// Goes round until nothing waits any more: what waits in one collection holds up no other.
    async fn bring_all(mut self, stop: Stop) -> Vec<Brought> {
        let mut brought = Vec::new();
        let mut left = self.schema.documents().to_vec();
        let (mut pause, longest) = LOOK_AGAIN;
        loop {
            let mut waiting: Vec<Arc<dyn Documents>> = Vec::new();
            for documents in left {
                match self.bring(documents.as_ref(), &stop).await {
                    Some(outcome) => brought.extend(outcome),
                    None => waiting.push(documents),
                }
            }
            if self.migrations {
                brought.extend(self.migrate(&stop).await);
            }
            left = waiting;
            if left.is_empty() && !self.migrations {
                return brought;
            }
            tokio::select! {
                _ = stop.clone() => return brought,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(longest);
        }
    }

    /// What has become of the older documents, if there are any; `None` if they have to wait for live services.
    async fn bring(&self, documents: &dyn Documents, stop: &Stop) -> Option<Option<Brought>> {
        let brought = async {
            // Asked first, because to count documents is dear.
            if has_older_readers(documents).await? {
                return Ok(None);
            }
            if documents.census().await?.upgradable() == 0 {
                return Ok(Some(None));
            }
            let report = bring(documents, self.max_rate, stop.clone()).await?;
            Ok(Some(Some(Brought::Upgraded(Box::new(report)))))
        };
        let name = documents.name().to_owned();
        match brought.await {
            Ok(brought) => brought,
            Err(error @ Error::UnreadableToOthers { .. }) => {
                tracing::info!(collection = name, %error, "an upgrade waits");
                None
            }
            Err(error) => {
                tracing::error!(collection = name, %error, "an upgrade in the background has failed");
                Some(Some(Brought::Failed { name, error }))
            }
        }
    }

    /// Runs the migrations that need not wait any more.
    async fn migrate(&mut self, stop: &Stop) -> Option<Brought> {
        let run = self.schema.up().out_of_order(self.out_of_order).stop_when(stop.clone()).run();
        match run.await {
            Ok(report) => {
                self.migrations = matches!(report.ending, Ending::Waiting { .. });
                (!report.migrations.is_empty()).then(|| Brought::Migrated(Box::new(report)))
            }
            Err(error) => {
                tracing::error!(%error, "migrations could not be run in the background");
                self.migrations = false;
                Some(Brought::NotMigrated(Box::new(error)))
            }
        }
    }
}

/// Brings documents to their current version, or joins the processes that do.
pub(super) async fn bring(
    documents: &dyn Documents,
    max_rate: Option<f64>,
    stop: Stop,
) -> Result<Report, Error> {
    documents.backfill(max_rate, stop.boxed()).await
}
