//! Re-conversion: a sample of pre-images through the chain as it is now, against what is stored.

use bson::{Bson, Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::{Collection, options::ReadConcern};
use schema_core::DecodeOwned;

use super::{
    convert::{Converted, convert},
    plan::changes,
    preimage::{PREIMAGES, preimages},
    read::ids_about,
    rollback::{Found, Lookup},
};
use crate::{
    collection::VersionedCollection,
    convert::is_current,
    error::{During, Error},
    numbers::count,
    population::Population,
    retry::with_retries,
};

/// How many pre-images are held at a time, with the documents that they are of.
const BATCH: usize = 100;

/// What there is to say about a sample of pre-images.
#[derive(Debug, Default)]
pub(crate) struct Reconverted {
    /// How many there were.
    pub(crate) preimages: u64,
    /// How many of their documents are at the current version and still what the backfill wrote.
    pub(crate) compared: u64,
    pub(crate) different: Vec<Different>,
}

/// A document that would be upgraded to something else today.
#[derive(Debug)]
pub(crate) struct Different {
    pub(crate) stored: RawDocumentBuf,
    pub(crate) path: Option<String>,
    pub(crate) error: String,
}

/// Converts that many pre-images of any run again, which the server picks at random, and compares each with what is stored, where
/// that is still what the backfill wrote.
pub(crate) async fn reconvert<T: DecodeOwned + Send + Sync>(
    versioned: &VersionedCollection<T>,
    sample: u32,
) -> Result<Reconverted, Error> {
    let kept = preimages(&versioned.database());
    let all_kept = Population::all_of(kept.clone());
    let documents = versioned.committed();
    let mut outcome = Reconverted::default();
    for ids in draw(&kept, documents.name(), sample).await?.chunks(BATCH) {
        let mut lookup = Lookup::default();
        let found = all_kept.by_ids(ids.to_vec(), "read a sample").await?;
        outcome.preimages += count(&found);
        for preimage in &found {
            // One that is none says nothing about the documents.
            if let Err(error) = lookup.add(preimage) {
                tracing::warn!(%error, "there is something in `{PREIMAGES}` that is no pre-image");
            }
        }
        for stored in documents.by_ids(lookup.ids(), "read upgraded documents").await? {
            if let Ok(Found::Before(before)) = lookup.find(&stored)
                && is_current::<T>(&stored)
            {
                outcome.compared += 1;
                outcome.different.extend(compare(versioned, before, stored)?);
            }
        }
    }
    Ok(outcome)
}

/// Ids of pre-images of a collection, at random.
async fn draw(
    preimages: &Collection<RawDocumentBuf>,
    collection: &str,
    sample: u32,
) -> Result<Vec<Bson>, Error> {
    if sample == 0 {
        return Ok(Vec::new());
    }
    let pipeline = [
        doc! { "$match": { "_id": ids_about(collection) } },
        doc! { "$project": { "_id": 1 } },
        doc! { "$sample": { "size": i64::from(sample) } },
    ];
    let drawn: Vec<Document> = with_retries(async || {
        let aggregate = preimages.aggregate(pipeline.clone()).read_concern(ReadConcern::majority());
        aggregate.await?.try_collect().await
    })
    .await
    .during("draw a sample", PREIMAGES)?;
    Ok(drawn.into_iter().filter_map(|mut preimage| preimage.remove("_id")).collect())
}

fn compare<T: DecodeOwned + Send + Sync>(
    versioned: &VersionedCollection<T>,
    before: &RawDocumentBuf,
    stored: RawDocumentBuf,
) -> Result<Option<Different>, Error> {
    // A collation makes a difference to the guard alone, and nothing is written here.
    let (path, error) = match convert::<T>(before, false) {
        Converted::Done => return Ok(None),
        Converted::Change(change) => match change.outcome() {
            Ok(again) => match first_change(&stored, &again) {
                None => return Ok(None),
                path => (path, "it would be upgraded to something else now".to_owned()),
            },
            Err(error) => (None, error.to_string()),
        },
        Converted::Failed(failure) => {
            (failure.path, format!("it could not be upgraded any more: {}", failure.error))
        }
        Converted::Missing(missing) => {
            return Err(Error::missing_context(versioned.name(), &T::CHAIN, missing));
        }
    };
    Ok(Some(Different { stored, path, error }))
}

/// Where two documents differ first; `None` if they are the same but for the order of their fields, which need not be the same
/// twice: a map has none.
fn first_change(stored: &RawDocumentBuf, again: &RawDocumentBuf) -> Option<String> {
    let (stored, again) = (Document::try_from(stored).ok()?, Document::try_from(again).ok()?);
    changes(&stored, &again).into_iter().next().map(|change| change.path)
}
