//! Whether a filter and its translation find the same.

use std::{collections::BTreeSet, ops::AddAssign};

use futures_util::{StreamExt, TryStreamExt, stream};
use mongodb::{
    Collection,
    bson::{Document, RawDocumentBuf, doc},
    error,
};
use proptest::prelude::*;
use schema_runtime::{DecodeOwned, query::translate};

use super::{
    AT_ONCE,
    mixed::{Mixed, id},
};

#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    pub filters: u64,
    pub translated: u64,
    /// Documents of older versions that a filter has found, but not all of them.
    pub found: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.filters += other.filters;
        self.translated += other.translated;
        self.found += other.found;
    }
}

pub async fn same_are_found<T: DecodeOwned>(
    mixed: &Mixed,
    filters: &[Document],
) -> Result<Totals, TestCaseError> {
    stream::iter(filters)
        .map(|filter| is_found::<T>(mixed, filter))
        .buffer_unordered(AT_ONCE)
        .try_fold(Totals::default(), async |mut all, more| {
            all += more;
            Ok(all)
        })
        .await
}

async fn is_found<T: DecodeOwned>(mixed: &Mixed, filter: &Document) -> Result<Totals, TestCaseError> {
    let Ok(translated) = translate::<T>(filter.clone()) else {
        return Ok(Totals { filters: 1, ..Totals::default() });
    };
    let (expected, found) = (ids(&mixed.backfilled, filter).await, ids(&mixed.mixed, &translated).await);
    let (expected, found) = match (expected, found) {
        (Ok(expected), Ok(found)) => (expected, found),
        // What the server takes for no filter stays one that it takes for none.
        (Err(_), Err(_)) => return Ok(Totals { filters: 1, ..Totals::default() }),
        (Err(error), Ok(_)) => {
            return Err(TestCaseError::fail(format!("{translated} passed, and {filter}: {error}")));
        }
        (Ok(_), Err(error)) => {
            return Err(TestCaseError::fail(format!("{filter} passed, and {translated}: {error}")));
        }
    };
    let pairs = mixed.before.iter().zip(&mixed.after);
    let differing: Vec<_> = pairs
        .filter(|(document, _)| mixed.compared.contains(&id(document)))
        .filter(|(document, _)| found.contains(&id(document)) != expected.contains(&id(document)))
        .collect();
    prop_assert!(differing.is_empty(), "{} became {}, which differs in {:?}", filter, translated, differing);
    let of_older = found.intersection(&mixed.older).count();
    let found = if of_older < mixed.older.len() { of_older as u64 } else { 0 };
    Ok(Totals { filters: 1, translated: 1, found })
}

async fn ids(collection: &Collection<RawDocumentBuf>, filter: &Document) -> error::Result<BTreeSet<String>> {
    let found: Vec<RawDocumentBuf> =
        collection.find(filter.clone()).projection(doc! { "_id": 1 }).await?.try_collect().await?;
    Ok(found.iter().map(|document| id(document)).collect())
}
