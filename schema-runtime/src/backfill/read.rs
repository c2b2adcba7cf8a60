//! Read: the documents of a partition that are not at the current version, and documents of given ids.

use bson::{Bson, Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use mongodb::Collection;
use schema_core::Chain;

use crate::{
    error::{During, Error},
    id_scan::{At, IdScan, Range},
    retry::with_retries,
};

pub(super) fn reader(
    collection: Collection<RawDocumentBuf>,
    chain: &Chain,
    range: Range,
    position: Option<At>,
) -> IdScan {
    IdScan::new(collection, range, position).only(is_not_current(chain))
}

/// The documents of these ids, as they are now.
pub(super) async fn by_ids(
    collection: &Collection<RawDocumentBuf>,
    ids: Vec<Bson>,
    action: &'static str,
) -> Result<Vec<RawDocumentBuf>, Error> {
    let filter = doc! { "_id": { "$in": ids } };
    with_retries(async || collection.find(filter.clone()).await?.try_collect().await)
        .await
        .during(action, collection.name())
}

/// Where a collection keeps what there is about another, by ids that begin with its name: those ids.
pub(crate) fn ids_about(collection: &str) -> Document {
    // The least one has nothing else; the other is of the next name that there can be.
    let next = format!("{collection}\0");
    doc! { "$gt": { "collection": collection }, "$lt": { "collection": next } }
}

/// An expression, because in a filter `$ne` looks into arrays, where an expression compares the value.
fn is_not_current(chain: &Chain) -> Document {
    doc! { "$ne": [format!("${}", chain.version_field), i64::from(chain.version)] }
}
