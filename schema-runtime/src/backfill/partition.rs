//! Partitions: ranges of `_id` that together are all of a collection.
//!
//! The bounds are positions in the `_id` index, not conditions: `$gt` and `$lt` compare within one BSON type only, and
//! a collection may hold ids of many. The outer bounds are open, so that the least and the greatest value there are belong
//! to a partition, too. Where the bounds lie is a matter of speed alone: they are drawn from a sample.

use bson::{Bson, Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::Collection;

use super::stretch::Stretches;
use crate::{
    error::{During, Error},
    id_scan::{At, Range},
    numbers::count,
    retry::with_retries,
};

/// More than enough for every process that one server can serve.
const MAX_PARTITIONS: u64 = 1024;

/// How many ids are drawn for each bound, so that the parts come out about even.
const DRAWN_PER_BOUND: u64 = 20;

/// Cuts a collection of about so many documents into ranges of about so many each.
pub(super) async fn partitions(
    collection: &Collection<RawDocumentBuf>,
    documents: u64,
    size: u64,
) -> Result<Vec<Range>, Error> {
    let mut ranges = partitions_of(collection, documents, size, doc! {}, |id| id).await?;
    if ranges.len() > 1
        && let Some(last) = ranges.pop()
    {
        ranges.extend(tail(collection, last, documents / count(&ranges), ranges.len()).await?);
    }
    Ok(ranges)
}

/// Cuts a collection into ranges of about so many documents each, whether anything is to be done to them or not.
pub(super) async fn stretches(
    collection: &Collection<RawDocumentBuf>,
    size: u64,
) -> Result<Vec<Range>, Error> {
    let documents = with_retries(|| collection.estimated_document_count())
        .await
        .during("count the documents", collection.name())?;
    let mut ranges = partitions(collection, documents, size).await?;
    let each = documents / count(&ranges).max(1);
    for range in &mut ranges {
        range.documents.get_or_insert(each);
    }
    Ok(ranges)
}

/// Cuts the documents that a filter on the `_id` finds, by a sample alone; `bound` makes a bound of an id.
pub(super) async fn partitions_of(
    collection: &Collection<RawDocumentBuf>,
    documents: u64,
    size: u64,
    filter: Document,
    bound: impl Fn(Bson) -> Bson,
) -> Result<Vec<Range>, Error> {
    let parts = documents.checked_div(size).unwrap_or(1).clamp(1, MAX_PARTITIONS);
    let drawn = if parts > 1 { draw(collection, filter, parts * DRAWN_PER_BOUND).await? } else { Vec::new() };
    Ok(between(bounds(drawn.into_iter().map(bound).collect(), parts)))
}

/// Cuts the last range once more, into at most so many and one. The first sample of a collection that was just filled has been seen to
/// leave out most of its end: of 200,000 documents the last of twenty ranges had 60,000. Later samples of the same were even.
async fn tail(
    collection: &Collection<RawDocumentBuf>,
    last: Range,
    size: u64,
    parts: usize,
) -> Result<Vec<Range>, Error> {
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    let mut stretches = Stretches::new(collection.clone(), last, None);
    let mut ranges = Vec::new();
    while ranges.len() < parts
        && let Some(stretch) = stretches.next(size).await?
    {
        ranges.push(stretch.range);
    }
    ranges.extend(stretches.rest());
    Ok(ranges)
}

/// Ids at random, in the order of the index.
async fn draw(
    collection: &Collection<RawDocumentBuf>,
    filter: Document,
    ids: u64,
) -> Result<Vec<Bson>, Error> {
    let ids = i64::try_from(ids).unwrap_or(i64::MAX);
    // An empty `$match` would keep the server from jumping about, and so would a projection in front.
    let found = (!filter.is_empty()).then(|| [doc! { "$match": filter }, doc! { "$project": { "_id": 1 } }]);
    let mut pipeline: Vec<Document> = found.into_iter().flatten().collect();
    pipeline.extend([
        doc! { "$sample": { "size": ids } },
        doc! { "$project": { "_id": 1 } },
        doc! { "$sort": { "_id": 1 } },
    ]);
    let drawn: Vec<RawDocumentBuf> = with_retries(async || {
        collection.aggregate(pipeline.clone()).with_type::<RawDocumentBuf>().await?.try_collect().await
    })
    .await
    .during("sample the ids", collection.name())?;
    let id = |document: &RawDocumentBuf| Bson::try_from(document.get("_id").ok()??).ok();
    Ok(drawn.iter().filter_map(id).collect())
}

/// Evenly spaced ones among the drawn.
fn bounds(drawn: Vec<Bson>, parts: u64) -> Vec<At> {
    let count = u64::try_from(drawn.len()).unwrap_or(u64::MAX);
    let wanted: Vec<u64> = (1..parts).map(|part| part * count / parts).collect();
    let mut bounds: Vec<At> = (0..)
        .zip(drawn)
        // The server takes neither of the two for a bound, and before and after them there is nothing.
        .filter(|(index, id)| wanted.contains(index) && !matches!(id, Bson::MinKey | Bson::MaxKey))
        .map(|(_, at)| At { at })
        .collect();
    // A sample may draw a document twice.
    bounds.dedup();
    bounds
}

fn between(bounds: Vec<At>) -> Vec<Range> {
    let mut lower = None;
    let mut ranges: Vec<Range> = bounds
        .into_iter()
        .map(|bound| Range { lower: lower.replace(bound.clone()), upper: Some(bound), documents: None })
        .collect();
    ranges.push(Range { lower, ..Range::default() });
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(drawn: impl IntoIterator<Item = Bson>, parts: u64) -> Vec<(Option<Bson>, Option<Bson>)> {
        let at = |bound: Option<At>| bound.map(|bound| bound.at);
        between(bounds(drawn.into_iter().collect(), parts))
            .into_iter()
            .map(|range| (at(range.lower), at(range.upper)))
            .collect()
    }

    #[test]
    fn each_range_begins_where_the_one_before_it_ends() {
        let (three, six) = (Some(3.into()), Some(6.into()));
        let expected = [(None, three.clone()), (three, six.clone()), (six, None)];
        assert_eq!(cut((0..9).map(Bson::from), 3), expected);
    }

    #[test]
    fn without_bounds_there_is_one_range() {
        assert_eq!(cut([], 1), [(None, None)]);
        assert_eq!(cut([], 7), [(None, None)]);
        assert_eq!(cut([Bson::MinKey, Bson::MaxKey], 2), [(None, None)]);
    }

    #[test]
    fn an_id_that_is_drawn_twice_is_one_bound() {
        let null = Some(Bson::Null);
        assert_eq!(cut(vec![Bson::Null; 8], 4), [(None, null.clone()), (null, None)]);
    }
}
