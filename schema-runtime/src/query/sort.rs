//! A sort in the names of the current version, as one that puts the documents of all versions in the order that they would have
//! after a backfill.
//!
//! Where a field has always been where it is, the sort is the same, and an index serves it. Where not, the server has to compute
//! what it sorts by, for each document that it has found, and no index serves that:
//!
//! ```
//! use schema_runtime::{VersionedDocument, bson::doc, query::sort::{Sorting, translate_sort}};
//!
//! #[derive(VersionedDocument)]
//! #[versioned(version = 1)]
//! struct UserV1 {
//!     mail: String,
//!     city: String,
//! }
//!
//! #[derive(VersionedDocument)]
//! #[versioned(version = 2, previous = UserV1)]
//! struct User {
//!     #[versioned(from = mail)]
//!     login: String,
//!     city: String,
//! }
//!
//! let by_city = doc! { "city": 1, "_id": -1 };
//! assert_eq!(translate_sort::<User>(1, by_city.clone())?, Sorting::AsItIs(by_city));
//!
//! let by_login = translate_sort::<User>(1, doc! { "login": 1 })?;
//! assert_eq!(by_login.stages(Some(20)), [
//!     doc! { "$set": { "__sort_login": { "$switch": {
//!         "branches": [{
//!             "case": { "$or": [
//!                 { "$in": ["$schemaVersion", [1]] },
//!                 { "$eq": [{ "$type": "$schemaVersion" }, "missing"] },
//!             ] },
//!             "then": "$mail",
//!         }],
//!         "default": "$login",
//!     } } } },
//!     doc! { "$sort": { "__sort_login": 1 } },
//!     doc! { "$limit": 20_i64 },
//!     doc! { "$unset": ["__sort_login"] },
//! ]);
//! // Once the oldest documents are of version 2, it is the same again.
//! assert_eq!(translate_sort::<User>(2, doc! { "login": 1 })?, Sorting::AsItIs(doc! { "login": 1 }));
//! # Ok::<(), schema_runtime::query::Untranslatable>(())
//! ```
//!
//! Of older documents, the same is taken for granted as in a [filter](super#what-is-the-same). Documents that are equal in all that is
//! sorted by are in no certain order, as ever; `_id` as the last one makes it certain.

mod kinds;
mod value;

use bson::{Bson, Document, doc};
use schema_core::DecodeOwned;

pub(crate) use self::kinds::of_kinds;
use self::value::{case, value};
use super::{older, place::Place, split, untranslatable::Untranslatable};
use crate::trace::addressable;

/// Before the name of a field, the name of what is sorted by in its place.
const COMPUTED: &str = "__sort_";

/// How to sort documents of all versions.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "there is nothing between the two")]
pub enum Sorting {
    /// As was asked, in a `find` as well.
    AsItIs(Document),
    /// By values that the server computes, in an aggregation.
    Computed {
        /// What is computed, for a `$set`.
        set: Document,
        /// What is sorted by, for a `$sort`.
        sort: Document,
    },
}

impl Sorting {
    /// The stages of an aggregation, to come after a `$match` with the [translated](super::translate) filter. Only the first `limit`
    /// documents, if there is one: the server then keeps no more of them while it sorts. What was computed is gone afterwards.
    #[must_use]
    pub fn stages(&self, limit: Option<u32>) -> Vec<Document> {
        let (set, sort) = match self {
            Self::AsItIs(sort) => (None, sort),
            Self::Computed { set, sort } => (Some(set), sort),
        };
        let before = set.map(|set| doc! { "$set": set.clone() });
        let limit = limit.map(|limit| doc! { "$limit": i64::from(limit) });
        let after = set.map(|set| doc! { "$unset": set.keys().map(String::as_str).collect::<Vec<_>>() });
        before.into_iter().chain([doc! { "$sort": sort.clone() }]).chain(limit).chain(after).collect()
    }
}

/// The sort that puts all versions of the chain from `oldest` on in the order that `sort` puts the current version in. Documents that are
/// older all the same are taken as they are.
///
/// # Errors
///
/// The field whose value in an older version is not certain, and why.
pub fn translate_sort<T: DecodeOwned>(oldest: u32, sort: Document) -> Result<Sorting, Untranslatable> {
    let (mut set, mut keys) = (Document::new(), Document::new());
    for (path, order) in &sort {
        let (head, rest) = split(path);
        let computed = format!("{COMPUTED}{head}");
        if is_by_field(order)
            && let Some(value) = of_all_versions::<T>(oldest, path, head)?
        {
            let below = rest.map(|rest| format!("{computed}.{rest}"));
            keys.insert(below.as_ref().unwrap_or(&computed), order.clone());
            // Not what is below: the server looks for that in all elements of a list, and so it does here.
            set.insert(computed, value);
        } else {
            keys.insert(path, order.clone());
        }
    }
    Ok(if set.is_empty() { Sorting::AsItIs(sort) } else { Sorting::Computed { set, sort: keys } })
}

/// What else the server sorts by is no field at all: `{ $meta: .. }`.
fn is_by_field(order: &Bson) -> bool {
    order.as_document().is_none()
}

/// What a field has after a backfill, as an expression. `None` if that is what it has already.
fn of_all_versions<T: DecodeOwned>(
    oldest: u32,
    path: &str,
    head: &str,
) -> Result<Option<Bson>, Untranslatable> {
    let now = Bson::from(format!("${head}"));
    let mut others: Vec<(Bson, Vec<u32>)> = Vec::new();
    for version in older::<T>(oldest) {
        let field = |obstacle| Untranslatable::field(path, version, obstacle);
        let then = value(&Place::of::<T>(version, head).map_err(field)?, head);
        if then == now {
            continue;
        }
        addressable(version.version, T::CHAIN.version_field).map_err(field)?;
        match others.iter_mut().find(|(other, _)| *other == then) {
            Some((_, versions)) => versions.push(version.version),
            None => others.push((then, vec![version.version])),
        }
    }
    if others.is_empty() {
        return Ok(None);
    }
    let branches =
        others.into_iter().map(|(then, versions)| doc! { "case": case(T::CHAIN, &versions), "then": then });
    let branches: Vec<Document> = branches.collect();
    Ok(Some(Bson::from(doc! { "$switch": { "branches": branches, "default": now } })))
}
