//! Background: documents that are brought to their current version while the service serves.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::{sync::oneshot, task::JoinHandle};

use super::Stop;
use crate::{backfill::Report, error::Error, schema::Documents};

/// How often it is looked whether live services read the current version by now.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A service whose database is ready.
#[derive(Debug)]
#[must_use = "what goes on in the background ends when this is dropped"]
pub struct Started {
    before: Vec<Brought>,
    background: Option<(oneshot::Sender<()>, JoinHandle<Vec<Brought>>)>,
}

/// What became of the documents of one type that had older versions.
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
}

impl Started {
    pub(super) fn done() -> Self {
        Self::with(Vec::new())
    }

    pub(super) fn with(before: Vec<Brought>) -> Self {
        Self { before, background: None }
    }

    /// Goes on behind the startup.
    pub(super) fn meanwhile(documents: Vec<Arc<dyn Documents>>, max_rate: Option<f64>, stop: Stop) -> Self {
        let (stop_now, stopped) = oneshot::channel::<()>();
        let stop = async move {
            tokio::select! {
                reason = stop => reason,
                _ = stopped => "the service ends".to_owned(),
            }
        };
        let stop: Stop = stop.boxed().shared();
        let task = tokio::spawn(async move {
            let mut brought = Vec::new();
            for documents in documents {
                brought.extend(meanwhile(documents.as_ref(), max_rate, &stop).await);
            }
            brought
        });
        Self { before: Vec::new(), background: Some((stop_now, task)) }
    }

    /// What was brought up before serving, or left.
    #[must_use]
    pub fn before(&self) -> &[Brought] {
        &self.before
    }

    /// Waits until nothing goes on in the background. What has become of it.
    pub async fn finished(self) -> Vec<Brought> {
        let Self { before, background } = self;
        match background {
            // Dropped only afterwards: that would stop it.
            Some((_stop_now, task)) => task.await.unwrap_or_else(|error| resume(error)),
            None => before,
        }
    }

    /// Ends what goes on in the background behind the batch in hand. The next process goes on from there.
    pub async fn stop(self) -> Vec<Brought> {
        let Self { before, background } = self;
        match background {
            Some((stop_now, task)) => {
                drop(stop_now);
                task.await.unwrap_or_else(|error| resume(error))
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

/// Brings documents up as soon as every live service reads what they become.
async fn meanwhile(documents: &dyn Documents, max_rate: Option<f64>, stop: &Stop) -> Option<Brought> {
    loop {
        let brought = async {
            if documents.census().await?.upgradable() == 0 {
                return Ok(None);
            }
            bring(documents, max_rate, stop.clone()).await.map(Some)
        };
        let name = documents.name().to_owned();
        match brought.await {
            Ok(None) => return None,
            Ok(Some(report)) => return Some(Brought::Upgraded(Box::new(report))),
            Err(error @ Error::UnreadableToOthers { .. }) => {
                tracing::info!(collection = name, %error, "an upgrade waits");
            }
            Err(error) => {
                tracing::error!(collection = name, %error, "an upgrade in the background has failed");
                return Some(Brought::Failed { name, error });
            }
        }
        tokio::select! {
            _ = stop.clone() => return None,
            () = tokio::time::sleep(LOOK_AGAIN) => {}
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
