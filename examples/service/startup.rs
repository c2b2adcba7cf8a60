//! Startup: what to do about documents of older versions, before this release serves or while it does.
//!
//! Each mode is right whatever other processes do meanwhile: documents are read in any version, and an upgrade is shared with the
//! other processes of this release, taken up where an earlier one was stopped, and loses no update of the previous release.
//!
//! Behind the upgrade the floor is noted, below which no document is stored. From then on a list can be asked for by every field, also by
//! one that a step's function makes.

use std::time::Duration;

use anyhow::bail;
use clap::ValueEnum;
use futures_util::future::{BoxFuture, Shared};
use schema_runtime::{
    Error,
    backfill::{Ending, Report},
    cli::sentence,
};
use tokio::time::sleep;

use crate::{
    api::Documents,
    gate::Gate,
    members::{Joined, Members},
    resource::Resource,
    say,
};

/// The most documents that are read and written at a time.
const MAX_BATCH: u32 = 1000;

/// How often it is looked whether others have ended.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

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
    /// Serve at once beside processes of the release before: write what that reads until the last of them has ended, and upgrade then.
    Rolling,
}

/// The collections, and how they are to be made ready.
#[derive(Debug)]
pub(crate) struct Ready<'m, P: Resource, C: Resource> {
    pub(crate) members: &'m Members<P, C>,
    pub(crate) max_rate: Option<u32>,
    pub(crate) stop: Stop,
}

impl<P: Resource, C: Resource> Ready<'_, P, C> {
    /// Opens the gate when the mode says so. An error is a reason not to serve.
    pub(crate) async fn make(self, startup: Startup, gate: &Gate) -> anyhow::Result<()> {
        let Members { products, contacts } = self.members;
        match startup {
            Startup::Validate => {
                validate(&products.documents).await?;
                validate(&contacts.documents).await?;
                gate.open();
            }
            Startup::Before => {
                let done = self.before(products).await? && self.before(contacts).await?;
                if done {
                    gate.open();
                }
            }
            Startup::Background | Startup::Rolling => {
                gate.open();
                self.raise(products).await;
                self.raise(contacts).await;
                self.meanwhile(products).await;
                self.meanwhile(contacts).await;
            }
        }
        self.note_floor(products).await;
        self.note_floor(contacts).await;
        Ok(())
    }

    /// Writes the current version as soon as every live process reads it.
    async fn raise<T: Resource>(&self, joined: &Joined<T>) {
        let Joined { documents, member } = joined;
        let Some(member) = member.as_ref().filter(|_| documents.write_version() < T::CHAIN.version) else {
            return;
        };
        let mut said = String::new();
        while let Some(raised) = self.unless_stopped(member.raise(T::CHAIN.version)).await {
            let Err(error) = raised else {
                say(format_args!("version {} of `{}` is written now", T::CHAIN.version, documents.name()));
                return;
            };
            let waits = sentence(&error);
            if waits != said {
                say(format_args!("waiting: {waits}"));
            }
            said = waits;
            self.unless_stopped(sleep(LOOK_AGAIN)).await;
        }
    }

    /// Whether the collection is done. Documents that cannot be upgraded are reported and no reason not to serve the others: nobody
    /// could read them in any mode.
    async fn before<T: Resource>(&self, joined: &Joined<T>) -> anyhow::Result<bool> {
        match self.upgrade(joined).await?.ending {
            Ending::Finished => Ok(true),
            Ending::Interrupted(_) => Ok(false),
            _ => bail!(Refused(format!("the upgrade of `{}` was given up", joined.documents.name()))),
        }
    }

    /// Whatever comes of it, the documents can be read.
    async fn meanwhile<T: Resource>(&self, joined: &Joined<T>) {
        // Only one that is asked to end has not got this far.
        if joined.documents.write_version() < T::CHAIN.version {
            return;
        }
        if let Err(error) = self.upgrade(joined).await {
            say(format_args!("not upgraded: {}", sentence(&error)));
        }
    }

    /// A stop finishes the batch in hand and notes it; the next process goes on from there.
    async fn upgrade<T: Resource>(&self, joined: &Joined<T>) -> Result<Report, Error> {
        let report = match self.backfill(joined, false).await {
            // That of the release before: nobody is left of it who would go on.
            Err(Error::UnfinishedJob { begun_for, .. })
                if joined.member.is_some() && begun_for < T::CHAIN.version =>
            {
                self.backfill(joined, true).await?
            }
            ended => ended?,
        };
        say(format_args!("{report}"));
        Ok(report)
    }

    async fn backfill<T: Resource>(&self, joined: &Joined<T>, restart: bool) -> Result<Report, Error> {
        // One worker: requests come first.
        let backfill = joined.documents.backfill().workers(1).restart(restart);
        let mut backfill = backfill.stop_when(self.stop.clone());
        if let Some(max_rate) = self.max_rate {
            // And no batch of more than a second.
            backfill = backfill.max_rate(max_rate.into()).batch_size(max_rate.min(MAX_BATCH));
        }
        backfill.run().await
    }

    /// Notes below which version nothing is stored, when nobody writes older ones any more: for a moment after it was raised, what this
    /// process has written before may be on its way.
    async fn note_floor<T: Resource>(&self, joined: &Joined<T>) {
        let Joined { documents, member: Some(_) } = joined else { return };
        let noted = async {
            while writes_older(documents).await? {
                sleep(LOOK_AGAIN).await;
            }
            // Noted by another process, and known to this one since.
            if documents.known_floor() == T::CHAIN.version {
                return Ok(None);
            }
            documents.verify_floor().await.map(Some)
        };
        match self.unless_stopped(noted).await {
            Some(Ok(Some(floor))) => say(format_args!("{}", floor.to_string().trim_end())),
            Some(Err(error)) => say(format_args!("no floor was noted: {}", sentence(&error))),
            Some(Ok(None)) | None => {}
        }
    }

    /// What comes of it; nothing if the process is to end before that.
    async fn unless_stopped<O>(&self, work: impl Future<Output = O>) -> Option<O> {
        tokio::select! {
            _ = self.stop.clone() => None,
            outcome = work => Some(outcome),
        }
    }
}

/// Whether a live process writes a version below the current one, this one included.
async fn writes_older<T: Resource>(documents: &Documents<T>) -> Result<bool, Error> {
    let members = documents.live_members().await?;
    Ok(members.iter().any(|member| member.writes.is_some_and(|writes| writes.from < T::CHAIN.version)))
}

async fn validate<T: Resource>(documents: &Documents<T>) -> anyhow::Result<()> {
    let census = documents.census().await?;
    match census.upgradable() {
        0 => Ok(()),
        old => bail!(Refused(format!(
            "{old} documents of `{}` are of older versions; upgrade them first, or start with `--startup before` or \
             `--startup background`:\n{census}",
            documents.name()
        ))),
    }
}

/// The service is well, and says no.
#[derive(Debug, thiserror::Error)]
#[error("this release does not serve: {0}")]
pub(crate) struct Refused(pub(crate) String);
