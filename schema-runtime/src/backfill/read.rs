//! Read: the documents of a partition that are not at the current version.

use bson::{Document, RawDocumentBuf, doc};
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

/// Whether there is any such document in the collection.
pub(super) async fn is_there_more(
    collection: &Collection<RawDocumentBuf>,
    chain: &Chain,
) -> Result<bool, Error> {
    // In half the time of the expression: `$ne` looks into arrays, and no array is a version.
    let field = chain.version_field;
    let filter = doc! { "$or": [
        { field: { "$ne": i64::from(chain.version) } },
        { field: { "$type": "array" } },
    ] };
    let found = with_retries(|| collection.find_one(filter.clone()).projection(doc! { "_id": 1 }))
        .await
        .during("look for what is left", collection.name())?;
    Ok(found.is_some())
}

/// An expression, because in a filter `$ne` looks into arrays, where an expression compares the value.
fn is_not_current(chain: &Chain) -> Document {
    doc! { "$ne": [format!("${}", chain.version_field), i64::from(chain.version)] }
}
