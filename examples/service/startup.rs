//! Startup: what to do about documents of older versions, before this release serves or while it does.
//!
//! Each mode is right whatever other processes do meanwhile: documents are read in any version, and an upgrade is shared with the
//! other processes of this release, taken up where an earlier one was stopped, and loses no update of the previous release.

use anyhow::bail;
use clap::ValueEnum;
use futures_util::future::{BoxFuture, Shared};
use schema_runtime::{
    backfill::{Ending, Report},
    cli::sentence,
};

use crate::{api::Documents, gate::Gate, resource::Resource, say};

/// The most documents that are read and written at a time.
const MAX_BATCH: u32 = 1000;

/// Ready when the process is to end, and says why.
pub(crate) type Stop = Shared<BoxFuture<'static, String>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Startup {
    /// Refuse to serve while there are documents of older versions.
    Validate,
    /// Upgrade them, and serve then.
    Before,
    /// Serve at once, and upgrade them meanwhile.
    Background,
}

/// The collections, and how they are to be made ready.
#[derive(Debug)]
pub(crate) struct Ready<P: Resource, C: Resource> {
    pub(crate) products: Documents<P>,
    pub(crate) contacts: Documents<C>,
    pub(crate) max_rate: Option<u32>,
    pub(crate) stop: Stop,
}

impl<P: Resource, C: Resource> Ready<P, C> {
    /// Opens the gate when the mode says so. An error is a reason not to serve.
    pub(crate) async fn make(self, startup: Startup, gate: &Gate) -> anyhow::Result<()> {
        match startup {
            Startup::Validate => {
                validate(self.products).await?;
                validate(self.contacts).await?;
                gate.open();
            }
            Startup::Before => {
                let done = self.before(self.products).await? && self.before(self.contacts).await?;
                if done {
                    gate.open();
                }
            }
            Startup::Background => {
                gate.open();
                self.meanwhile(self.products).await;
                self.meanwhile(self.contacts).await;
            }
        }
        Ok(())
    }

    /// Whether the collection is done. Documents that cannot be upgraded are reported and no reason not to serve the others: nobody
    /// could read them in any mode.
    async fn before<T: Resource>(&self, documents: Documents<T>) -> anyhow::Result<bool> {
        match self.upgrade(documents).await?.ending {
            Ending::Finished => Ok(true),
            Ending::Interrupted(_) => Ok(false),
            _ => bail!(Refused(format!("the upgrade of `{}` was given up", documents.collection().name()))),
        }
    }

    /// Whatever comes of it, the documents can be read.
    async fn meanwhile<T: Resource>(&self, documents: Documents<T>) {
        if let Err(error) = self.upgrade(documents).await {
            say(format_args!("not upgraded: {}", sentence(&error)));
        }
    }

    /// A stop finishes the batch in hand and notes it; the next process goes on from there.
    async fn upgrade<T: Resource>(&self, documents: Documents<T>) -> Result<Report, schema_runtime::Error> {
        // One worker: requests come first.
        let mut backfill = documents.backfill().workers(1).stop_when(self.stop.clone());
        if let Some(max_rate) = self.max_rate {
            // And no batch of more than a second.
            backfill = backfill.max_rate(max_rate.into()).batch_size(max_rate.min(MAX_BATCH));
        }
        let report = backfill.run().await?;
        say(format_args!("{report}"));
        Ok(report)
    }
}

async fn validate<T: Resource>(documents: Documents<T>) -> anyhow::Result<()> {
    let census = documents.census().await?;
    match census.upgradable() {
        0 => Ok(()),
        old => bail!(Refused(format!(
            "{old} documents of `{}` are of older versions; upgrade them first, or start with `--startup before` or \
             `--startup background`:\n{census}",
            documents.collection().name()
        ))),
    }
}

/// The service is well, and says no.
#[derive(Debug, thiserror::Error)]
#[error("this release does not serve: {0}")]
pub(crate) struct Refused(String);
