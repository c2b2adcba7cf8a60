//! A search in current names, as the server is asked for it: a `find`, or an aggregation where what is sorted by has to be computed.

use bson::{Document, RawDocumentBuf, doc};
use mongodb::{
    ClientSession, Collection,
    options::{AggregateOptions, FindOptions},
};

use super::{cursor::AnyCursor, handle::Handle};
use crate::{
    error::{During, Error},
    query::sort::Sorting,
};

/// Documents by a filter in current names.
pub(super) async fn search(
    handle: &impl Handle,
    filter: Document,
    options: FindOptions,
    session: Option<&mut ClientSession>,
) -> Result<AnyCursor, Error> {
    search_in(handle, &handle.raw(), handle.of_all_versions(filter)?, options, session).await
}

/// The first of them.
pub(super) async fn search_one(
    handle: &impl Handle,
    filter: Document,
    options: FindOptions,
    session: Option<&mut ClientSession>,
) -> Result<Option<RawDocumentBuf>, Error> {
    first_in(handle, &handle.raw(), handle.of_all_versions(filter)?, options, session).await
}

/// The first by a filter that is translated.
pub(super) async fn first_in(
    handle: &impl Handle,
    collection: &Collection<RawDocumentBuf>,
    translated: Document,
    mut options: FindOptions,
    mut session: Option<&mut ClientSession>,
) -> Result<Option<RawDocumentBuf>, Error> {
    // Of a single batch, so that no cursor stays open.
    options.limit = Some(-1);
    let mut found = search_in(handle, collection, translated, options, session.as_deref_mut()).await?;
    let first = found.next(session).await.during("find a document", handle.name())?;
    Ok(first.map(ToOwned::to_owned))
}

async fn search_in(
    handle: &impl Handle,
    collection: &Collection<RawDocumentBuf>,
    translated: Document,
    mut options: FindOptions,
    session: Option<&mut ClientSession>,
) -> Result<AnyCursor, Error> {
    let sorting = options.sort.take().map(|sort| handle.sorting(sort)).transpose()?;
    let during = "find documents";
    match sorting {
        Some(sorting @ Sorting::Computed { .. }) => {
            let (pipeline, options) = computed(translated, &sorting, options);
            AnyCursor::aggregate(collection, pipeline, options, session).await.during(during, handle.name())
        }
        sorting => {
            options.sort = sorting.map(|sorting| match sorting {
                Sorting::AsItIs(sort) | Sorting::Computed { sort, .. } => sort,
            });
            AnyCursor::find(collection, translated, options, session).await.during(during, handle.name())
        }
    }
}

/// The same search as an aggregation.
fn computed(filter: Document, sorting: &Sorting, options: FindOptions) -> (Vec<Document>, AggregateOptions) {
    let limit = options.limit.map(i64::unsigned_abs).filter(|limit| *limit > 0);
    let kept = limit.map(|limit| limit.saturating_add(options.skip.unwrap_or(0)));
    let mut pipeline = vec![doc! { "$match": filter }];
    // More than fits is as good as all.
    pipeline.extend(sorting.stages(kept.and_then(|kept| u32::try_from(kept).ok())));
    if let Some(skip) = options.skip.and_then(|skip| i64::try_from(skip).ok()).filter(|skip| *skip > 0) {
        pipeline.push(doc! { "$skip": skip });
    }
    if let Some(projection) = options.projection {
        pipeline.push(doc! { "$project": projection });
    }
    let mut aggregate = AggregateOptions::default();
    aggregate.allow_disk_use = options.allow_disk_use;
    aggregate.batch_size = options.batch_size;
    aggregate.collation = options.collation;
    aggregate.comment = options.comment;
    aggregate.hint = options.hint;
    aggregate.let_vars = options.let_vars;
    aggregate.max_time = options.max_time;
    aggregate.read_concern = options.read_concern;
    aggregate.selection_criteria = options.selection_criteria;
    (pipeline, aggregate)
}
