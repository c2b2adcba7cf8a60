//! Filters that are joined to others.

use bson::{Document, doc};
use schema_core::Kind;

/// Both at once, without a level more than it takes.
pub(crate) fn and(mut filter: Document, other: Document) -> Document {
    if other.keys().any(|name| filter.contains_key(name)) {
        return doc! { "$and": [filter, other] };
    }
    filter.extend(other);
    filter
}

/// The filter for documents of one kind, if there are kinds.
pub(crate) fn of_kind(kind: Option<Kind>, filter: Document) -> Document {
    match kind {
        Some(kind) => and(kind.filter(), filter),
        None => filter,
    }
}
