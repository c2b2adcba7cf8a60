//! Read: the documents of a partition that are not at the current version.

use bson::{Document, doc};
use schema_core::Chain;

use crate::{
    id_scan::{At, IdScan, Range},
    population::Population,
};

pub(super) fn reader(population: Population, chain: &Chain, range: Range, position: Option<At>) -> IdScan {
    IdScan::new(population, range, position).only(is_not_current(chain))
}

/// Where a collection keeps what there is about another, by ids that begin with its name: those ids.
pub(crate) fn ids_about(collection: &str) -> Document {
    // The least one has nothing else; the other is of the next name that there can be.
    let next = format!("{collection}\0");
    doc! { "$gt": { "collection": collection }, "$lt": { "collection": next } }
}

/// An expression, because in a filter `$ne` looks into arrays, where an expression compares the value.
pub(crate) fn is_not_current(chain: &Chain) -> Document {
    doc! { "$ne": [format!("${}", chain.version_field), i64::from(chain.version)] }
}
