//! Queries across versions: a filter in the names of the current version, as one that finds the same documents in a collection
//! in which not all have that version yet.
//!
//! Reading a document upgrades it, finding it does not: the server looks for `login` in what is stored, and an older
//! document may have it as `mail`. The framework knows what a backfill would make of each version, so it can say the
//! filter in the words of each:
//!
//! ```
//! use schema_runtime::{VersionedDocument, bson::doc, query::translate};
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
//!     #[versioned(added)]
//!     visits: i64,
//! }
//!
//! assert_eq!(
//!     translate::<User>(doc! { "login": "a@example.org" })?,
//!     doc! { "$or": [
//!         { "schemaVersion": { "$exists": true, "$ne": 1 }, "login": "a@example.org" },
//!         { "schemaVersion": { "$in": [1, null], "$not": { "$type": "null" } }, "mail": "a@example.org" },
//!     ] }
//! );
//! // What never changed is asked as ever.
//! assert_eq!(translate::<User>(doc! { "city": "Lyon" })?, doc! { "city": "Lyon" });
//! // All older documents have no visits.
//! assert_eq!(
//!     translate::<User>(doc! { "visits": { "$gt": 9 } })?,
//!     doc! { "schemaVersion": { "$exists": true, "$ne": 1 }, "visits": { "$gt": 9 } }
//! );
//! # Ok::<(), schema_runtime::query::Untranslatable>(())
//! ```
//!
//! # What is the same
//!
//! A document of an older version of the chain is found exactly if the filter would find what a backfill makes of it. That is
//! decided for each condition on its own, or it is an error ([`Untranslatable`]); it is never guessed at. Three things are taken
//! for granted of an older document:
//!
//! - a value that is there is one that the type of its version writes. What somebody else has stored in another form (an
//!   id as text, an embedded document with a stamp of its own that is older than the field's type) is asked as it is stored;
//! - its version is stored as a number that reads take for one, not in a list and not as a decimal;
//! - under the name of a field that a later version has brought, there is nothing yet.
//!
//! A condition that the client decides, because all documents of a version have the same value, is decided as the server does without
//! a collation.
//!
//! Every other document is asked as it is, as by the driver: one of the current version, and also one that is newer, older than the
//! chain, or has no version that can be read. Reading it then ends in an error that says so. Not to find it would be worse: a
//! service that does not find a user creates another one.
//!
//! The version field in a filter is the one that is stored, for instance to find what is old: `{ schemaVersion: { $lt: 3 } }`. So is the
//! key of a [kind](schema_core::Kind), which is missing where documents without it are of that kind. `_id` is never changed by a step.
//!
//! # Indexes
//!
//! Each version that says it otherwise is a branch of one `$or`, and the server uses an index in a branch if there is one
//! for its name: the old and the new name have to be indexed for as long as there are old documents, and so have aliases. A branch
//! without an index makes the server read the whole collection. [`stored_path`] says the old name.
//!
//! # Sorting and projecting
//!
//! [`sort`] says by what to sort, [`projection`] what has to be read of older documents and what is then left of them.
//!
//! ```text
//! filter -> rewrite.rs -> place.rs -> field.rs, evaluate.rs -> branches.rs
//!           for each      where the   the condition            versions that say
//!           version       field is    there, or decided        the same, together
//! ```

mod branches;
mod compare;
mod evaluate;
mod field;
mod operator;
mod place;
pub mod projection;
mod rewrite;
mod rewritten;
pub mod sort;
mod stored_path;
#[cfg(test)]
mod tests;
mod untranslatable;

use bson::Document;
use schema_core::{DecodeOwned, history::Version};

use self::{branches::Branches, rewrite::Rewrite};
pub use self::{stored_path::stored_path, untranslatable::Untranslatable};

/// The filter that finds in all versions of the chain what `filter` finds in the current one.
///
/// # Errors
///
/// What cannot be said in the words of an older version, and why.
pub fn translate<T: DecodeOwned>(filter: Document) -> Result<Document, Untranslatable> {
    translate_since::<T>(T::CHAIN.oldest, filter)
}

/// The same for a collection that has no documents older than this version, so that what stands in the way in those is none
/// of its concern. Documents that are older all the same are asked as they are.
///
/// ```
/// use schema_runtime::{VersionedDocument, bson::doc, query::{translate, translate_since}};
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 1)]
/// struct UserV1 {
///     mail: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 2, previous = UserV1)]
/// struct UserV2 {
///     #[versioned(with = |mail| mail.to_lowercase())]
///     mail: String,
/// }
///
/// #[derive(VersionedDocument)]
/// #[versioned(version = 3, previous = UserV2)]
/// struct User {
///     #[versioned(from = mail)]
///     login: String,
/// }
///
/// let filter = doc! { "login": "a@example.org" };
/// assert_eq!(
///     translate::<User>(filter.clone()).unwrap_err().to_string(),
///     "`login` cannot be asked of documents of version 1, because `mail` of version 2 is made by the function \
///      `|mail| mail.to_lowercase()`; backfill them first, or read them all and do it in the service"
/// );
/// assert_eq!(
///     translate_since::<User>(2, filter)?,
///     doc! { "$or": [
///         { "schemaVersion": { "$ne": 2 }, "login": "a@example.org" },
///         { "schemaVersion": 2, "mail": "a@example.org" },
///     ] }
/// );
/// # Ok::<(), schema_runtime::query::Untranslatable>(())
/// ```
///
/// # Errors
///
/// As for [`translate`].
pub fn translate_since<T: DecodeOwned>(
    oldest: u32,
    mut filter: Document,
) -> Result<Document, Untranslatable> {
    if older::<T>(oldest).next().is_none() {
        return Ok(filter);
    }
    let comment = filter.remove("$comment");
    let mut branches = Branches::new(T::CHAIN, filter);
    for version in older::<T>(oldest) {
        let rewritten = Rewrite::<T>::to(version).query(branches.filter())?;
        branches.add(version.version, rewritten);
    }
    let mut translated = branches.into_filter();
    translated.extend(comment.map(|comment| ("$comment".to_owned(), comment)));
    Ok(translated)
}

/// The versions before the current one, newest first, as far back as there are documents.
fn older<T: DecodeOwned>(oldest: u32) -> impl Iterator<Item = &'static Version> {
    T::HISTORY.versions().skip(1).take_while(move |version| version.version >= oldest)
}

/// The first name of a path, and what is below it.
fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)))
}
