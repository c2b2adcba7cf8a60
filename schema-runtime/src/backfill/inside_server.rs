//! The server's part of a backfill: stretch after stretch through the updates that need no conversion by the types.

use bson::{RawDocumentBuf, doc};
use schema_core::{Chain, DecodeOwned};
use tokio::sync::OnceCell;

use super::{stretch::Stretch, write::Outcome};
use crate::{
    census::Census,
    collection::VersionedCollection,
    error::{During, Error},
    numbers::count,
    population::Population,
    server_side::{Pass, ServerSide},
    update_command::UpdateCommand,
};

pub(super) struct InsideServer {
    population: Population,
    chain: Chain,
    all: Vec<Pass>,
    /// Those for which there were documents when this process first looked. Each one more goes through every document of a range;
    /// what somebody stores meanwhile is for the client.
    needed: OnceCell<Vec<Pass>>,
    update: UpdateCommand,
}

impl InsideServer {
    pub(super) fn new<T: DecodeOwned + Send + Sync>(versioned: &VersionedCollection<T>) -> Self {
        let update = UpdateCommand::of(versioned);
        let all = ServerSide::of::<T>().passes().to_vec();
        Self { population: versioned.fresh(), chain: T::CHAIN, all, needed: OnceCell::new(), update }
    }

    /// Whether there are documents that say they are of a version it is for.
    pub(super) fn has_work(&self, census: &Census) -> bool {
        let needed = self.needed_for(census);
        let has_work = !needed.is_empty();
        // Whoever looks twice has the first answer, which is as good.
        let _ = self.needed.set(needed);
        has_work
    }

    fn needed_for(&self, census: &Census) -> Vec<Pass> {
        self.all.iter().filter(|pass| pass.stored.count_in(census) > 0).cloned().collect()
    }

    /// A process that joins a job has not counted yet.
    async fn needed(&self) -> Result<&[Pass], Error> {
        let count = async || Ok(self.needed_for(&Census::estimate(&self.population, &self.chain).await?));
        self.needed.get_or_try_init(count).await.map(Vec::as_slice)
    }

    /// What the server refuses, or a server refuses as a whole, is as it was and for the client.
    pub(super) async fn change(&self, stretch: &Stretch) -> Result<Outcome, Error> {
        const ACTION: &str = "upgrade a range inside the server";
        let statements = self
            .needed()
            .await?
            .iter()
            .map(|pass| {
                let mut filter = pass.filter.clone();
                filter.extend(stretch.filter());
                RawDocumentBuf::try_from(&doc! {
                    "q": filter, "u": pass.pipeline.clone(), "multi": true, "hint": { "_id": 1 },
                })
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(mongodb::error::Error::from)
            .during(ACTION, self.population.name())?;
        let written = self.update.send(ACTION, statements).await?;
        for refusal in &written.refused {
            tracing::debug!(%refusal, "the server has left the rest of a range to the client");
        }
        Ok(Outcome {
            written: written.modified,
            retries: written.repeats.into(),
            cut_short: count(&written.refused),
            ..Outcome::default()
        })
    }
}
