//! Read: the documents of a partition that are not at the current version.

use bson::{RawDocumentBuf, doc};
use mongodb::Collection;
use schema_core::Chain;

use crate::id_scan::{At, IdScan, Range};

/// By expression, because in a filter `$ne` looks into arrays, where an expression compares the value.
pub(super) fn reader(
    collection: Collection<RawDocumentBuf>,
    chain: &Chain,
    range: Range,
    position: Option<At>,
) -> IdScan {
    let field = format!("${}", chain.version_field);
    IdScan::new(collection, range, position).only(doc! { "$ne": [field, i64::from(chain.version)] })
}
