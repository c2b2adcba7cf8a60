//! The server's part of a backfill: stretch after stretch through the updates that need no conversion by the types.

use bson::{RawDocumentBuf, doc};
use schema_core::DecodeOwned;

use super::{stretch::Stretch, write::Outcome};
use crate::{
    census::Census,
    collection::VersionedCollection,
    error::{During, Error},
    numbers::count,
    server_side::{Pass, ServerSide},
    update_command::UpdateCommand,
};

pub(super) struct InsideServer {
    passes: Vec<Pass>,
    update: UpdateCommand,
    collection: String,
}

impl InsideServer {
    pub(super) fn new<T: DecodeOwned + Send + Sync>(versioned: &VersionedCollection<T>) -> Self {
        let collection = versioned.collection();
        let update = UpdateCommand::new(versioned.database(), collection.name(), collection.write_concern());
        let passes = ServerSide::of::<T>().passes().to_vec();
        Self { passes, update, collection: collection.name().to_owned() }
    }

    /// Whether there are documents that say they are of a version it is for.
    pub(super) fn has_work(&self, census: &Census) -> bool {
        self.passes.iter().any(|pass| pass.stored.count_in(census) > 0)
    }

    /// What the server refuses, or a server refuses as a whole, is as it was and for the client.
    pub(super) async fn change(&self, stretch: &Stretch) -> Result<Outcome, Error> {
        const ACTION: &str = "upgrade a range inside the server";
        let statements = self
            .passes
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
            .during(ACTION, &self.collection)?;
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
